package directory_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"fieldpost/daemon/directory"
	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sftest"
)

// desk is a copy of an org with three people: a contact of the rep's, a colleague's
// contact, and a lead.
type desk struct {
	*directory.Directory
	t                      *testing.T
	org                    *sandbox.Sandbox
	client                 *sfclient.Client
	clock                  time.Time
	path                   string
	identity               *age.X25519Identity
	rep, mine, theirs, lea string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return newDeskIn(t, t.TempDir())
}

func newDeskIn(t *testing.T, folder string) *desk {
	t.Helper()
	d := &desk{t: t, clock: time.Now()}
	d.org = sandbox.New(sandbox.Config{Empty: true, Now: func() time.Time { return d.clock }})
	d.org.Set(func(r *sandbox.Rules) { r.SessionIdle = 0 }) // the client here never renews one
	d.client = sftest.Client(t, d.org)
	var err error
	d.path = filepath.Join(folder, "directory.db")
	if d.identity, err = age.GenerateX25519Identity(); err != nil {
		t.Fatal(err)
	}
	d.open()
	t.Cleanup(func() { d.Close() })
	other := d.org.AddUser("ben@acme.test", "Ben", "Weber")
	d.rep = d.org.Rep().ID
	d.mine = d.org.AddContact(sandbox.Person{LastName: "Mine", Email: "mine@kunde.test"})
	d.theirs = d.org.AddContact(sandbox.Person{LastName: "Theirs", Email: "theirs@kunde.test", Owner: other})
	d.lea = d.org.AddLead(sandbox.Person{LastName: "Lead", Email: "lead@kunde.test"})
	return d
}

func (d *desk) open() {
	d.t.Helper()
	recipients := []age.Recipient{d.identity.Recipient()}
	d.Directory = directory.Open(d.path, recipients, nil)
	if err := d.Unlock(d.identity, recipients); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) sync(filter directory.Filter) directory.Stats {
	d.t.Helper()
	if err := d.Sync(d.t.Context(), d.client, directory.Plan{Filter: filter}, d.clock); err != nil {
		d.t.Fatal(err)
	}
	return d.stats()
}

func (d *desk) stats() directory.Stats {
	d.t.Helper()
	stats, err := d.Stats(d.clock)
	if err != nil {
		d.t.Fatal(err)
	}
	return stats
}

var addresses = []string{"mine@kunde.test", "theirs@kunde.test", "lead@kunde.test", "nobody@kunde.test"}

// resolve gives who was found and, with a question mark, whom the filter hides.
func (d *desk) resolve(filter directory.Filter, ids ...string) string {
	d.t.Helper()
	found, err := d.Resolve(d.t.Context(), d.client, filter, addresses, ids, d.clock)
	if err != nil {
		d.t.Fatal(err)
	}
	var told []string
	for key, match := range found {
		name, _, _ := strings.Cut(key, "@")
		if match.Filtered {
			name += "?"
		}
		told = append(told, name)
	}
	slices.Sort(told)
	return strings.Join(told, " ")
}

func (d *desk) calls() int {
	n := len(d.org.Calls())
	d.org.ResetCalls()
	return n
}

func said(text string) *string { return &text }

func TestAFilterBindsTheCopyAndWhatIsAskedLive(t *testing.T) {
	for name, c := range map[string]struct {
		filter        directory.Filter
		people        int
		found, copied string
	}{
		"nobody hidden":                  {directory.Filter{}, 3, "lead mine theirs", "lead mine theirs"},
		"own":                            {directory.Filter{Own: true}, 2, "lead mine theirs?", "lead mine"},
		"a condition":                    {directory.Filter{Contacts: "LastName != 'Mine'"}, 2, "lead mine? theirs", "lead theirs"},
		"one for leads":                  {directory.Filter{Leads: said("LastName = 'Nobody'")}, 2, "lead? mine theirs", "mine theirs"},
		"none for leads":                 {directory.Filter{Contacts: "LastName = 'Mine'", Leads: said("")}, 2, "lead mine theirs?", "lead mine"},
		"a field that leads do not have": {directory.Filter{Contacts: "AccountId = null"}, 2, "lead? mine theirs", "mine theirs"},
		"an OR that stays in its place":  {directory.Filter{Own: true, Contacts: "LastName = 'Theirs' OR LastName = 'Mine'", Leads: said("LastName = 'x'")}, 1, "lead? mine theirs?", "mine"},
		"a text like a placeholder":      {directory.Filter{Contacts: "LastName != ':values'"}, 3, "lead mine theirs", "lead mine theirs"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			c.filter.UserID = d.rep
			if live := d.resolve(c.filter); live != c.found {
				t.Errorf("without a copy it finds %q, want %q", live, c.found)
			}
			if n := d.sync(c.filter).People; n != c.people {
				t.Errorf("%d people are copied, want %d", n, c.people)
			}
			if found := d.resolve(c.filter); found != c.found {
				t.Errorf("it finds %q, want %q", found, c.found)
			}
			known, err := d.Known(c.filter, addresses, nil)
			if err != nil || len(known) != len(strings.Fields(c.copied)) {
				t.Errorf("without a network it knows %d people, want %q: %v", len(known), c.copied, err)
			}
		})
	}
}

func TestAPersonNamedByIdIsHiddenAllTheSame(t *testing.T) {
	d := newDesk(t)
	own := directory.Filter{UserID: d.rep, Own: true}
	for _, copied := range []bool{false, true} {
		if copied {
			d.sync(own)
		}
		if found := d.resolve(own, d.mine, d.theirs); !strings.Contains(found, d.theirs+"?") || strings.Contains(found, d.mine) {
			t.Errorf("with a copy %v it finds %q", copied, found)
		}
	}
}

func TestAConditionThatCannotBeFollowedIsNamedInSalesforcesWords(t *testing.T) {
	for setting, filter := range map[string]directory.Filter{
		"contacts.where": {Contacts: "Nope__c = 1"},
		"leads.where":    {Leads: said("Nope__c = 1")},
	} {
		d := newDesk(t)
		d.sync(directory.Filter{})
		for what, err := range map[string]error{
			"trying": directory.Try(t.Context(), d.client, filter),
			"copying": func() error {
				return d.Sync(t.Context(), d.client, directory.Plan{Filter: filter}, d.clock)
			}(),
			"resolving": func() error {
				_, err := d.Resolve(t.Context(), d.client, filter, addresses, nil, d.clock)
				return err
			}(),
		} {
			var refused *directory.ConditionError
			if !errors.As(err, &refused) || refused.Setting != setting || !strings.Contains(refused.Answer.Message, "Nope__c") {
				t.Errorf("%s: %s says %v", setting, what, err)
			}
		}
		if stats := d.stats(); stats.People != 3 {
			t.Errorf("%s: the copy has %d people left", setting, stats.People)
		}
	}
}

func TestWhoIsNotThereIsAskedForOnceInHoursOrWhenAPersonWantsIt(t *testing.T) {
	d := newDesk(t)
	d.sync(directory.Filter{})
	d.calls()
	d.resolve(directory.Filter{})
	if n := d.calls(); n != 2 {
		t.Errorf("the first time costs %d calls, want one for contacts and one for leads", n)
	}
	d.clock = d.clock.Add(3 * time.Hour)
	d.resolve(directory.Filter{})
	if n := d.calls(); n != 0 {
		t.Errorf("three hours later it costs %d calls", n)
	}
	d.org.AddContact(sandbox.Person{LastName: "Nobody", Email: "nobody@kunde.test"})
	d.clock = d.clock.Add(2 * time.Hour)
	if found := d.resolve(directory.Filter{}); found != "lead mine nobody theirs" {
		t.Errorf("five hours later it finds %q", found)
	}

	d = newDesk(t)
	d.sync(directory.Filter{})
	d.resolve(directory.Filter{})
	d.org.AddContact(sandbox.Person{LastName: "Nobody", Email: "nobody@kunde.test"})
	d.ForgetMisses()
	if found := d.resolve(directory.Filter{}); found != "lead mine nobody theirs" {
		t.Errorf("asked to, it finds %q", found)
	}
}

func TestLeadsThatAConditionLeavesOutCostNoCall(t *testing.T) {
	d := newDesk(t)
	filter := directory.Filter{UserID: d.rep, Contacts: "AccountId = null"}
	if stats := d.sync(filter); !stats.LeadsLeftOut {
		t.Fatalf("%+v", stats)
	}
	d.calls()
	d.resolve(filter)
	if n := d.calls(); n != 3 {
		t.Errorf("%d calls: one for the contacts shown, two for whom the filter hides", n)
	}
}

func TestAnAnswerThatSaysNothingOfWhoIsThereLeavesTheCopyAsItIs(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"an unknown code": sandbox.Refuse(400, "NEVER_HEARD_OF", "?"), "not found": sandbox.Refuse(404, "NOT_FOUND", "?"),
		"an outage": sandbox.ServerError(), "a page": sandbox.CaptivePortal(), "half an answer": sandbox.CutAnswer(),
	} {
		d := newDesk(t)
		d.sync(directory.Filter{})
		d.org.Inject(fault.On(sandbox.Query))
		if err := d.Sync(t.Context(), d.client, directory.Plan{}, d.clock); err == nil {
			t.Errorf("%s: it copies all the same", name)
		}
		if stats := d.stats(); stats.People != 3 {
			t.Errorf("%s: %d people are left", name, stats.People)
		}
	}
}

func TestAnObjectThatTheRepMayNotSeeHasNobody(t *testing.T) {
	d := newDesk(t)
	d.org.Set(func(r *sandbox.Rules) { r.HiddenObjects = append(r.HiddenObjects, "Lead", "Account") })
	if stats := d.sync(directory.Filter{}); stats.People != 2 {
		t.Errorf("%+v", stats)
	}
	if found := d.resolve(directory.Filter{}); found != "mine theirs" {
		t.Errorf("it finds %q", found)
	}
}

func TestWhatIsReadForAnEarlierUserIsNotKept(t *testing.T) {
	d := newDesk(t)
	d.sync(directory.Filter{})
	d.org.Inject(sandbox.Slow(300 * time.Millisecond).On(sandbox.Query))
	done := make(chan error, 1)
	go func() { done <- d.Sync(context.Background(), d.client, directory.Plan{}, d.clock) }()
	for len(d.org.CallsFor(sandbox.Query)) < 7 { // the first copy cost six
		time.Sleep(time.Millisecond)
	}
	if err := d.Forget(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, directory.ErrForgotten) {
		t.Errorf("the copy ends with %v", err)
	}
	if stats := d.stats(); stats.People != 0 {
		t.Errorf("%d people of the earlier user are kept", stats.People)
	}
}
