package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/sfclient/sandbox"
)

// captured captures a share and gives its id.
func (l *laptop) captured(args ...string) string {
	l.t.Helper()
	var receipt struct{ ID string }
	out := l.run(append([]string{"capture", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &receipt); err != nil || receipt.ID == "" {
		l.t.Fatalf("%v: %s", err, out)
	}
	return receipt.ID
}

func (l *laptop) item(id string) apitype.Item {
	l.t.Helper()
	var item apitype.Item
	if err := json.Unmarshal([]byte(l.run("outbox", "show", id, "--json")), &item); err != nil {
		l.t.Fatal(err)
	}
	return item
}

// needs waits until an item needs attention for a reason.
func (l *laptop) needs(id, code string) {
	l.t.Helper()
	l.eventually(code+" of "+id, func() bool {
		item := l.item(id)
		return item.State == "needs_attention" && item.Problem.Code == code
	})
}

func (l *laptop) delivered(id string) {
	l.t.Helper()
	l.eventually("delivery of "+id, func() bool { return l.item(id).State == "delivered" })
}

func (l *laptop) warned(code string) bool {
	for _, w := range l.status().Warnings {
		if w.Code == code {
			return true
		}
	}
	return false
}

func TestARepOutsideTheGroupsCapturesNothingAndWhatWaitsIsKept(t *testing.T) {
	l := atWork(t)
	group := l.org.AddGroup("Field_Reps", "Field Reps")
	l.run("config", "set", "access.groups", `["field reps"]`)
	l.wantTold(exitFailed, []string{"Your company lets only members of field reps use fieldpost"},
		"capture", "share", "--channel", "link", "--subject", "Refused", "--to", "ana@kunde.test")
	if code, text := l.post(`{"kind":"share","channel":"link","subject":"Refused","people":[{"email":"ana@kunde.test"}]}`); code != 403 || !strings.Contains(text, `"access_denied"`) {
		t.Errorf("the port answers %d %s", code, text)
	}

	l.org.JoinGroup(l.org.Rep().ID, group)
	l.run("org", "refresh")
	id := l.captured("share", "--channel", "link", "--subject", "Kept", "--to", "ana@kunde.test", "--url", "https://acme.showpad.biz/share/1")
	l.delivered(id)

	held := l.captured("share", "--channel", "link", "--subject", "Waits", "--to", "nobody@kunde.test")
	l.needs(held, "unresolved_person")
	l.org.LeaveGroup(l.org.Rep().ID, group)
	l.org.AddContact(sandbox.Person{LastName: "Nobody", Email: "nobody@kunde.test"})
	l.run("org", "refresh")
	l.eventually("blocked account", func() bool { return l.status().Account.State == "blocked" && l.warned("access_denied") })
	if item := l.item(held); item.State != "waiting" {
		t.Errorf("the item is %s", item.State)
	}
	l.wantOnce("Task", "Kept")
	if n := len(l.org.Records("Task")); n != 1 {
		t.Errorf("%d tasks are there", n)
	}
	l.org.JoinGroup(l.org.Rep().ID, group)
	l.run("org", "refresh")
	l.delivered(held)
}

func TestAMembershipThatCannotBeReadKeepsWhatIsCaptured(t *testing.T) {
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{LastName: "Müller", Email: "ana@kunde.test"})
	l.org.Set(func(r *sandbox.Rules) { r.HiddenObjects = append(r.HiddenObjects, "GroupMember") })
	l.env = []string{`FIELDPOST_ACCESS_GROUPS=["Field_Reps"]`}
	l.start()
	l.signIn()
	id := l.captured("share", "--channel", "link", "--subject", "Kept", "--to", "ana@kunde.test")
	l.eventually("warning", func() bool { return l.warned("access_unknown") })
	if item := l.item(id); item.State != "waiting" || len(l.org.Records("Task")) != 0 {
		t.Errorf("the item is %s", item.State)
	}
	set := l.org.AddPermissionSet("Field_Reps", "Field reps")
	l.org.AssignPermissionSet(l.org.Rep().ID, set)
	l.run("org", "refresh")
	l.delivered(id)
}

func TestACustomPermissionOfTheAppLetsARepInAndAnOutageDoesNotShutThemOut(t *testing.T) {
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{LastName: "Müller", Email: "ana@kunde.test"})
	l.env = []string{`FIELDPOST_ACCESS_GROUPS=["fieldpost_use"]`}
	l.start()
	l.signIn()
	l.eventually("no access", func() bool { return l.warned("access_denied") })
	allow := func(permissions ...string) {
		l.org.Set(func(r *sandbox.Rules) { r.Permissions = permissions })
		l.run("org", "refresh")
	}
	allow("fieldpost_use")
	l.delivered(l.captured("share", "--channel", "link", "--subject", "Let in", "--to", "ana@kunde.test"))
	remove := l.org.Inject(sandbox.Maintenance().On(sandbox.Identity))
	l.run("org", "refresh")
	l.delivered(l.captured("share", "--channel", "link", "--subject", "In an outage", "--to", "ana@kunde.test"))
	remove()
	allow()
	l.eventually("no access any more", func() bool { return l.warned("access_denied") })
}

func TestAPreviewWithoutANetworkIsTheRecordThatIsDelivered(t *testing.T) {
	l := newLaptop(t)
	l.org.Set(func(r *sandbox.Rules) { r.SharedActivities = true })
	account := l.org.AddAccount("Kunde AG")
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test", Account: account})
	l.org.AddContact(sandbox.Person{FirstName: "Ben", LastName: "Rey", Email: "ben@kunde.test", Account: account})
	l.start()
	l.signIn()
	l.eventually("copy of the directory", func() bool { return l.status().Directory.People > 0 })
	l.goAway()
	ids := []string{
		l.captured("share", "--channel", "email", "--subject", "Offer", "--body", "Hello", "--url", "https://acme.showpad.biz/share/1",
			"--to", "ana@kunde.test", "--to", "ben@kunde.test", "--related", account),
		l.captured("meeting", "--subject", "Visit", "--start", "2026-11-22T14:00:00+01:00", "--end", "2026-11-22T15:00:00+01:00", "--to", "ana@kunde.test"),
	}
	previews := make([]apitype.Preview, len(ids))
	for i, id := range ids {
		if err := json.Unmarshal([]byte(l.run("outbox", "show", id, "--preview", "--json")), &previews[i]); err != nil {
			t.Fatal(err)
		}
		if previews[i].Problem != nil || previews[i].FactsReadAt == nil || len(previews[i].Rules) < len(previews[i].Fields) {
			t.Errorf("the preview is %+v", previews[i])
		}
	}
	l.comeBack()
	for i, id := range ids {
		l.delivered(id)
		record := l.org.Record(l.item(id).Record.ID)
		for field, want := range previews[i].Fields {
			got := record[field]
			if list, ok := want.([]any); ok {
				want, got = len(list), reflect.ValueOf(got).Len()
			}
			if text, ok := want.(string); ok && strings.HasSuffix(text, "Z") {
				want = strings.TrimSuffix(text, "Z") + ".000+0000"
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s of the %s is %v, the preview said %v", field, previews[i].Object, got, want)
			}
		}
	}
	// The same with the daemon stopped, and as text.
	l.kill()
	out := l.run("outbox", "show", ids[0], "--preview", "--lang", "fr")
	for _, text := range []string{"Task", "TaskWhoIds", "Les 2 contacts", "D’après les règles de l’organisation lues le"} {
		if !strings.Contains(out, text) {
			t.Errorf("the preview does not say %q but\n%s", text, out)
		}
	}
}

func TestTheFilterOfContactsBindsWhomAShareIsRelatedTo(t *testing.T) {
	l := newLaptop(t)
	other := l.org.AddUser("other@acme.test", "O", "Ther")
	l.org.AddContact(sandbox.Person{LastName: "Mine", Email: "mine@kunde.test"})
	hidden := l.org.AddContact(sandbox.Person{LastName: "Others", Email: "others@kunde.test", Owner: other})
	l.start()
	l.signIn()
	l.eventually("everybody", func() bool { return l.status().Directory.People > 0 })
	everybody := l.status().Directory.People
	l.run("config", "set", "contacts.scope", "own")
	l.eventually("mine alone", func() bool { return l.status().Directory.People == everybody-1 })
	mine := l.captured("share", "--channel", "link", "--subject", "Mine", "--to", "mine@kunde.test")
	others := l.captured("share", "--channel", "link", "--subject", "Others", "--to", "others@kunde.test")
	nobody := l.captured("share", "--channel", "link", "--subject", "Nobody", "--to", "nobody@kunde.test")
	byID := l.captured("share", "--channel", "link", "--subject", "By id", "--to", hidden)
	l.delivered(mine)
	l.needs(others, "person_filtered")
	l.needs(nobody, "unresolved_person")
	l.needs(byID, "person_filtered")
	if item := l.item(others); item.Problem.Who != "admin" {
		t.Errorf("%+v", item.Problem)
	}

	l.wantTold(exitFailed, []string{"Salesforce said", "Nope"}, "config", "set", "contacts.where", "Nope = 'x'")
	if got := l.run("config", "get", "contacts.where"); strings.TrimSpace(got) != "" {
		t.Errorf("contacts.where is %q", got)
	}
	l.run("config", "set", "contacts.scope", "all")
	l.delivered(others)
	l.delivered(byID)
}

func TestAConditionThatSalesforceCannotFollowStopsDeliveryAndNamesTheSetting(t *testing.T) {
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{LastName: "Müller", Email: "ana@kunde.test"})
	l.env = []string{"FIELDPOST_CONTACTS_WHERE=Nope = 'x'"}
	l.start()
	l.signIn()
	id := l.captured("share", "--channel", "link", "--subject", "Kept", "--to", "ana@kunde.test")
	l.eventually("warning", func() bool { return l.warned("condition_refused") })
	if item := l.item(id); item.State != "waiting" {
		t.Errorf("the item is %s", item.State)
	}
	// It is known now: nothing asks again by itself.
	l.calm()
	l.org.ResetCalls()
	l.run("config", "set", "notify.enabled", "false")
	l.calm()
	if n := len(l.org.Calls()); n > 0 {
		t.Errorf("%d calls for what is known to be refused", n)
	}
}

func TestRelatedToOffersWhatTheOrgHasAndMeetingsTakeNoCustomObject(t *testing.T) {
	l := newLaptop(t)
	l.org.Set(func(r *sandbox.Rules) {
		r.CustomObjects = []sandbox.CustomObject{
			{Name: "Visit__c", Label: "Visit", AllowActivities: true, AllowSearch: true},
			{Name: "Quiet__c", Label: "Quiet", AllowActivities: true},
			{Name: "Plain__c", Label: "Plain", AllowSearch: true},
		}
	})
	l.org.AddContact(sandbox.Person{LastName: "Müller", Email: "ana@kunde.test"})
	visit, err := l.org.Insert("Visit__c", map[string]any{"Name": "Lyon"})
	if err != nil {
		t.Fatal(err)
	}
	l.start()
	l.signIn()
	l.eventually("copy of the directory", func() bool { return l.status().Directory.People > 0 })
	for _, object := range []string{"Quiet__c", "Plain__c", "Absent__c"} {
		l.wantTold(exitFailed, []string{object + " cannot be offered as Related To", "Account, Campaign, Case, Opportunity, Visit__c"},
			"config", "set", "related_to.objects", "Account,"+object)
	}
	l.wantTold(exitUsage, []string{"is not among the records that your company relates shares to"},
		"capture", "share", "--channel", "link", "--subject", "Early", "--to", "ana@kunde.test", "--related", visit)
	l.run("config", "set", "related_to.objects", "Account,Opportunity,Visit__c")
	id := l.captured("share", "--channel", "link", "--subject", "On a visit", "--to", "ana@kunde.test", "--related", visit)
	l.delivered(id)
	if got := l.org.Record(l.item(id).Record.ID)["WhatId"]; got != visit {
		t.Errorf("WhatId is %v", got)
	}
	l.wantTold(exitUsage, []string{"A meeting cannot be related to Visit"},
		"capture", "meeting", "--subject", "Visit", "--start", "2026-11-22T14:00:00Z", "--end", "2026-11-22T15:00:00Z", "--related", visit)
}

func TestABrokenPolicyKeepsCapturesAndStopsDeliveryUntilItIsMended(t *testing.T) {
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{LastName: "Müller", Email: "ana@kunde.test"})
	policy := filepath.Join(t.TempDir(), "policy.toml")
	write := func(text string) {
		if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("locked = [\"contacts.scope\"]\n[contacts]\nscop = \"own\"\n")
	l.env = []string{"FIELDPOST_POLICY=" + policy}
	l.start()
	l.signIn()
	id := l.captured("share", "--channel", "link", "--subject", "Kept", "--to", "ana@kunde.test")
	l.eventually("blocked account", func() bool { return l.status().Account.State == "blocked" })
	status := l.status()
	if p := status.Connection.Problem; p == nil || p.Code != "policy_broken" || p.Who != "admin" ||
		!strings.Contains(p.Detail, policy) || !strings.Contains(p.Detail, "line 3") || !strings.Contains(p.Detail, "scop") {
		t.Errorf("the problem is %+v", p)
	}
	if len(status.Warnings) != 1 {
		t.Errorf("the warnings are %+v", status.Warnings)
	}
	if item := l.item(id); item.State != "waiting" || len(l.org.Records("Task")) != 0 {
		t.Errorf("the item is %s", item.State)
	}
	l.wantTold(exitDone, []string{"nothing is sent until they can", "line 3"}, "config", "explain", "contacts.scope")
	write("locked = [\"contacts.scope\"]\n[contacts]\nscope = \"all\"\n")
	l.delivered(id)
	l.wantTold(exitUsage, []string{"contacts.scope"}, "config", "set", "contacts.scope", "own")

	// From now on there is a last good one: it stays in force.
	write("locked = [")
	l.eventually("finding", func() bool {
		out, _, _ := l.told("doctor")
		return strings.Contains(out, "the last good ones stay in force")
	})
	second := l.captured("share", "--channel", "link", "--subject", "Sent", "--to", "ana@kunde.test")
	l.delivered(second)
	l.wantTold(exitUsage, []string{"contacts.scope"}, "config", "set", "contacts.scope", "own")
}

func TestTheBundleHoldsWhatTheOrgHasAndWhatItLacks(t *testing.T) {
	l := newLaptop(t)
	l.org.Set(func(r *sandbox.Rules) { r.TaskTypes = sandbox.Choices("Call", "Démo <1>") })
	out := filepath.Join(t.TempDir(), "org")
	blind := l.run("org", "bundle", "--out", out+"-blind")
	if _, err := os.Stat(filepath.Join(out+"-blind", "force-app/main/default/standardValueSets")); err == nil || !strings.Contains(blind, "README.md") {
		t.Errorf("without facts Task Types are written, or nothing is told: %s", blind)
	}
	l.start()
	l.signIn()
	l.eventually("facts", func() bool { return strings.Contains(l.run("org", "show"), "Démo <1>") })
	var made struct {
		Files      []string
		FactsKnown bool `json:"facts_known"`
	}
	if err := json.Unmarshal([]byte(l.run("org", "bundle", "--out", out, "--with-cors", "--json")), &made); err != nil || !made.FactsKnown {
		t.Fatalf("%v %+v", err, made)
	}
	types, err := os.ReadFile(filepath.Join(out, "force-app/main/default/standardValueSets/TaskType.standardValueSet-meta.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Call", "Démo &lt;1&gt;", "Showpad Email", "Showpad Share", "Shared Space"} {
		if !strings.Contains(string(types), want) {
			t.Errorf("the Task Types lack %q", want)
		}
	}
	if _, err := os.Stat(filepath.Join(out, "force-app/main/default/corsWhitelistOrigins")); err != nil {
		t.Error(err)
	}
	l.wantTold(exitFailed, []string{"is there already"}, "org", "bundle", "--out", out)
	l.wantTold(exitUsage, []string{"--out is missing"}, "org", "bundle")
}

// calm waits until the program makes no calls any more.
func (l *laptop) calm() {
	l.t.Helper()
	before := -1
	l.eventually("calm", func() bool {
		was := before
		before = len(l.org.Calls())
		time.Sleep(200 * time.Millisecond)
		return was == before
	})
}

func TestWhoeverSignsOutDuringARefreshLeavesNobodyBehind(t *testing.T) {
	l := atWork(t)
	l.calm()
	l.org.Inject(sandbox.Stall(time.Second).On(sandbox.Query))
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.told("org", "refresh")
	}()
	l.eventually("refresh under way", func() bool { return len(l.org.CallsFor(sandbox.Composite)) > 1 })
	l.run("auth", "logout")
	<-done
	if people := l.status().Directory.People; people != 0 {
		t.Errorf("nobody is signed in, and %d people of the rep are kept", people)
	}
	if out := l.run("org", "show"); !strings.Contains(out, "Nothing is known of your org") {
		t.Errorf("nobody is signed in, and the org is known\n%s", out)
	}
}

func TestAKeyFieldSwitchedOffWithoutANetworkIsNotSent(t *testing.T) {
	l := atWork(t)
	l.goAway()
	l.run("config", "set", "salesforce.key_field", "")
	id := l.captured("share", "--channel", "link", "--subject", "Unkeyed", "--to", "ana@kunde.test")
	l.comeBack()
	l.delivered(id)
	record := l.org.Record(l.item(id).Record.ID)
	if record[sandbox.DefaultKeyField] != nil || record["CallObject"] != "fieldpost:"+id {
		t.Errorf("the key is %v, the marker %v", record[sandbox.DefaultKeyField], record["CallObject"])
	}
}

func TestSettingsWrittenByHandCountWhileCapturesComeIn(t *testing.T) {
	l := newLaptop(t)
	l.start()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				l.post(`{"kind":"share","channel":"link","subject":"x","people":[{"email":"a@kunde.test"}]}`)
			}
		}
	}()
	file := filepath.Join(l.home, "config.toml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	scope := func() string {
		_, text := l.ask("GET", "/v1/settings", "")
		_, rest, _ := strings.Cut(text, `"contacts.scope"`)
		_, rest, _ = strings.Cut(rest, `"value":"`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	write("[contacts]\nscope = \"own\"\n")
	l.eventually("own", func() bool { return scope() == "own" })
	write("[contacts\n") // no TOML: what it said before stays in force
	l.eventually("finding of the broken file", func() bool {
		_, text := l.ask("GET", "/v1/doctor", "")
		return strings.Contains(text, `"code":"settings","result":"warning"`) && strings.Contains(text, file)
	})
	if got := scope(); got != "own" {
		t.Errorf("a broken file made it %q", got)
	}
	write("[contacts]\nscope = \"all\"\n")
	l.eventually("all", func() bool { return scope() == "all" })
	close(stop)
	<-done
}
