package page

import (
	"slices"
	"strings"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// row is one activity as the page shows it.
type row struct {
	ID       string
	Title    string
	Subject  string
	When     string
	State    outbox.State
	Standing string
	Record   *link
	Problem  *apitype.Problem
	// Actions stand beside the activity, More behind its details; where it is Open all of
	// it is shown.
	Actions []action
	More    []action
	Open    bool
	// Details is what the details are called, Whole what leads to all of it.
	Details, Whole string
	Facts          []fact
	// Similar tells that it looks like others, and names them.
	Similar string
	// Answer leads to where the rep says who somebody is; nil where nobody is unknown.
	Answer *link
	// ForAdmin stands above the text for the administrator.
	ForAdmin string
}

// MostSimilar is how many look-alikes of an activity are named.
const MostSimilar = 3

type link struct{ URL, Label string }

// action is a button: what it asks of the port, and what is said when it is done.
type action struct{ Path, Method, Label, Done string }

type fact struct{ Term, Text string }

func (t teller) row(item *apitype.Item) row {
	r := row{
		ID: item.ID, Title: t.title(item), Subject: item.Subject, When: t.happened(item),
		State: item.State, Standing: t.standing(item), Problem: item.Problem,
	}
	if item.Record != nil && item.State == outbox.Delivered {
		r.Record = &link{URL: item.Record.URL, Label: t.Text("page.record", "object", t.object(item.Record.Object))}
	}
	if n := len(item.Similar); n > 0 && item.State != outbox.Discarded {
		r.Similar = t.Text("page.similar", "n", t.number(n), "which", t.similar(item))
	}
	if p := item.Problem; p != nil && (p.Code == "unresolved_person" || p.Code == "ambiguous_person") {
		r.Answer = &link{URL: "#item?id=" + item.ID, Label: t.Text("page.answer")}
	}
	r.Actions, r.More = t.actions(item)
	r.Whole = t.Text("page.whole")
	r.Details, r.Facts, r.ForAdmin = t.Text("page.details"), t.facts(item), t.Text("page.for_admin")
	return r
}

// similar names what an activity looks like.
func (t teller) similar(item *apitype.Item) string {
	var named []string
	for _, id := range item.Similar[:min(len(item.Similar), MostSimilar)] {
		name := id
		if other, ok := t.alike[id]; ok {
			name = strings.Join(slices.DeleteFunc([]string{t.title(&other), other.Subject, t.happened(&other)}, func(s string) bool { return s == "" }), " · ")
		}
		named = append(named, name)
	}
	return strings.Join(named, ", ")
}

// title tells what was done with whom.
func (t teller) title(item *apitype.Item) string {
	if item.Sealed {
		return t.Text("page.sealed." + string(item.Kind))
	}
	key := "page.meeting"
	if item.Kind == activity.Share {
		key = "page.share." + string(item.Channel)
	}
	who := t.people(item.People)
	if who == "" {
		return t.Text(key + ".alone")
	}
	return t.Text(key, "who", who)
}

// people names the first person and counts the others.
func (t teller) people(all []activity.Person) string {
	if len(all) == 0 {
		return ""
	}
	first := all[0].Name
	if first == "" {
		first = all[0].Email
	}
	if first == "" {
		first = all[0].ID
	}
	if others := len(all) - 1; others > 0 {
		return t.Text("page.and_others", "who", first, "n", t.number(others))
	}
	return first
}

// standing tells where an activity is. One that waits with a record has a change
// of that record to send.
func (t teller) standing(item *apitype.Item) string {
	state := string(item.State)
	switch {
	case item.State == outbox.Waiting && item.Record != nil:
		state = "waiting_change"
	case item.State == outbox.Waiting && item.Account == nil:
		state = "waiting_unowned"
	case item.State == outbox.NeedsAttention && item.Problem != nil && item.Problem.Who == outbox.Admin:
		state = "needs_admin"
	}
	return t.Text("page.state." + state)
}

func (t teller) object(name string) string {
	if key := "page.object." + name; t.Has(key) {
		return t.Text(key)
	}
	return name
}

func (t teller) actions(item *apitype.Item) (actions, more []action) {
	retry := t.action(item, "retry")
	hold := t.action(item, "hold")
	discard := t.action(item, "discard")
	switch item.State {
	case outbox.NeedsAttention:
		return []action{retry, discard}, []action{hold}
	case outbox.Waiting:
		return nil, []action{retry, hold, discard}
	case outbox.Held:
		return []action{t.action(item, "release")}, []action{discard}
	case outbox.Discarded:
		return []action{t.action(item, "restore")}, nil
	}
	return nil, nil
}

func (t teller) action(item *apitype.Item, verb string) action {
	a := action{
		Method: "POST", Path: "/v1/activities/" + item.ID + "/" + verb,
		Label: t.Text("page.action." + verb), Done: t.Text("page.done." + verb),
	}
	if verb == "discard" {
		a.Method, a.Path = "DELETE", "/v1/activities/"+item.ID
	}
	return a
}

func (t teller) facts(item *apitype.Item) []fact {
	all := []fact{{t.Text("page.detail.captured"), t.when(item.CapturedAt) + " · " + t.Text("page.source."+string(item.Source))}}
	if item.RelatedTo != nil {
		name := item.RelatedTo.Name
		if name == "" {
			name = item.RelatedTo.ID
		}
		all = append(all, fact{t.Text("page.detail.related"), name})
	}
	if item.Attempts > 0 {
		all = append(all, fact{t.Text("page.detail.attempts"), t.number(item.Attempts)})
	}
	if at := item.NextAttemptAt; at != nil && at.After(t.now) {
		all = append(all, fact{t.Text("page.detail.next"), t.when(*at)})
	}
	if item.Problem != nil {
		all = append(all, fact{t.Text("page.detail.code"), item.Problem.Code})
	}
	return append(all, fact{t.Text("page.detail.id"), item.ID})
}
