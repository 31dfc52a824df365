package main

import (
	"testing"

	"fieldpost/sfclient/sandbox"
)

// TestAnOrgThatIsNotAsItShouldBeLosesNothing: what is captured in an org that cannot
// take it waits or needs somebody, names who, and goes by itself once it is mended.
func TestAnOrgThatIsNotAsItShouldBeLosesNothing(t *testing.T) {
	share := []string{"share", "--channel", "email", "--subject", "Share", "--to", "ana@kunde.test"}
	meeting := []string{"meeting", "--subject", "Meeting", "--start", "2026-11-22T14:00:00Z", "--end", "2026-11-22T15:00:00Z", "--to", "ana@kunde.test"}
	for _, c := range []struct {
		name    string
		capture []string
		broken  func(*sandbox.Rules)
		mended  func(*sandbox.Rules)
		code    string // of the item's problem, "" where it is delivered all the same
	}{
		{"no access to tasks", share, func(r *sandbox.Rules) { r.HiddenObjects = []string{"Task"} }, func(r *sandbox.Rules) { r.HiddenObjects = nil }, "object_not_writable"},
		{"tasks to read only", share, func(r *sandbox.Rules) { r.FrozenObjects = []string{"Task"} }, func(r *sandbox.Rules) { r.FrozenObjects = nil }, "object_not_writable"},
		{"no access to events", meeting, func(r *sandbox.Rules) { r.HiddenObjects = []string{"Event"} }, func(r *sandbox.Rules) { r.HiddenObjects = nil }, "object_not_writable"},
		{"Type is hidden", share, func(r *sandbox.Rules) { r.Hidden = []string{"Activity.Type"} }, nil, ""},
		{"Type is restricted to other values", share, func(r *sandbox.Rules) {
			r.RestrictedTypes, r.TaskTypes = true, sandbox.Choices("Call")
		}, nil, ""},
		{"a required custom field", share, func(r *sandbox.Rules) { r.Required = []string{"Activity.Region__c"} }, func(r *sandbox.Rules) { r.Required = nil }, "REQUIRED_FIELD_MISSING"},
		{"a validation rule", share, func(r *sandbox.Rules) {
			r.CheckRecord = func(string, map[string]any) string { return "Not on Sundays." }
		}, func(r *sandbox.Rules) { r.CheckRecord = nil }, "FIELD_CUSTOM_VALIDATION_EXCEPTION"},
		{"the pinned API version is retired", share, func(r *sandbox.Rules) { r.OldestVersion = 67 }, nil, ""},
		{"the pinned API version is not there yet", share, func(r *sandbox.Rules) { r.NewestVersion = 62 }, nil, ""},
		{"a describe of 2 MB and 900 objects", share, func(r *sandbox.Rules) { r.Padding, r.ManyObjects = 2<<20, 900 }, nil, ""},
		{"no key field", share, func(r *sandbox.Rules) { r.Key = sandbox.KeyAbsent }, nil, ""},
		{"nothing beside the activities can be read", share, func(r *sandbox.Rules) {
			r.HiddenObjects = []string{"TaskStatus", "GroupMember", "PermissionSetAssignment", "Organization", "CorsWhitelistEntry", "Account", "Opportunity", "Lead"}
			r.LimitsHidden = true
		}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLaptop(t)
			l.org.AddContact(sandbox.Person{LastName: "Müller", Email: "ana@kunde.test"})
			l.org.Set(c.broken)
			l.start()
			l.signIn()
			id := l.captured(c.capture...)
			if c.code == "" {
				l.delivered(id)
				l.examined()
				return
			}
			l.needs(id, c.code)
			if problem := l.item(id).Problem; problem.Remedy == "" || problem.Who == "" {
				t.Errorf("%+v", problem)
			}
			l.org.Set(c.mended)
			l.run("org", "refresh")
			if c.code == "FIELD_CUSTOM_VALIDATION_EXCEPTION" { // the rep's matter: nobody tries it again unasked
				l.run("outbox", "retry", id)
			}
			l.delivered(id)
		})
	}
}
