package page

import (
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
)

// Checks are what the doctor found: what is wrong first, and what is well behind one line.
type Checks []apitype.Check

func (checks Checks) drawing(p *words.Printer) (string, any) {
	d := checksDrawing{Words: p}
	for _, c := range checks {
		drawn := checkDrawing{Check: c}
		if c.Who != "" {
			drawn.Who = p.Text("page.check.who." + string(c.Who))
		}
		switch c.Result {
		case "failed":
			d.Failed = append(d.Failed, drawn)
		case "warning":
			d.Warnings = append(d.Warnings, drawn)
		default:
			d.Well = append(d.Well, drawn)
		}
	}
	return "checks.html", d
}

type checksDrawing struct {
	Words                  *words.Printer
	Failed, Warnings, Well []checkDrawing
}

type checkDrawing struct {
	apitype.Check
	Who string
}
