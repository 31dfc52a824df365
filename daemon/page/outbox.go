package page

import (
	"net/url"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// Outbox is the list of activities, as it was asked for.
type Outbox struct {
	Now   time.Time
	Query outbox.Query
	// Items are newest first, Next the cursor of what follows, "" for the end.
	Items []apitype.Item
	Next  string
	Alike map[string]apitype.Item
	// Status counts, and names the causes that several activities share.
	Status apitype.Status
	// Held are the reasons for which activities are on hold.
	Held []apitype.Cause
}

func (v Outbox) drawing(p *words.Printer) (string, any) {
	t := teller{Printer: p, now: v.Now, alike: v.Alike}
	d := outboxDrawing{
		Words: p, Text: v.Query.Text, Counts: t.counts(&v.Status.Outbox), Causes: append(t.causes(v.Status.Causes, "retry"), t.causes(v.Held, "release")...),
		Filtered: v.Query.State != "" || v.Query.Kind != "" || v.Query.Text != "",
	}
	d.States = append(d.States, choice{"", p.Text("page.outbox.any"), v.Query.State == ""})
	for _, state := range outbox.States {
		d.States = append(d.States, choice{string(state), p.Text("page.state." + string(state)), state == v.Query.State})
	}
	d.Kinds = append(d.Kinds, choice{"", p.Text("page.outbox.both"), v.Query.Kind == ""})
	for _, kind := range []activity.Kind{activity.Share, activity.Meeting} {
		d.Kinds = append(d.Kinds, choice{string(kind), p.Text("page.outbox." + string(kind)), kind == v.Query.Kind})
	}
	for i := range v.Items {
		d.Rows = append(d.Rows, t.row(&v.Items[i]))
	}
	if v.Next != "" {
		older := url.Values{"cursor": {v.Next}}
		for name, value := range map[string]string{"state": string(v.Query.State), "kind": string(v.Query.Kind), "q": v.Query.Text} {
			if value != "" {
				older.Set(name, value)
			}
		}
		d.Older = "#outbox?" + older.Encode()
	}
	return "outbox.html", d
}

type outboxDrawing struct {
	Words         *words.Printer
	Text          string
	Counts        string
	Causes        []cause
	Filtered      bool
	States, Kinds []choice
	Rows          []row
	Older         string
}
