package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
	"fieldpost/sfclient/sandbox"
)

// unresolved lists who waits to be resolved.
func (l *laptop) unresolved() []apitype.Unresolved {
	l.t.Helper()
	var list apitype.UnresolvedList
	if err := json.Unmarshal([]byte(l.run("people", "unresolved", "--json")), &list); err != nil {
		l.t.Fatal(err)
	}
	return list.Items
}

// resolve asks the port to take an answer.
func (l *laptop) resolve(id, body string) (int, string) {
	l.t.Helper()
	return l.ask("POST", "/v1/activities/"+id+"/resolve", body)
}

func TestAnAddressWithSeveralMatchesIsAskedOnceAndRemembered(t *testing.T) {
	l := atWork(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ben", LastName: "One", Email: "ben@kunde.test"})
	two := l.org.AddContact(sandbox.Person{FirstName: "Ben", LastName: "Two", Email: "BEN@kunde.test"})
	l.run("org", "refresh")
	first := l.captured("share", "--channel", "link", "--subject", "A", "--to", "ben@kunde.test")
	second := l.captured("share", "--channel", "link", "--subject", "B", "--to", "Ben@Kunde.test")
	l.needs(first, "ambiguous_person")
	l.needs(second, "ambiguous_person")
	waiting := l.unresolved()
	if len(waiting) != 1 || len(waiting[0].Activities) != 2 || len(waiting[0].Choices) != 2 {
		t.Fatalf("%+v", waiting)
	}
	if out := l.run("people", "unresolved"); !strings.Contains(out, "2 waiting") || !strings.Contains(out, two) {
		t.Errorf("%s", out)
	}
	l.wantTold(exitUsage, []string{"exactly one"}, "people", "resolve", "ben@kunde.test")
	l.run("people", "resolve", "ben@kunde.test", "--id", two[:15])
	l.delivered(first)
	l.delivered(second)
	third := l.captured("share", "--channel", "link", "--subject", "C", "--to", "ben@kunde.test")
	l.delivered(third)
	for _, task := range l.org.Records("Task") {
		if slices.Contains([]any{"A", "B", "C"}, task["Subject"]) && task["WhoId"] != two {
			t.Errorf("%v is related to %v", task["Subject"], task["WhoId"])
		}
	}

	// The answer outlives a restart, and is forgotten when the rep says so.
	l.kill()
	if out := l.run("people", "answers"); !strings.Contains(out, two) || !strings.Contains(out, "Ben Two") {
		t.Errorf("%s", out)
	}
	l.start()
	l.run("people", "ask", "ben@kunde.test")
	fourth := l.captured("share", "--channel", "link", "--subject", "D", "--to", "ben@kunde.test")
	l.needs(fourth, "ambiguous_person")
	l.wantTold(exitFailed, []string{"You answered nothing"}, "people", "ask", "ben@kunde.test")
}

func TestAnUnknownPersonIsIgnoredOrPickedOrCreated(t *testing.T) {
	l := atWork(t)
	account := l.org.AddAccount("Kunde")
	dana := l.org.AddContact(sandbox.Person{FirstName: "Dana", LastName: "Alike", Email: "dana.private@kunde.test"})
	l.run("org", "refresh")
	capture := func(body string) string {
		t.Helper()
		code, text := l.post(body)
		var receipt apitype.Receipt
		if err := json.Unmarshal([]byte(text), &receipt); err != nil || code != 201 {
			t.Fatalf("%d %s", code, text)
		}
		return receipt.ID
	}
	share := func(subject, address, name, more string) string {
		t.Helper()
		return capture(fmt.Sprintf(`{"kind":"share","channel":"link","subject":%q,"people":[{"email":%q,"name":%q}]%s}`, subject, address, name, more))
	}
	picked := share("Picked", "dana@neu.test", "Dana Alike", "")
	created := share("Created", "eva@neu.test", "Eva Neu", "")
	lead := share("Lead", "finn@neu.test", "Finn Neu", "")
	onRecord := share("On record", "robot@neu.test", "", `,"related_to":{"id":"`+account+`"}`)
	domain := share("Domain", "any@robots.test", "", `,"related_to":{"id":"`+account+`"}`)
	all := []string{picked, created, lead, onRecord, domain}
	for _, id := range all {
		l.needs(id, "unresolved_person")
	}
	for _, u := range l.unresolved() {
		alike := len(u.Choices) == 1 && u.Choices[0].ID == dana
		if alike != (u.Address == "dana@neu.test") || !slices.Equal(u.MayCreate, []string{"Contact", "Lead"}) {
			t.Errorf("%+v", u)
		}
	}

	for _, c := range []struct {
		id, body string
		status   int
		want     string
	}{
		{picked, `{"address":"nobody@neu.test","id":"` + dana + `"}`, 400, `"field":"address"`},
		{picked, `{"address":"dana@neu.test"}`, 400, `"code":"resolve_how"`},
		{picked, `{"address":"dana@neu.test","id":"` + dana + `","ignore":"person"}`, 400, `"code":"resolve_how"`},
		{picked, `{"address":"dana@neu.test","id":"` + account + `"}`, 400, `"field":"id"`},
		{picked, `{"address":"dana@neu.test","id":"003000000000999"}`, 400, `"code":"resolve_unknown"`},
		{picked, `{"address":"dana@neu.test","ignore":"company"}`, 400, `"field":"ignore"`},
		{picked, `{"address":"dana@neu.test","nope":1}`, 400, `"field":"nope"`},
		{lead, `{"address":"finn@neu.test","create":{"object":"Lead","last_name":"Neu"}}`, 400, `"field":"create.company"`},
		{lead, `{"address":"finn@neu.test","create":{"object":"Account","last_name":"Neu"}}`, 400, `"field":"create.object"`},
		{lead, `{"address":"finn@neu.test","create":{"object":"Contact","last_name":" "}}`, 400, `"field":"create.last_name"`},
		{"00000000-0000-7000-8000-000000000000", `{"address":"a@b.test","ignore":"person"}`, 404, ``},
	} {
		if status, text := l.resolve(c.id, c.body); status != c.status || !strings.Contains(text, c.want) {
			t.Errorf("%s: %d %s", c.body, status, text)
		}
	}

	for id, body := range map[string]string{
		picked:   `{"address":"dana@neu.test","id":"` + dana + `"}`,
		created:  `{"address":"eva@neu.test","create":{"object":"Contact","first_name":"Eva","last_name":"Neu","account_id":"` + account + `"}}`,
		lead:     `{"address":"finn@neu.test","create":{"object":"Lead","first_name":"Finn","last_name":"Neu","company":"Neu AG"}}`,
		onRecord: `{"address":"robot@neu.test","ignore":"person"}`,
		domain:   `{"address":"any@robots.test","ignore":"domain"}`,
	} {
		if status, text := l.resolve(id, body); status != 200 {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
	for _, id := range all {
		l.delivered(id)
	}
	for _, task := range l.org.Records("Task") {
		who, _ := task["WhoId"].(string)
		switch task["Subject"] {
		case "Picked":
			if who != dana {
				t.Errorf("picked: %v", task)
			}
		case "Created":
			if r := l.org.Record(who); r["Email"] != "eva@neu.test" || r["AccountId"] != account {
				t.Errorf("created: %v", r)
			}
		case "Lead":
			if r := l.org.Record(who); r["Company"] != "Neu AG" || r["LastName"] != "Neu" {
				t.Errorf("lead: %v", r)
			}
		case "On record", "Domain":
			if who != "" || task["WhatId"] != account || !strings.Contains(task["Description"].(string), "Also: ") {
				t.Errorf("ignored: %v", task)
			}
		}
	}
	// All of the domain is ignored from now on.
	l.delivered(share("Again", "other@robots.test", "", `,"related_to":{"id":"`+account+`"}`))
}

func TestAPersonWhoseCreationGotNoAnswerIsNotCreatedTwice(t *testing.T) {
	l := atWork(t)
	id := l.captured("share", "--channel", "link", "--subject", "S", "--to", "gil@neu.test")
	l.needs(id, "unresolved_person")
	create := `{"address":"gil@neu.test","create":{"object":"Contact","last_name":"Neu"}}`
	remove := l.org.Inject(sandbox.Drop().On(sandbox.CreateMany).Times(1).AfterCommit())
	defer remove()
	if status, text := l.resolve(id, create); status != 503 || !strings.Contains(text, "create_doubtful") {
		t.Errorf("%d %s", status, text)
	}
	l.resolve(id, create)
	l.delivered(id)
	n := 0
	for _, c := range l.org.Records("Contact") {
		if c["Email"] == "gil@neu.test" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d contacts were created", n)
	}
}

func TestWhatTheDirectoryLearnsIsDeliveredByItself(t *testing.T) {
	l := atWork(t)
	id := l.captured("share", "--channel", "link", "--subject", "S", "--to", "late@kunde.test")
	l.needs(id, "unresolved_person")
	l.org.AddContact(sandbox.Person{LastName: "Late", Email: "late@kunde.test"})
	l.run("org", "refresh")
	l.delivered(id)
}

func TestColleaguesNeverBecomePeople(t *testing.T) {
	l := atWork(t)
	l.org.AddUser("col@acme.test", "Col", "League")
	l.org.AddContact(sandbox.Person{LastName: "League", Email: "col@acme.test"})
	l.run("org", "refresh")
	alone := l.captured("share", "--channel", "link", "--subject", "Alone", "--to", "col@acme.test")
	l.needs(alone, "no_recipient")
	both := l.captured("share", "--channel", "link", "--subject", "Both", "--to", "col@acme.test", "--to", "ana@kunde.test")
	l.delivered(both)
	for _, task := range l.org.Records("Task") {
		if task["Subject"] == "Both" && (!strings.Contains(task["Description"].(string), "Also: col@acme.test") || l.org.Record(task["WhoId"].(string))["Email"] != "ana@kunde.test") {
			t.Errorf("%v", task)
		}
	}
}

func TestARecordIsSuggestedWithItsReasonAndNeverChosen(t *testing.T) {
	l := atWork(t)
	account := l.org.AddAccount("Fisk A/S")
	ida := l.org.AddContact(sandbox.Person{FirstName: "Ida", LastName: "Fisk", Email: "ida@fisk.test", Account: account})
	role := l.org.AddOpportunity("Freezer", account)
	other := l.org.AddOpportunity("Boat", account)
	won := l.org.AddOpportunity("Won", account)
	if err := l.org.Update(won, map[string]any{"StageName": "Closed Won"}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.org.Insert("OpportunityContactRole", map[string]any{"OpportunityId": role, "ContactId": ida, "Role": "Decision Maker"}); err != nil {
		t.Fatal(err)
	}
	l.run("org", "refresh")
	suggested := func() (told []string) {
		t.Helper()
		code, text := l.ask("GET", "/v1/records/suggested?person=ida@fisk.test", "")
		var list apitype.Suggestions
		if err := json.Unmarshal([]byte(text), &list); err != nil || code != 200 {
			t.Fatalf("%d %s", code, text)
		}
		for _, s := range list.Items {
			told = append(told, s.Name+": "+s.Reason)
		}
		return told
	}
	want := []string{"Freezer: Ida Fisk’s role there: Decision Maker", "Boat: Open opportunity of Fisk A/S", "Fisk A/S: Ida Fisk’s account"}
	if got := suggested(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	l.captured("share", "--channel", "link", "--subject", "S", "--to", "ida@fisk.test", "--related", other)
	want = []string{"Boat: Your last choice for Ida Fisk", want[0], want[2]}
	if got := suggested(); !slices.Equal(got, want) {
		t.Errorf("after a choice: %q", got)
	}
	if out := l.run("records", "suggest", "ida@fisk.test"); !strings.HasPrefix(out, other) {
		t.Errorf("%s", out)
	}
	id := l.captured("share", "--channel", "link", "--subject", "Unrelated", "--to", "ida@fisk.test")
	l.delivered(id)
	for _, task := range l.org.Records("Task") {
		if task["Subject"] == "Unrelated" && task["WhatId"] != nil {
			t.Errorf("it was related to %v", task["WhatId"])
		}
	}

	// The card tells what was logged to her, and what waits.
	l.goAway()
	l.captured("share", "--channel", "link", "--subject", "Waits", "--to", ida)
	code, text := l.ask("GET", "/v1/people/"+ida, "")
	var card apitype.Card
	if err := json.Unmarshal([]byte(text), &card); err != nil || code != 200 {
		t.Fatalf("%d %s", code, text)
	}
	if card.Person.Name != "Ida Fisk" || card.Delivered != 2 || card.Waiting != 1 || len(card.Items) != 3 || card.Items[0].Subject != "Waits" || len(card.Suggestions) != 3 {
		t.Errorf("%+v", card)
	}
	if out := l.run("people", "show", "ida@fisk.test"); !strings.Contains(out, "2 in Salesforce, 1 not yet") {
		t.Errorf("%s", out)
	}
	if code, _ := l.ask("GET", "/v1/people/003000000000999AAA", ""); code != 404 {
		t.Errorf("an unknown person answers %d", code)
	}
	if code, text := l.ask("GET", "/ui/people?id="+ida, ""); code != 200 || !strings.Contains(text, "Ida Fisk") || !strings.Contains(text, "Waits") {
		t.Errorf("%d %s", code, text)
	}
}

func TestThePageAsksWhoSomebodyIs(t *testing.T) {
	l := atWork(t)
	code, text := l.post(`{"kind":"share","channel":"link","subject":"S","people":[{"email":"x@neu.test","name":"<b>Xi</b> Neu"}]}`)
	if code != 201 {
		t.Fatalf("%d %s", code, text)
	}
	l.eventually("the question", func() bool { return l.status().Outbox.NeedsAttention == 1 })
	_, fragment := l.ask("GET", "/ui/people?q=mull", "")
	for _, want := range []string{"Ana Müller", "&lt;b&gt;Xi&lt;/b&gt; Neu &lt;x@neu.test&gt;", "Ignore this address", "Create as a contact", "/resolve"} {
		if !strings.Contains(fragment, want) {
			t.Errorf("%q is missing in %s", want, fragment)
		}
	}
}

// TestNobodyOfTheDirectoryLiesReadableOnDisk looks through every file of the home.
func TestNobodyOfTheDirectoryLiesReadableOnDisk(t *testing.T) {
	l := newLaptop(t)
	account := l.org.AddAccount("Sonnenblumenhof")
	l.org.AddContact(sandbox.Person{FirstName: "Philippa", LastName: "Quittenbaum", Email: "pq@sonnenblumen.test", Account: account})
	l.org.AddOpportunity("Melkroboter", account)
	l.start()
	l.signIn()
	l.eventually("copy", func() bool { return l.status().Directory.RefreshedAt != nil })
	if out := l.run("people", "search", "quitten"); !strings.Contains(out, "Philippa") {
		t.Fatalf("%s", out)
	}
	l.kill()
	for _, name := range []string{"Quittenbaum", "quittenbaum", "Philippa", "philippa", "sonnenblumen", "Sonnenblumen", "Melkroboter", "melkroboter"} {
		if files := l.filesWith(name); len(files) > 0 {
			t.Errorf("%s lies in %v", name, files)
		}
	}
}

func TestALockedKeychainLocksThePeopleToo(t *testing.T) {
	l := atWork(t)
	l.kill()
	l.env = append(l.env, "FIELDPOST_KEYCHAIN_PASSPHRASE=wrong")
	l.start()
	if code, text := l.ask("GET", "/v1/people?q=mull", ""); code != 409 || !strings.Contains(text, "directory_locked") {
		t.Errorf("%d %s", code, text)
	}
	id := l.captured("share", "--channel", "link", "--subject", "S", "--to", "ana@kunde.test")
	if state := l.item(id).State; state != outbox.Waiting {
		t.Errorf("it is %s", state)
	}
	if _, text := l.ask("GET", "/ui/people", ""); !strings.Contains(text, "locked") {
		t.Errorf("%s", text)
	}
}

func TestColleaguesInAnInvitationNeverBecomePeople(t *testing.T) {
	l := atWork(t)
	_, domain, _ := strings.Cut(l.org.Rep().Email, "@")
	l.org.AddContact(sandbox.Person{LastName: "Twin", Email: "twin@" + domain}) // the org keeps contacts of its own staff
	l.run("org", "refresh")
	file := filepath.Join(t.TempDir(), "meeting.ics")
	calendar := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261120T080000Z\r\n" +
		"DTSTART:20261120T090000Z\r\nDTEND:20261120T100000Z\r\nSUMMARY:Visit\r\nATTENDEE;CN=Twin:mailto:twin@" + domain +
		"\r\nATTENDEE;CN=Ana:mailto:ana@kunde.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	if err := os.WriteFile(file, []byte(calendar), 0o600); err != nil {
		t.Fatal(err)
	}
	l.run("capture", "file", file)
	l.eventually("the event", func() bool { return l.status().Outbox.Delivered == 1 })
	event := l.org.Records("Event")[0]
	if l.org.Record(event["WhoId"].(string))["Email"] != "ana@kunde.test" || !strings.Contains(event["Description"].(string), "Also: Twin <twin@") {
		t.Errorf("%v", event)
	}
}
