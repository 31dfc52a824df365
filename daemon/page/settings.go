package page

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
)

// Settings are the rep's settings: value, where it comes from, and whether it may be changed.
type Settings []apitype.Setting

func (v Settings) drawing(p *words.Printer) (string, any) {
	d := settingsDrawing{Words: p}
	for i := range v {
		d.Items = append(d.Items, settingOf(p, &v[i]))
	}
	return "settings.html", d
}

type settingsDrawing struct {
	Words *words.Printer
	Items []setting
}

// setting is one as a form: As says how its value is read.
type setting struct {
	apitype.Setting
	ID, As, Text string
	On           bool
	Choices      []settingChoice
	From         string
	// Fixed: what is set here would not count.
	Fixed bool
	Reset bool
	Unset string
}

type settingChoice struct {
	choice
	Unavailable string
}

func settingOf(p *words.Printer, of *apitype.Setting) setting {
	s := setting{Setting: *of, ID: "set-" + strings.ReplaceAll(of.Key, ".", "-"), From: p.Text("page.settings.from." + of.Source)}
	s.Fixed = of.Locked || of.Source == "env" || of.Source == "flag"
	s.Reset = of.Source == "file" && !of.Locked
	unset, _ := json.Marshal(map[string]any{of.Key: nil})
	s.Unset = string(unset)
	var chosen []string
	switch value := of.Value.(type) {
	case bool:
		s.As, s.On = "bool", value
	case string:
		s.As, s.Text, chosen = "text", value, []string{value}
	case []string:
		s.As, s.Text, chosen = "list", strings.Join(value, "\n"), value
	case int, int64, float64:
		s.As, s.Text = "number", fmt.Sprint(value)
	default:
		s.As = "json"
		text, _ := json.MarshalIndent(value, "", "  ") // it came as JSON
		s.Text = string(text)
	}
	if s.As == "list" && len(of.Choices) > 0 {
		s.As = "choices"
	}
	if s.As == "json" {
		return s // its choices are of what stands within
	}
	for _, c := range of.Choices {
		s.Choices = append(s.Choices, settingChoice{choice{c.Value, c.Label, slices.Contains(chosen, c.Value)}, c.UnavailableBecause})
	}
	return s
}
