package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// Item is the story of one activity, and what Salesforce gets of it.
type Item struct {
	Now   time.Time
	Item  apitype.Item
	Alike map[string]apitype.Item
	// Preview is nil where it cannot be told.
	Preview *apitype.Preview
	// Unresolved are the addresses of it that wait for an answer.
	Unresolved []apitype.Unresolved
	// Suggestions are what it may be related to.
	Suggestions []apitype.Suggestion
	// CanEdit and CanFind tell what there is behind a form.
	CanEdit, CanFind bool
}

func (v Item) drawing(p *words.Printer) (string, any) {
	t := teller{Printer: p, now: v.Now, alike: v.Alike}
	d := itemDrawing{Words: p, Row: t.row(&v.Item)}
	d.Row.Actions, d.Row.Open = append(d.Row.Actions, d.Row.More...), true
	for i := range v.Item.History {
		e := &v.Item.History[i]
		d.Story = append(d.Story, event{t.when(e.Time), e.Detail})
	}
	for i := range v.Unresolved {
		d.Unresolved = append(d.Unresolved, t.unresolved(&v.Unresolved[i]))
	}
	if v.Preview != nil {
		d.Object, d.Fields = t.object(v.Preview.Object), t.fields(v.Preview)
		d.Problem = v.Preview.Problem
	}
	delivered := v.Item.State == outbox.Delivered
	if delivered && v.Item.Record != nil && v.CanEdit {
		d.Withdraw = &action{Method: "POST", Path: "/v1/activities/" + v.Item.ID + "/withdraw", Label: t.Text("page.action.withdraw"), Done: t.Text("page.done.withdraw")}
	}
	editable := []outbox.State{outbox.Waiting, outbox.NeedsAttention, outbox.Held, outbox.Delivered}
	if v.CanEdit && !v.Item.Sealed && !v.Item.Purged && !v.Item.AllDay && slices.Contains(editable, v.Item.State) {
		f := t.form(v.Item.Kind, &v.Item.Activity, v.Suggestions)
		f.Method, f.Path, f.Save, f.Done = "PATCH", "/v1/activities/"+v.Item.ID, t.Text("page.edit.save"), t.Text("page.edit.done")
		f.Keep, f.CanFind, f.Pattern = v.Item.ID, v.CanFind, ""
		if delivered {
			f.Path += "?delivered=true"
			d.EditNote = t.Text("page.edit.delivered")
		}
		d.Form = &f
	}
	return "item.html", d
}

type itemDrawing struct {
	Words      *words.Printer
	Row        row
	Story      []event
	Unresolved []unresolved
	Object     string
	Fields     []field
	Problem    *apitype.Problem
	Withdraw   *action
	Form       *form
	EditNote   string
}

type event struct{ When, Text string }

// field is one field of the record, as Salesforce gets it, and the rules that shaped it.
type field struct {
	Name, Label, Value string
	Rules              []string
}

func (t teller) fields(of *apitype.Preview) []field {
	all := map[string]*field{}
	at := func(name string) *field {
		if all[name] == nil {
			all[name] = &field{Name: name, Label: name}
		}
		return all[name]
	}
	for name, value := range of.Fields {
		at(name).Value = t.value(value)
	}
	for _, rule := range of.Rules {
		f := at(rule.Field)
		if rule.Label != "" {
			f.Label = rule.Label
		}
		if rule.Detail != "" {
			f.Rules = append(f.Rules, rule.Detail)
		}
	}
	sorted := make([]field, 0, len(all))
	for _, f := range all {
		sorted = append(sorted, *f)
	}
	slices.SortFunc(sorted, func(a, b field) int { return strings.Compare(a.Label, b.Label) })
	return sorted
}

func (t teller) value(value any) string {
	switch value := value.(type) {
	case nil:
		return "–"
	case bool:
		if value {
			return t.Text("page.yes")
		}
		return t.Text("page.no")
	}
	return fmt.Sprint(value)
}
