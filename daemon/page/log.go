package page

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox/activity"
)

// Log is the form that logs a share or a meeting.
type Log struct {
	Now  time.Time
	Kind activity.Kind
	// Draft is what was typed before and not logged.
	Draft activity.Activity
	// Suggestions are what it may be related to.
	Suggestions []apitype.Suggestion
	// Logged is what was logged last in this tab, nil for nothing.
	Logged *apitype.Item
	// CanFind tells that people and records are at hand.
	CanFind bool
}

// lengths are the minutes that a meeting is offered to last.
var lengths = []int{15, 30, 45, 60, 90, 120, 180, 240}

func (v Log) drawing(p *words.Printer) (string, any) {
	t := teller{Printer: p, now: v.Now}
	d := logDrawing{Words: p, Form: t.form(v.Kind, &v.Draft, v.Suggestions)}
	d.Form.Method, d.Form.Path, d.Form.Save = "POST", "/v1/activities", p.Text("page.log.save")
	d.Form.Draft = "/v1/drafts/" + string(v.Kind)
	d.Form.Then, d.Form.Done = "#"+string(v.Kind)+"?logged=", p.Text("page.log.done")
	d.Form.CanFind, d.Form.Keep = v.CanFind, string(v.Kind)
	d.Title = p.Text("page.view." + string(v.Kind))
	if v.Logged != nil {
		logged := t.row(v.Logged)
		d.Logged = &logged
		d.Form.Keep += v.Logged.ID // what was logged gives way to an empty form
	}
	return "log.html", d
}

type logDrawing struct {
	Words  *words.Printer
	Title  string
	Logged *row
	Form   form
}

// form is an activity as fields.
type form struct {
	Words *words.Printer
	activity.Activity
	// Where it goes: Draft, "" for none, keeps what is typed; Then is where the page goes
	// after it, the item's id behind it.
	Method, Path, Draft, Then string
	Save, Done                string
	// At and Begin are times as a field of a form takes them.
	At, Begin string
	Minutes   []choice
	Channels  []choice
	Pattern   string
	Chips     []chip
	Related   related
	CanFind   bool
	// Keep names what is typed: the page does not draw over it.
	Keep string
}

type choice struct {
	Value, Label string
	Chosen       bool
}

type chip struct{ Name, Value, Remove string }

// related is what an activity may be related to.
type related struct {
	Words   *words.Printer
	Choices []relatedChoice
	None    bool // nothing is chosen
}

type relatedChoice struct {
	Value, Name, Reason string
	Chosen              bool
}

const fieldTime = "2006-01-02T15:04"

func (t teller) form(kind activity.Kind, a *activity.Activity, suggestions []apitype.Suggestion) form {
	f := form{Words: t.Printer, Activity: *a, Related: t.related(a.RelatedTo, suggestions)}
	f.Kind = kind
	for i := range a.People {
		f.Chips = append(f.Chips, t.chip(&a.People[i]))
	}
	if kind == activity.Share {
		for _, channel := range []activity.Channel{activity.Email, activity.Link, activity.Space} {
			f.Channels = append(f.Channels, choice{string(channel), t.Text("page.channel." + string(channel)), channel == a.Channel})
		}
		if at := a.OccurredAt.In(t.now.Location()); !at.IsZero() {
			f.At = at.Format(fieldTime)
		}
		return f
	}
	begin, minutes := a.Start.In(t.now.Location()), 30
	end := a.End.In(t.now.Location())
	if begin.IsZero() {
		begin = t.now.Truncate(30 * time.Minute)
	} else if end.After(begin) {
		minutes = int(end.Sub(begin) / time.Minute)
	}
	f.Begin, f.Pattern = begin.Format(fieldTime), t.Text("page.log.subject", "who", "{who}")
	offered := slices.Clone(lengths)
	if !slices.Contains(offered, minutes) {
		offered = append(offered, minutes)
		slices.Sort(offered)
	}
	for _, n := range offered {
		f.Minutes = append(f.Minutes, choice{strconv.Itoa(n), t.length(n), n == minutes})
	}
	return f
}

// length tells minutes the way people do.
func (t teller) length(minutes int) string {
	switch hours, rest := minutes/60, minutes%60; {
	case hours == 0:
		return t.Text("page.length.minutes", "n", t.number(rest))
	case rest == 0:
		return t.Text("page.length.hours", "n", t.number(hours))
	default:
		return t.Text("page.length.both", "hours", t.number(hours), "minutes", rest)
	}
}

func (t teller) chip(p *activity.Person) chip {
	value, _ := json.Marshal(p) // texts alone: it cannot fail
	name := p.Name
	if name == "" {
		name = p.Email
	}
	return chip{Name: name, Value: string(value), Remove: t.Text("page.log.without") + " " + name}
}

// related offers what was chosen, and what fits. What was chosen last is chosen where
// nothing else is.
func (t teller) related(chosen *activity.Related, suggestions []apitype.Suggestion) related {
	r := related{Words: t.Printer}
	add := func(to activity.Related, reason string, picked bool) {
		value, _ := json.Marshal(to)
		name := to.Name
		if name == "" {
			name = to.ID
		}
		r.Choices = append(r.Choices, relatedChoice{Value: string(value), Name: name, Reason: reason, Chosen: picked})
	}
	found := false
	for _, s := range suggestions {
		picked := chosen != nil && activity.SameID(chosen.ID, s.ID)
		found = found || picked
		add(activity.Related{ID: s.ID, Object: s.Object, Name: s.Name}, s.Reason, picked)
	}
	if chosen != nil && !found {
		add(*chosen, "", true)
	}
	r.None = chosen == nil
	if r.None && len(suggestions) > 0 && suggestions[0].Code == "last_choice" {
		r.Choices[0].Chosen, r.None = true, false
	}
	return r
}

// Related is what an activity with somebody may be related to, as a part of its form.
type Related struct {
	Chosen      *activity.Related
	Suggestions []apitype.Suggestion
}

func (v Related) drawing(p *words.Printer) (string, any) {
	return "related.html", teller{Printer: p}.related(v.Chosen, v.Suggestions)
}

// combo is a field that finds as one types.
type combo struct {
	ID, Of, Field, Label, Found, None string
	First                             bool
	// Answer, where set, is the path that takes who is picked as the answer to who Address
	// is, and Done what is said then.
	Answer, Address, Done string
}

// Who finds people.
func (f form) Who() combo {
	return f.combo("who", "people", "people", f.Words.Text("page.log.who"), f.Method == "POST")
}

// Records finds records.
func (f form) Records() combo {
	return f.combo("record", "records", "", f.Words.Text("page.log.record"), false)
}

func (f form) combo(id, of, field, label string, first bool) combo {
	c := newCombo(f.Words, id, of, label)
	c.Field, c.First = field, first
	return c
}

func newCombo(p *words.Printer, id, of, label string) combo {
	return combo{ID: id, Of: of, Label: label, Found: p.Text("page.combo.found", "n", "{n}"), None: p.Text("page.combo.none")}
}
