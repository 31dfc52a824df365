package directory_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/directory"
	"fieldpost/sfclient/sandbox"
)

// crowd adds contacts until the org has more than a page of them.
func (d *desk) crowd(n int) (ids []string) {
	for i := range n {
		ids = append(ids, d.org.AddContact(sandbox.Person{FirstName: "C", LastName: fmt.Sprintf("Rowd%d", i), Email: fmt.Sprintf("c%d@kunde.test", i)}))
	}
	return ids
}

// known are the addresses' people without a network.
func (d *desk) known(addresses ...string) string {
	d.t.Helper()
	found, err := d.Known(directory.Filter{}, addresses, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	var told []string
	for _, address := range addresses {
		for _, p := range found[directory.Fold(address)].People {
			told = append(told, p.Name)
		}
	}
	return strings.Join(told, ", ")
}

func (d *desk) change(id string, fields map[string]any) {
	d.t.Helper()
	if err := d.org.Update(id, fields); err != nil {
		d.t.Fatal(err)
	}
}

func TestAFirstLoadTellsHowFarItIsAndGoesOnWhereItWasKilled(t *testing.T) {
	d := newDesk(t)
	d.crowd(4500)
	var told []directory.Loading
	stopped := errors.New("killed")
	ctx, kill := context.WithCancelCause(t.Context())
	plan := directory.Plan{OnPage: func() {
		if l := d.stats().Loading; l != nil {
			told = append(told, *l)
		}
		if len(told) == 2 {
			kill(stopped)
		}
	}}
	if err := d.Sync(ctx, d.client, plan, d.clock); err == nil {
		t.Fatal("it was not killed")
	}
	want := []directory.Loading{{Object: "Contact", Done: 2000, Total: 4502}, {Object: "Contact", Done: 4000, Total: 4502}}
	if !slices.Equal(told, want) {
		t.Errorf("it told %v", told)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d.open()
	if got := d.known("c1@kunde.test"); got != "C Rowd1" {
		t.Errorf("what was kept is lost: %q", got)
	}
	d.calls()
	if stats := d.sync(directory.Filter{}); stats.People != 4503 || stats.Loading != nil || stats.CallsToday == 0 {
		t.Errorf("%+v", stats)
	}
	read := 0
	for _, c := range d.org.CallsFor(sandbox.Query) {
		if strings.Contains(c.SOQL, "FROM Contact") {
			read += c.Rows
		}
	}
	if read != 502 {
		t.Errorf("%d contacts were read again", read-502)
	}
	if got := d.found(directory.Query{Text: "rowd4499"}); got != "C Rowd4499" {
		t.Errorf("search finds %q", got)
	}
}

func TestALargeCopyIsKeptUpByWhatChanged(t *testing.T) {
	d := newDesk(t)
	ids := d.crowd(2100)
	d.clock = d.clock.Add(time.Hour)
	d.org.AddContact(sandbox.Person{LastName: "Latest", Email: "latest@kunde.test"})
	d.sync(directory.Filter{})
	d.calls()
	d.clock = d.clock.Add(time.Hour)
	if err := d.org.Delete(ids[0]); err != nil {
		t.Fatal(err)
	}
	if err := d.org.MergeContacts(ids[1], ids[2]); err != nil {
		t.Fatal(err)
	}
	d.change(ids[3], map[string]any{"LastName": "Renamed"})
	d.change(ids[4], map[string]any{"Email": "other@kunde.test"})
	d.org.AddContact(sandbox.Person{LastName: "New", Email: "new@kunde.test"})
	d.clock = d.clock.Add(25 * time.Hour)
	stats := d.sync(directory.Filter{})
	read := 0
	for _, c := range d.org.CallsFor(sandbox.Query) {
		read += c.Rows
	}
	if read > 30 {
		t.Errorf("%d rows were read", read)
	}
	got := d.known("c0@kunde.test", "c2@kunde.test", "c3@kunde.test", "c4@kunde.test", "other@kunde.test", "new@kunde.test")
	if want := "C Renamed, C Rowd4, New"; got != want || stats.People != 2103 {
		t.Errorf("after the changes: %q, want %q; %+v", got, want, stats)
	}
	if now, err := d.Current(ids[2]); now != ids[1] || err != nil {
		t.Errorf("the merged contact is %q now: %v", now, err)
	}
	if got := d.found(directory.Query{Text: "renamed"}) + d.found(directory.Query{Text: "rowd3"}); !strings.HasPrefix(got, "C Renamed") || strings.Contains(got, "Rowd3,") {
		t.Errorf("search finds %q", got)
	}
}

func TestWhoLeavesTheFilterLeavesTheCopy(t *testing.T) {
	for name, many := range map[string]int{"listed anew": 0, "a delta": 2100} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.crowd(many)
			own := directory.Filter{UserID: d.rep, Own: true}
			before := d.sync(own).People
			d.change(d.mine, map[string]any{"OwnerId": d.org.AddUser("x@acme.test", "X", "Y")})
			if after := d.sync(own).People; after != before-1 {
				t.Errorf("%d people, then %d", before, after)
			}
		})
	}
}

func TestAConvertedLeadIsItsContact(t *testing.T) {
	for name, many := range map[string]int{"listed anew": 0, "a delta": 2100} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			for i := range many {
				d.org.AddLead(sandbox.Person{LastName: fmt.Sprintf("L%d", i), Company: "x"})
			}
			d.sync(directory.Filter{})
			contact, _, err := d.org.ConvertLead(d.lea)
			if err != nil {
				t.Fatal(err)
			}
			d.sync(directory.Filter{})
			if now, err := d.Current(d.lea); now != contact || err != nil {
				t.Errorf("the lead is %q, want %q: %v", now, contact, err)
			}
			found, err := d.Resolve(t.Context(), d.client, directory.Filter{}, nil, []string{d.lea}, d.clock)
			if err != nil || len(found[d.lea].People) != 1 || found[d.lea].People[0].ID != contact {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}

func TestAccessThatWasLostIsNoticedWithinTheWeek(t *testing.T) {
	d := newDesk(t)
	ids := d.crowd(2100)
	d.sync(directory.Filter{})
	d.org.Conceal(ids[7])
	d.clock = d.clock.Add(6 * 24 * time.Hour)
	d.sync(directory.Filter{})
	if got := d.known("c7@kunde.test"); got == "" {
		t.Fatal("a delta noticed it: this test proves nothing")
	}
	d.clock = d.clock.Add(25 * time.Hour)
	d.sync(directory.Filter{})
	if got := d.known("c7@kunde.test"); got != "" {
		t.Errorf("a week later %q is there", got)
	}
}

func TestTheLastTenthOfTheAllowanceIsLeftAlone(t *testing.T) {
	d := newDesk(t)
	d.crowd(4500)
	pages := 0
	plan := directory.Plan{OnPage: func() { pages++ }, Spare: func() bool { return pages < 1 }}
	if err := d.Sync(t.Context(), d.client, plan, d.clock); !errors.Is(err, directory.ErrScarce) || pages != 1 {
		t.Errorf("after %d pages: %v", pages, err)
	}
	plan.Spare = nil
	if err := d.Sync(t.Context(), d.client, plan, d.clock); err != nil || d.stats().People != 4503 {
		t.Errorf("%+v, %v", d.stats(), err)
	}
}

func TestFurtherObjectsAreCopiedWhileTheyAreWanted(t *testing.T) {
	d := newDesk(t)
	id, err := d.org.Insert("Visit__c", map[string]any{"Name": "Autumn visit"})
	if err != nil {
		t.Fatal(err)
	}
	plan := directory.Plan{Further: []directory.Object{{Name: "Visit__c", Prefix: id[:3]}}}
	find := func() int {
		t.Helper()
		if err := d.Sync(t.Context(), d.client, plan, d.clock); err != nil {
			t.Fatal(err)
		}
		found, err := d.Records(directory.Query{Text: "autumn", Object: "visit__c"})
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	if n := find(); n != 1 {
		t.Errorf("%d visits are found", n)
	}
	plan.Further = nil
	if n := find(); n != 0 || d.stats().Records != 0 {
		t.Errorf("%d visits are left", n)
	}
}

// TestNoNameLiesReadable looks into the file for every name, company and address, as they
// are written and in lower case, after rows were changed, deleted and indexed.
func TestNoNameLiesReadable(t *testing.T) {
	d := newDesk(t)
	acme := d.org.AddAccount("Bäckerei Nordlicht")
	d.org.AddOpportunity("Ofen für Nordlicht", acme)
	gone := d.org.AddContact(sandbox.Person{FirstName: "Zacharias", LastName: "Quellwasser", Email: "zacharias@quellwasser.test", Account: acme})
	d.crowd(300)
	d.sync(directory.Filter{UserID: d.rep})
	d.found(directory.Query{Text: "quell"})
	if err := d.Remember(d.rep, directory.Answer{Address: "antwort@quellwasser.test", ID: gone}); err != nil {
		t.Fatal(err)
	}
	if err := d.org.Delete(gone); err != nil {
		t.Fatal(err)
	}
	d.sync(directory.Filter{UserID: d.rep})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(d.path)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.ToLower(data)
	for _, name := range []string{"quellwasser", "zacharias", "nordlicht", "bäckerei", "ofen", "rowd12", "kunde.test", "theirs", "antwort", "ben@acme", "weber"} {
		if bytes.Contains(data, []byte(name)) {
			t.Errorf("%q lies in the file", name)
		}
	}
	if !bytes.Contains(data, []byte(strings.ToLower(d.mine))) {
		t.Error("not even an id is found: this test looks in the wrong place")
	}
	d.open()
}
