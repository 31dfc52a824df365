package page

import (
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
)

// About is what runs here, where its files are, and which sites may log.
type About struct {
	Now      time.Time
	Status   apitype.Status
	Folders  Folders
	Pairings []apitype.Pairing
}

// Folders are where fieldpost keeps its files.
type Folders struct {
	Inbox, State, Logs, Settings string
}

func (v About) drawing(p *words.Printer) (string, any) {
	t := teller{Printer: p, now: v.Now}
	d := aboutDrawing{Words: p, Facts: []fact{
		{p.Text("page.about.version"), v.Status.Version},
		{p.Text("page.about.since"), t.when(v.Status.StartedAt)},
		{p.Text("page.about.inbox"), v.Folders.Inbox},
		{p.Text("page.about.state"), v.Folders.State},
		{p.Text("page.about.settings"), v.Folders.Settings},
		{p.Text("page.about.logs"), v.Folders.Logs},
	}}
	for _, pairing := range v.Pairings {
		d.Sites = append(d.Sites, site{pairing, t.when(pairing.CreatedAt)})
	}
	return "about.html", d
}

type aboutDrawing struct {
	Words *words.Printer
	Facts []fact
	Sites []site
}
