package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/sfclient/sandbox"
)

// examined gives the checks of the doctor by code.
func (l *laptop) examined(args ...string) map[string]apitype.Check {
	l.t.Helper()
	var found struct{ Items []apitype.Check }
	if err := json.Unmarshal([]byte(l.run(append([]string{"doctor", "--json"}, args...)...)), &found); err != nil {
		l.t.Fatal(err)
	}
	checks := map[string]apitype.Check{}
	for _, c := range found.Items {
		checks[c.Code] = c
	}
	return checks
}

func (l *laptop) wantChecks(found map[string]apitype.Check, want map[string]string) {
	l.t.Helper()
	for code, result := range want {
		if found[code].Result != result {
			l.t.Errorf("%s is %q, want %s: %+v", code, found[code].Result, result, found[code])
		}
	}
}

func TestTheDoctorFindsWhatTheOrgLacksAndStatusStaysCalm(t *testing.T) {
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{LastName: "Müller", Email: "ana@kunde.test"})
	l.org.Set(func(r *sandbox.Rules) {
		r.Key, r.SharedActivities, r.Edition = sandbox.KeyAbsent, false, "Professional Edition"
		r.TaskTypes = sandbox.Choices("Call", "email")
		r.Required = []string{"Event.Region__c"}
	})
	l.env = []string{`FIELDPOST_RELATED_TO_OBJECTS=["Account","Gone__c"]`, `FIELDPOST_SHARE_FIELDS={"Nope__c":"x"}`, "FIELDPOST_CONTACTS_WHERE=Department = null"}
	l.start()
	l.signIn()
	id := l.captured("share", "--channel", "email", "--subject", "Offer", "--to", "ana@kunde.test")
	l.delivered(id)
	// Another tool logs the same mail.
	if _, err := l.org.Insert("Task", map[string]any{"Subject": "Email: Offer", "OwnerId": l.org.Rep().ID, "Status": "Completed"}); err != nil {
		t.Fatal(err)
	}
	found := l.examined()
	l.wantChecks(found, map[string]string{
		"key_field": "warning", "shared_activities": "warning", "edition": "warning", "task_type": "warning", "related_object": "warning",
		"constant": "warning", "required_field": "failed", "leads": "warning", "cors_unverified": "warning", "other_logger": "warning",
		"api_access": "ok", "tasks": "ok", "events": "ok", "app": "ok", "ip_restrictions": "ok", "session_lock": "ok", "clock": "ok", "hosts": "ok",
		"conditions": "ok", "allowance": "ok", "access": "ok",
	})
	for _, c := range found {
		if c.Result == "warning" || c.Result == "failed" {
			if c.Remedy == "" || c.Who == "" {
				t.Errorf("%s says neither what to do nor who can: %+v", c.Code, c)
			}
		}
	}
	code, page := l.ask("GET", "/ui/checks", "")
	for _, want := range []string{`id="check-failed"`, `id="check-warnings"`, `id="check-well"`, "Could be better", "Region__c", "Nope__c"} {
		if code != 200 || !strings.Contains(page, want) {
			t.Errorf("the page of checks answers %d and lacks %q:\n%s", code, want, page)
		}
	}
	if status := l.status(); len(status.Warnings) != 0 || status.Account.State != apitype.SignedIn {
		t.Errorf("status warns of what blocks nothing: %+v", status.Warnings)
	}
	if _, _, code := l.told("status"); code != exitDone {
		t.Errorf("status exits %d", code)
	}

	// An administrator mends what can be mended.
	l.org.Set(func(r *sandbox.Rules) {
		r.Key, r.SharedActivities, r.Edition = sandbox.KeyUnique, true, "Unlimited Edition"
		r.TaskTypes = sandbox.Choices("SHOWPAD EMAIL", "Showpad Share", "Shared Space")
		r.ModifyAllData, r.CorsOrigins, r.Required = true, []string{"https://*.showpad.biz"}, nil
	})
	l.run("org", "refresh")
	l.wantChecks(l.examined(), map[string]string{
		"key_field": "ok", "shared_activities": "ok", "edition": "ok", "task_type": "ok", "cors": "ok", "required_field": "",
	})
	out := l.run("doctor", "--lang", "fr")
	if !strings.Contains(out, "La liste CORS de l’organisation contient https://*.showpad.biz") || !strings.Contains(out, "Qui peut agir\u00a0: votre administrateur") {
		t.Errorf("in French the doctor says\n%s", out)
	}
}

func TestTheDoctorNamesTheCauseOfABlockedAccount(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault sandbox.Fault
		check string
		who   string
	}{
		{"API disabled", sandbox.APIDisabledForUser(), "api_access", "admin"},
		{"the app's IP policy", sandbox.NotForREST(), "ip_restrictions", "admin"},
		{"a hotel's page", sandbox.CaptivePortal(), "captive_portal", "you"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := atWork(t)
			l.org.Inject(c.fault)
			l.captured("share", "--channel", "link", "--subject", "Waits", "--to", "ana@kunde.test")
			l.eventually(c.check, func() bool { return l.examined()[c.check].Result == "failed" })
			if found := l.examined()[c.check]; string(found.Who) != c.who || found.Remedy == "" {
				t.Errorf("%+v", found)
			}
		})
	}
}

func TestASessionLockedToAnAddressIsSeenAndCostsNothing(t *testing.T) {
	l := atWork(t)
	l.org.Set(func(r *sandbox.Rules) { r.LockSessionsToIP, r.Source = true, "198.51.100.7" })
	id := l.captured("share", "--channel", "link", "--subject", "Roaming", "--to", "ana@kunde.test")
	l.delivered(id)
	l.wantChecks(l.examined(), map[string]string{"session_lock": "warning"})
	l.wantOnce("Task", "Roaming")
}

func TestAWriteTestLeavesNothingAndTellsWhatTheOrgDoes(t *testing.T) {
	l := atWork(t)
	l.wantChecks(l.examined("--write-test"), map[string]string{"write_task": "ok", "write_event": "ok"})
	l.org.Set(func(r *sandbox.Rules) {
		r.CheckRecord = func(object string, _ map[string]any) string {
			if object == "Task" {
				return "No tasks on Thursdays."
			}
			return ""
		}
	})
	found := l.examined("--write-test")
	l.wantChecks(found, map[string]string{"write_task": "failed", "write_event": "ok"})
	if !strings.Contains(found["write_task"].Detail, "No tasks on Thursdays.") {
		t.Errorf("%+v", found["write_task"])
	}
	if n := len(l.org.Records("Task")) + len(l.org.Records("Event")); n != 0 {
		t.Errorf("%d records are left", n)
	}
	l.goAway()
	found = l.examined("--write-test")
	l.wantChecks(found, map[string]string{"write_task": "failed", "write_event": "failed"})
	if found["write_task"].Title != "No network" {
		t.Errorf("without a network it says %+v", found["write_task"])
	}
}

func TestAWriteTestNamesWhatItMayHaveLeft(t *testing.T) {
	l := atWork(t)
	remove := l.org.Inject(sandbox.Refuse(400, "DELETE_FAILED", "Not on Thursdays.").On(sandbox.Delete).Times(2))
	found := l.examined("--write-test")
	l.wantChecks(found, map[string]string{"write_left": "warning"})
	left := l.org.Records("Event")
	if len(left) != 1 || !strings.Contains(found["write_left"].Title, left[0]["Id"].(string)) {
		t.Errorf("%v is left, and it says %+v", left, found["write_left"])
	}
	remove()
	l.org.Inject(sandbox.Drop().On(sandbox.Create).AfterCommit().Times(2))
	l.wantChecks(l.examined("--write-test"), map[string]string{"write_task": "failed", "write_event": "failed", "write_doubt": "warning"})
}

func TestOnlyARecordOfTheSameDaysIsAnotherToolsOfOurs(t *testing.T) {
	l := atWork(t)
	l.delivered(l.captured("share", "--channel", "email", "--subject", "Re: Weekly", "--to", "ana@kunde.test"))
	other := func(day time.Time) {
		record := map[string]any{"Subject": "Email: Weekly", "OwnerId": l.org.Rep().ID, "Status": "Completed", "ActivityDate": day.Format(time.DateOnly)}
		if _, err := l.org.Insert("Task", record); err != nil {
			t.Fatal(err)
		}
	}
	other(time.Now().AddDate(0, 0, -7))
	l.wantChecks(l.examined(), map[string]string{"other_logger": "ok"})
	other(time.Now().AddDate(0, 0, -1))
	l.wantChecks(l.examined(), map[string]string{"other_logger": "warning"})
}

func TestItemsOfOneCauseAreToldTogetherAndRepairedTogether(t *testing.T) {
	l := atWork(t)
	l.org.Set(func(r *sandbox.Rules) {
		r.ExtraFields = map[string][]sandbox.Field{"Activity": {{Name: "Region__c", Label: "Région", Type: "string", Length: 20, Createable: true, Updateable: true}}}
		r.Required = []string{"Task.Region__c"}
	})
	var ids []string
	for i := range 3 {
		ids = append(ids, l.captured("share", "--channel", "link", "--subject", fmt.Sprint("Share ", i), "--to", "ana@kunde.test"))
	}
	for _, id := range ids {
		l.needs(id, "REQUIRED_FIELD_MISSING")
	}
	problem := l.item(ids[0]).Problem
	if problem.Who != "admin" || !strings.Contains(problem.Detail, "Region__c") {
		t.Errorf("%+v", problem)
	}
	for _, want := range []string{"Hello,", "REQUIRED_FIELD_MISSING", l.org.Rep().Username, ids[0]} {
		if !strings.Contains(problem.ForAdmin, want) {
			t.Errorf("the text for the administrator lacks %q:\n%s", want, problem.ForAdmin)
		}
	}
	causes := l.status().Causes
	if len(causes) != 1 || causes[0].Code != "REQUIRED_FIELD_MISSING" || causes[0].Count != 3 {
		t.Errorf("%+v", causes)
	}
	out, _, _ := l.told("status")
	if !strings.Contains(out, "3 × Your company requires a field") || !strings.Contains(out, "outbox retry --code REQUIRED_FIELD_MISSING") {
		t.Errorf("status says\n%s", out)
	}
	l.org.Set(func(r *sandbox.Rules) { r.Required = nil })
	l.run("outbox", "retry", "--code", "REQUIRED_FIELD_MISSING")
	for _, id := range ids {
		l.delivered(id)
	}
}

func TestAFullRefreshCostsFewCallsAndReadsTheRepsRightsTogether(t *testing.T) {
	l := atWork(t)
	l.calm()
	l.org.ResetCalls()
	l.run("org", "refresh")
	purposes := map[sandbox.Purpose]int{}
	for _, c := range l.org.Calls() {
		purposes[c.Purpose]++
	}
	if n := len(l.org.Calls()); n > 12 {
		t.Errorf("a full refresh costs %d calls: %v", n, purposes)
	}
	if !slices.ContainsFunc(l.org.Calls(), func(c sandbox.Call) bool { return c.Purpose == sandbox.Composite }) {
		t.Errorf("rights are not read together: %v", purposes)
	}
}
