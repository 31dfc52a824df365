package crm

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// why gives the rules that shaped a field of the record.
func why(r *Record, field string) []string {
	var rules []string
	for _, reason := range r.Reasons {
		if reason.Field == field {
			rules = append(rules, reason.Rule)
		}
	}
	return rules
}

func TestEachFieldOfARecordSaysWhatShapedIt(t *testing.T) {
	withDeal := mail()
	withDeal.RelatedTo = &activity.Related{ID: acme}
	for _, c := range []struct {
		name string
		a    *activity.Activity
		who  []Resolved
	}{
		{"a mail to two contacts", mail(), people(ana, ben)},
		{"a mail to a lead with a Related To", withDeal, people(lea)},
		{"a meeting", meeting(), people(ana, ben)},
	} {
		for name, facts := range map[string]*Facts{"key": orgFacts(), "marker": orgFacts(func(f *Facts) { f.KeyField = "" })} {
			got := build(t, c.a, c.who, facts, rules())
			for field := range got.Fields {
				if len(why(got, field)) == 0 {
					t.Errorf("%s (%s): nothing tells why %s is there", c.name, name, field)
				}
			}
			for _, reason := range got.Reasons {
				for _, lang := range words.Languages {
					if key := "reason." + reason.Rule; !words.In(lang).Has(key) {
						t.Errorf("%s: %s has no words", lang, key)
					}
				}
			}
		}
	}
}

func TestWhatIsLeftOutSaysWhy(t *testing.T) {
	withDeal := mail()
	withDeal.RelatedTo = &activity.Related{ID: acme}
	noTypes := rules(func(r *Rules) { r.Types = map[activity.Channel][]string{activity.Email: {"Nowhere"}} })
	long := mail()
	long.Subject = strings.Repeat("x", 300)
	single := orgFacts(func(f *Facts) { delete(f.Task.Fields, "TaskWhoIds") })
	demanding := orgFacts(func(f *Facts) { f.Task.Fields["Region__c"] = Field{Label: "Region", Createable: true, Required: true} })
	for _, c := range []struct {
		name  string
		a     *activity.Activity
		who   []Resolved
		facts *Facts
		rules *Rules
		field string
		want  string
	}{
		{"a Related To beside a lead", withDeal, people(lea), orgFacts(), rules(), "WhatId", "not_with_lead"},
		{"a Type that the org has not", mail(), people(ana), orgFacts(), noTypes, "Type", "type_missing"},
		{"a second contact where the org takes one", mail(), people(ana, ben), single, rules(), "TaskWhoIds", "one_by_org"},
		{"a second contact where the setting says one", mail(), people(ana, ben), orgFacts(), rules(func(r *Rules) { r.Multiple = false }), "TaskWhoIds", "one_by_setting"},
		{"a text that is too long", long, people(ana), orgFacts(), rules(), "Subject", "cut"},
		{"a constant that the rep may not write", mail(), people(ana), orgFacts(), rules(func(r *Rules) { r.ShareFields = map[string]any{"Nope__c": "x"} }), "Nope__c", "not_writable"},
		{"a constant for whom it is related to", mail(), people(ana), orgFacts(), rules(func(r *Rules) { r.ShareFields = map[string]any{"whoid": ben} }), "whoid", "own_field"},
		{"a constant in place of the marker", mail(), people(ana), orgFacts(), rules(func(r *Rules) { r.ShareFields = map[string]any{"Description": "x"} }), "Description", "own_field"},
		{"a field that the org requires", mail(), people(ana), demanding, rules(), "Region__c", "required"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := why(build(t, c.a, c.who, c.facts, c.rules), c.field); !slices.Contains(got, c.want) {
				t.Errorf("%s is explained by %v, want %s", c.field, got, c.want)
			}
		})
	}
}

func TestAPreviewShowsTheRecordThatIsRefused(t *testing.T) {
	record, err := Preview(Item{ID: itemID, Activity: mail(), People: people("")}, orgFacts(), rules())
	var refused *Refused
	if !errors.As(err, &refused) || refused.Problem.Code != "unresolved_person" {
		t.Fatalf("%v", err)
	}
	if record.Fields["Subject"] != "Offre T3" || record.Fields["Status"] != "Completed" {
		t.Errorf("the record is %v", record.Fields)
	}
}

func TestNothingIsSentOfAnObjectThatTheRepMayNotCreate(t *testing.T) {
	for name, change := range map[string]func(*Facts){
		"hidden":    func(f *Facts) { f.Task = Object{} },
		"read only": func(f *Facts) { f.Task.Createable = false },
	} {
		_, err := Build(Item{ID: itemID, Activity: mail(), People: people(ana)}, orgFacts(change), rules())
		var refused *Refused
		if !errors.As(err, &refused) || refused.Problem.Code != "object_not_writable" || refused.Problem.Who != outbox.Admin {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMeetingOfMoreThanFourteenDaysIsNotSent(t *testing.T) {
	for _, c := range []struct {
		name       string
		start, end activity.Moment
		allDay     bool
		want       bool
	}{
		{"exactly 14 days", "2026-11-01T09:00:00Z", "2026-11-15T09:00:00Z", false, false},
		{"a minute more", "2026-11-01T09:00:00Z", "2026-11-15T09:01:00Z", false, true},
		{"14 whole days", "2026-11-01", "2026-11-14", true, false},
		{"15 whole days", "2026-11-01", "2026-11-15", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := meeting()
			a.Start, a.End, a.AllDay = c.start, c.end, c.allDay
			_, err := Build(Item{ID: itemID, Activity: a, People: people(ana)}, orgFacts(), rules())
			var refused *Refused
			if got := errors.As(err, &refused); got != c.want || got && refused.Problem.Code != "meeting_too_long" {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAccessIsForMembersInAnyCaseAndUnknownWhereItCannotBeRead(t *testing.T) {
	both := Membership{
		Groups: []string{"Field_Reps", "Field Reps"}, GroupsKnown: true, PermissionSets: []string{"fieldpost"}, SetsKnown: true, PermissionsKnown: true,
	}
	noPermissions := both
	noPermissions.PermissionsKnown = false
	noGroups := Membership{PermissionSets: []string{"fieldpost"}, SetsKnown: true}
	for _, c := range []struct {
		name   string
		member Membership
		groups []string
		want   Access
	}{
		{"no group is asked for", Membership{}, nil, AccessGranted},
		{"a public group by its developer name", both, []string{"field_reps"}, AccessGranted},
		{"a public group by its name", both, []string{"FIELD REPS"}, AccessGranted},
		{"a permission set", both, []string{"FieldPost"}, AccessGranted},
		{"a custom permission of the app", Membership{Permissions: []string{"Use_fieldpost"}}, []string{"use_fieldpost"}, AccessGranted},
		{"none of them", both, []string{"Partners"}, AccessDenied},
		{"a permission set although groups cannot be read", noGroups, []string{"fieldpost"}, AccessGranted},
		{"none that could be read", noGroups, []string{"Partners"}, AccessUnknown},
		{"the app's permissions could not be read", noPermissions, []string{"Use_fieldpost"}, AccessUnknown},
		{"nothing could be read", Membership{}, []string{"Partners"}, AccessUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.member.Access(c.groups); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}
