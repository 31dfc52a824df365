package main

import (
	"encoding/json"
	"strings"
	"testing"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/sfclient/sandbox"
)

func TestPeopleAndRecordsAreAtHandWithoutANetworkAndADaemon(t *testing.T) {
	l := newLaptop(t)
	other := l.org.AddUser("other@acme.test", "O", "Ther")
	account := l.org.AddAccount("Ægir Fisk")
	l.org.AddContact(sandbox.Person{FirstName: "Søren", LastName: "Ødegård", Email: "soren@fisk.test", Owner: other, Account: account})
	mine := l.org.AddContact(sandbox.Person{FirstName: "Sören", LastName: "Ödman", Email: "odman@kunde.test"})
	deal := l.org.AddOpportunity("Net 2027", account)
	l.start()
	l.signIn()
	l.run("org", "refresh")
	l.goAway()
	search := func(args ...string) string {
		t.Helper()
		return l.run(append([]string{"people", "search"}, args...)...)
	}
	firstIs := func(out, want string) {
		t.Helper()
		if first, _, _ := strings.Cut(out, "\n"); !strings.Contains(first, want) {
			t.Errorf("first is %q, want %q in\n%s", first, want, out)
		}
	}
	firstIs(search("od", "sor"), "Ödman") // the rep's own
	firstIs(search("AEGIR soren"), "Ødegård")
	firstIs(l.run("records", "search", "net", "aegir"), deal)
	if out := search("nobody", "like", "this"); !strings.HasPrefix(out, "Nobody like this") {
		t.Errorf("%q", out)
	}

	// Whoever was used last comes first.
	l.captured("share", "--channel", "link", "--subject", "x", "--to", "soren@fisk.test")
	firstIs(search("od", "sor"), "Ødegård")
	code, text := l.ask("GET", "/v1/people?q=odman", "")
	var found apitype.People
	if err := json.Unmarshal([]byte(text), &found); err != nil || code != 200 || len(found.Items) != 1 || found.Items[0].ID != mine || !found.Items[0].Own || found.RefreshedAt == nil {
		t.Errorf("%d %s", code, text)
	}
	if code, text := l.ask("GET", "/v1/records?q=net&object=Account", ""); code != 200 || !strings.Contains(text, `"items":[]`) {
		t.Errorf("%d %s", code, text)
	}

	// The company narrows whom a rep may see: the old copy serves nobody.
	l.run("config", "set", "contacts.scope", "own")
	if out := search("odegard"); !strings.HasPrefix(out, "Nobody like this") {
		t.Errorf("%q", out)
	}
	l.run("config", "unset", "contacts.scope")
	l.kill()
	firstIs(search("odegard"), "Ødegård")
	l.wantTold(exitUsage, []string{"fieldpost people search"}, "people", "search")
	l.wantTold(exitUsage, []string{"1 or more"}, "people", "search", "x", "--limit", "0")
}
