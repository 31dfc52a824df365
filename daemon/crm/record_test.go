package crm

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fieldpost/daemon/words"
	"fieldpost/outbox/activity"
)

const (
	itemID  = "0193f000-0000-7000-8000-000000000001"
	ana     = "003000000000001AAA"
	ben     = "003000000000002AAA"
	lea     = "00Q000000000001AAA"
	acme    = "001000000000001AAA"
	visit   = "a0B000000000001AAA"
	tasks50 = 50
)

// orgFacts is an org with a key field and Shared Activities; change tells what is
// different about the one at hand.
func orgFacts(change ...func(*Facts)) *Facts {
	both := func(extra map[string]Field) Object {
		o := Object{Seen: true, Createable: true, Updateable: true, Fields: map[string]Field{
			"Subject":     {Label: "Subject", Length: 255, Createable: true, Updateable: true},
			"Description": {Label: "Comments", Length: 32000, Createable: true, Updateable: true},
			"Type":        {Label: "Type", Length: 40, Createable: true, Values: []Value{{Value: "Call"}, {Value: "showpad email"}, {Value: "Meeting"}}},
			"WhoId":       {Label: "Name", Createable: true, ReferenceTo: []string{"Contact", "Lead"}},
			"WhatId":      {Label: "Related To", Createable: true, ReferenceTo: []string{"Account", "Opportunity", "Visit__c"}},
			"Key__c":      {Label: "Key", Length: 64, Createable: true},
		}}
		for name, f := range extra {
			o.Fields[name] = f
		}
		return o
	}
	f := &Facts{
		ClosedStatus: "Completed", KeyField: "Key__c", TimeZone: "America/New_York",
		Prefixes: map[string]string{"001": "Account", "006": "Opportunity", "a0B": "Visit__c"},
		Task: both(map[string]Field{
			"Status": {Createable: true}, "ActivityDate": {Createable: true}, "CallObject": {Createable: true, Length: 255},
			"TaskWhoIds": {Createable: true},
		}),
		Event: both(map[string]Field{
			"StartDateTime": {Createable: true}, "EndDateTime": {Createable: true}, "IsAllDayEvent": {Createable: true},
			"Location": {Label: "Location", Createable: true, Length: 255}, "EventWhoIds": {Createable: true},
		}),
	}
	for _, c := range change {
		c(f)
	}
	return f
}

func rules(change ...func(*Rules)) *Rules {
	r := &Rules{
		Types:        map[activity.Channel][]string{activity.Email: {"Showpad Email", "Email"}, activity.Link: {"Showpad Share"}},
		MeetingTypes: []string{"Meeting"}, RelatedTo: []string{"Account", "Opportunity"}, Multiple: true,
		Words: words.In("en"), Zone: time.UTC,
	}
	for _, c := range change {
		c(r)
	}
	return r
}

func mail() *activity.Activity {
	return &activity.Activity{
		Kind: activity.Share, Channel: activity.Email, Subject: "Offre T3", Body: "Bonjour,\nvoici l'offre.",
		URL: "https://acme.showpad.biz/share/1", Content: []activity.Content{{Title: "Brochure.pdf"}},
		OccurredAt: "2026-11-22T09:30:00+01:00",
	}
}

func meeting() *activity.Activity {
	return &activity.Activity{
		Kind: activity.Meeting, Subject: "Visite", Start: "2026-11-22T14:00:00+01:00", End: "2026-11-22T15:00:00+01:00",
		Location: "Lyon", Notes: "Ordre du jour",
	}
}

func people(ids ...string) []Resolved {
	var all []Resolved
	for i, id := range ids {
		r := Resolved{ID: id, Person: activity.Person{Email: fmt.Sprintf("p%d@acme.test", i), Name: fmt.Sprintf("Person %d", i)}}
		all = append(all, r)
	}
	return all
}

func build(t *testing.T, a *activity.Activity, who []Resolved, f *Facts, r *Rules) *Record {
	t.Helper()
	record, err := Build(Item{ID: itemID, Activity: a, CapturedAt: time.Date(2026, 11, 22, 8, 31, 0, 0, time.UTC), People: who}, f, r)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func TestAShareBecomesACompletedTask(t *testing.T) {
	got := build(t, mail(), people(ana), orgFacts(), rules())
	want := &Record{Object: "Task", Fields: map[string]any{
		"Subject": "Offre T3", "Status": "Completed", "ActivityDate": "2026-11-22", "Type": "showpad email",
		"Description": "Bonjour,\nvoici l'offre.\n\nView as recipient: https://acme.showpad.biz/share/1\nBrochure.pdf\nfieldpost:" + itemID,
		"WhoId":       ana, "Key__c": itemID,
	}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Record{}, "Reasons")); diff != "" {
		t.Error(diff)
	}
}

func TestAMeetingBecomesAnEvent(t *testing.T) {
	a := meeting()
	a.RelatedTo = &activity.Related{ID: acme}
	got := build(t, a, people(ana, ben), orgFacts(), rules())
	want := &Record{Object: "Event", Fields: map[string]any{
		"Subject": "Visite", "StartDateTime": "2026-11-22T13:00:00Z", "EndDateTime": "2026-11-22T14:00:00Z", "Location": "Lyon",
		"Type": "Meeting", "Description": "Ordre du jour\n\nfieldpost:" + itemID, "WhoId": ana, "EventWhoIds": []string{ana, ben},
		"WhatId": acme, "Key__c": itemID,
	}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Record{}, "Reasons")); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutAKeyFieldATaskCarriesItsMarkerInCallObject(t *testing.T) {
	noKey := orgFacts(func(f *Facts) { f.KeyField = "" })
	if got := build(t, mail(), people(ana), noKey, rules()).Fields["CallObject"]; got != "fieldpost:"+itemID {
		t.Errorf("CallObject is %v", got)
	}
	event := build(t, meeting(), people(ana), noKey, rules())
	if _, has := event.Fields["CallObject"]; has {
		t.Error("an event has no CallObject")
	}
	if noKey.Mode() != ModeMarker || orgFacts().Mode() != ModeKey {
		t.Error("the mode does not follow the key field")
	}
}

func TestAShareFallsOnTheRepsOwnCalendarDay(t *testing.T) {
	cases := []struct {
		occurred activity.Moment
		zone     string
		want     string
	}{
		{"2026-11-22T23:30:00+01:00", "America/New_York", "2026-11-22"},
		{"2026-11-23T02:30:00Z", "America/New_York", "2026-11-22"},
		{"2026-11-23T02:30:00+00:00", "", "2026-11-23"},
		{"", "Asia/Tokyo", "2026-11-22"},
	}
	for _, c := range cases {
		a := mail()
		a.OccurredAt = c.occurred
		f := orgFacts(func(f *Facts) { f.TimeZone = c.zone })
		if got := build(t, a, people(ana), f, rules()).Fields["ActivityDate"]; got != c.want {
			t.Errorf("%q in %q is %v, want %s", c.occurred, c.zone, got, c.want)
		}
	}
}

func TestAllDayMeetingsAreMidnightUTCToTheLastDay(t *testing.T) {
	cases := []struct{ start, end, wantStart, wantEnd activity.Moment }{
		{"2026-11-22", "2026-11-24", "2026-11-22T00:00:00Z", "2026-11-24T00:00:00Z"},
		{"2026-11-22T00:00:00+01:00", "2026-11-23T00:00:00+01:00", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"},
		{"2026-11-22T09:00:00+13:00", "2026-11-22T18:00:00+13:00", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"},
	}
	for _, c := range cases {
		a := meeting()
		a.AllDay, a.Start, a.End = true, c.start, c.end
		got := build(t, a, people(ana), orgFacts(), rules()).Fields
		if got["IsAllDayEvent"] != true || got["StartDateTime"] != string(c.wantStart) || got["EndDateTime"] != string(c.wantEnd) {
			t.Errorf("%s to %s is %v to %v", c.start, c.end, got["StartDateTime"], got["EndDateTime"])
		}
	}
}

func TestWhoIsRelatedAndWhoIsNamed(t *testing.T) {
	single := func(f *Facts) { delete(f.Task.Fields, "TaskWhoIds") }
	cases := []struct {
		name    string
		people  []Resolved
		related string
		facts   *Facts
		rules   *Rules
		who     any
		whoIDs  any
		what    any
		inText  string
	}{
		{name: "several contacts", people: people(ana, ben), facts: orgFacts(), who: ana, whoIDs: []string{ana, ben}},
		{name: "without Shared Activities the others are named", people: people(ana, ben), facts: orgFacts(single), who: ana, inText: "Also: Person 1 <p1@acme.test>"},
		{name: "people.multiple off", people: people(ana, ben), facts: orgFacts(), rules: rules(func(r *Rules) { r.Multiple = false }), who: ana, inText: "Also: Person 1 <p1@acme.test>"},
		{name: "a contact before a lead", people: people(lea, ana), facts: orgFacts(), who: ana, inText: "Also: Person 0 <p0@acme.test>"},
		{name: "a lead where there is no contact", people: people(lea), facts: orgFacts(), who: lea},
		{name: "a lead never with a Related To", people: people(lea), related: acme, facts: orgFacts(), who: lea, inText: "Related to: " + acme},
		{name: "a blind copy is not", people: blind(people(ana, "")), facts: orgFacts(), who: ana},
		{name: "the unknown are named", people: people(ana, ""), facts: orgFacts(), who: ana, inText: "Also: Person 1 <p1@acme.test>"},
		{name: "a person twice is related once", people: people(ana, ana), facts: orgFacts(), who: ana},
		{name: "nobody but a record", related: acme, facts: orgFacts(), what: acme},
		{name: "a contact and a record", people: people(ana), related: acme, facts: orgFacts(), who: ana, what: acme},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := mail()
			if c.related != "" {
				a.RelatedTo = &activity.Related{ID: c.related}
			}
			r := c.rules
			if r == nil {
				r = rules()
			}
			got := build(t, a, c.people, c.facts, r).Fields
			if got["WhoId"] != c.who || got["WhatId"] != c.what || !cmp.Equal(got["TaskWhoIds"], c.whoIDs) {
				t.Errorf("WhoId %v TaskWhoIds %v WhatId %v", got["WhoId"], got["TaskWhoIds"], got["WhatId"])
			}
			text := got["Description"].(string)
			if !strings.Contains(text, c.inText) || c.inText == "" && strings.Contains(text, "Also:") {
				t.Errorf("the text is %q", text)
			}
			if !strings.HasSuffix(text, "\nfieldpost:"+itemID) {
				t.Errorf("the marker is not the last line of %q", text)
			}
		})
	}
}

// blind puts all but the first person into a blind copy.
func blind(people []Resolved) []Resolved {
	for i := range people[1:] {
		people[1+i].Person.Bcc = true
	}
	return people
}

func TestAtMostFiftyContactsAreRelated(t *testing.T) {
	var ids []string
	for i := range tasks50 + 3 {
		ids = append(ids, fmt.Sprintf("003000000000%03dAAA", i))
	}
	got := build(t, mail(), people(ids...), orgFacts(), rules())
	if n := len(got.Fields["TaskWhoIds"].([]string)); n != tasks50 {
		t.Errorf("%d contacts related", n)
	}
	if n := strings.Count(got.Fields["Description"].(string), "@acme.test"); n != 3 {
		t.Errorf("%d people named, want 3", n)
	}
}

func TestWhatCannotBecomeARecordSaysWhy(t *testing.T) {
	related := func(a *activity.Activity, id string) *activity.Activity {
		a.RelatedTo = &activity.Related{ID: id}
		return a
	}
	twice := []Resolved{{Person: activity.Person{Email: "x@acme.test"}, Ambiguous: true}}
	cases := []struct {
		name string
		a    *activity.Activity
		who  []Resolved
		want string
	}{
		{"nobody and nothing", mail(), nil, "no_recipient"},
		{"an unknown address", mail(), people(""), "unresolved_person"},
		{"an unknown address with a record still asks", related(mail(), acme), people(""), "unresolved_person"},
		{"an address of several", mail(), twice, "ambiguous_person"},
		{"an object that is not allowed", related(mail(), visit), people(ana), "related_to_not_allowed"},
		{"an object nobody knows", related(mail(), "zzz000000000001"), people(ana), "related_to_not_allowed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Build(Item{ID: itemID, Activity: c.a, People: c.who}, orgFacts(), rules())
			var refused *Refused
			if !errors.As(err, &refused) || refused.Problem.Code != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestMeetingsNeverTakeCustomObjectsEvenIfSharesMay(t *testing.T) {
	r := rules(func(r *Rules) { r.RelatedTo = append(r.RelatedTo, "visit__C") })
	if why := RelatedTo(activity.Share, visit, orgFacts(), r); why != "" {
		t.Errorf("a share may be related to an enabled custom object: %s", why)
	}
	if why := RelatedTo(activity.Meeting, visit, orgFacts(), r); why != RelatedOfMeeting {
		t.Errorf("a meeting was related to a custom object: %q", why)
	}
}

func TestTooLongTextIsCutByCharactersAndTheLinkStays(t *testing.T) {
	a := mail()
	a.Subject = strings.Repeat("é", 300)
	a.Body = strings.Repeat("€", 40000)
	got := build(t, a, people(ana), orgFacts(), rules())
	if n := utf8.RuneCountInString(got.Fields["Subject"].(string)); n != 255 {
		t.Errorf("the subject has %d characters", n)
	}
	text := got.Fields["Description"].(string)
	if n := utf8.RuneCountInString(text); n != 32000 {
		t.Errorf("the description has %d characters", n)
	}
	if !strings.HasSuffix(text, "View as recipient: https://acme.showpad.biz/share/1\nBrochure.pdf\nfieldpost:"+itemID) {
		t.Errorf("the link or the marker gave way: …%s", text[len(text)-120:])
	}
	codes := map[string]int{}
	for _, n := range got.Notes {
		codes[n.Code]++
	}
	if codes["text_cut"] != 2 {
		t.Errorf("the history tells %v", got.Notes)
	}
}

func TestTheLastLineAndTheLinkStayHoweverMuchIsNamed(t *testing.T) {
	a := mail()
	who := people(append([]string{ana}, make([]string, 249)...)...)
	for i := range who {
		who[i].Person.Name = strings.Repeat("ñ", 200)
	}
	got := build(t, a, who, orgFacts(), rules())
	text := got.Fields["Description"].(string)
	if n := utf8.RuneCountInString(text); n != 32000 {
		t.Errorf("the description has %d characters", n)
	}
	if !strings.HasPrefix(text, "View as recipient: https://acme.showpad.biz/share/1\n") || !strings.HasSuffix(text, "…\nfieldpost:"+itemID) {
		t.Errorf("the link or the marker gave way: %s…%s", text[:60], text[len(text)-120:])
	}
}

func TestOnlyFieldsTheRepMayWriteAreSent(t *testing.T) {
	f := orgFacts(func(f *Facts) {
		delete(f.Task.Fields, "Type")
		f.Task.Fields["ActivityDate"] = Field{Createable: false}
	})
	r := rules(func(r *Rules) { r.ShareFields = map[string]any{"Hidden__c": "x", "Subject": "Constant"} })
	got := build(t, mail(), people(ana), f, r)
	for _, field := range []string{"Type", "ActivityDate", "Hidden__c"} {
		if _, sent := got.Fields[field]; sent {
			t.Errorf("%s was sent", field)
		}
	}
	if got.Fields["Subject"] != "Constant" {
		t.Errorf("the admin's constant lost: %v", got.Fields["Subject"])
	}
}

func TestTheTextFollowsTheRepsLanguage(t *testing.T) {
	french := rules(func(r *Rules) { r.Words = words.In("fr") })
	text := build(t, mail(), people(ana, ""), orgFacts(), french).Fields["Description"].(string)
	for _, want := range []string{"Voir comme destinataire\u00a0: https://", "Également\u00a0: Person 1 <p1@acme.test>"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}

func TestAnUpdateWritesOnlyWhatDiffers(t *testing.T) {
	before := build(t, meeting(), people(ana), orgFacts(), rules())
	a := meeting()
	a.Subject, a.Location = "Visite reportée", ""
	after := build(t, a, people(ana), orgFacts(), rules())
	facts := orgFacts(func(f *Facts) {
		f.Event.Fields["Location"] = Field{Createable: true, Updateable: true, Length: 255}
	})
	if diff := cmp.Diff(map[string]any{"Subject": "Visite reportée", "Location": nil}, Changed(before, after, facts)); diff != "" {
		t.Error(diff)
	}
}

func TestTheRepsOwnAddressNeverBecomesAPerson(t *testing.T) {
	item := Item{ID: itemID, Activity: mail(), People: []Resolved{
		{Person: activity.Person{Email: "Me@acme.test"}}, {Person: activity.Person{Email: "ana@kunde.test"}, ID: ana},
	}}
	r, err := Build(item, orgFacts(), rules(func(r *Rules) { r.Own = []string{"me@acme.test"} }))
	if err != nil {
		t.Fatal(err)
	}
	if text := r.Fields["Description"].(string); strings.Contains(strings.ToLower(text), "me@acme.test") {
		t.Errorf("the description is %q", text)
	}
}

func TestWhoIsNotRelatedIsCalledByTheNameSalesforceHas(t *testing.T) {
	item := Item{
		ID: itemID, Activity: mail(), RelatedName: "Keller Q4",
		People: []Resolved{{Person: activity.Person{Email: "lea@kunde.test"}, ID: lea, Name: "Lea Vilà"}, {Person: activity.Person{Email: "x@kunde.test"}, ID: lea[:14] + "2AAA", Name: "Xaver Y"}},
	}
	item.Activity.RelatedTo = &activity.Related{ID: acme}
	r, err := Build(item, orgFacts(), rules())
	if err != nil {
		t.Fatal(err)
	}
	text := r.Fields["Description"].(string)
	for _, want := range []string{"Also: Xaver Y <x@kunde.test>", "Keller Q4"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
}
