package daemon

import (
	"net/http/httptest"
	"testing"
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/keychain"
	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sfauth"
)

// working is a daemon that does not run, with a rep signed in and a clock that the test
// turns.
type working struct {
	*Daemon
	t     *testing.T
	org   *sandbox.Sandbox
	clock time.Time
}

func newWorking(t *testing.T) *working {
	t.Helper()
	w := &working{t: t, clock: time.Now()}
	now := func() time.Time { return w.clock }
	w.org = sandbox.New(sandbox.Config{Now: now})
	server := httptest.NewServer(w.org)
	t.Cleanup(server.Close)
	home := homeAt(t, t.TempDir(), &keychain.Memory{})
	t.Cleanup(func() { closed(t, home) })
	home.Now = now
	var err error
	if w.Daemon, err = New(home, Parts{Version: "test", Transport: server.Client().Transport}); err != nil {
		t.Fatal(err)
	}
	access, refresh := w.org.Grant(w.org.Rep().ID)
	account := sfauth.Account{
		OrgID: w.org.Org().ID, UserID: w.org.Rep().ID, Username: w.org.Rep().Username,
		InstanceURL: server.URL, LoginURL: server.URL, ClientID: "test",
	}
	grant := &sfauth.Grant{Account: account, AccessToken: access, RefreshToken: refresh}
	if err := w.session.take(t.Context(), grant, sfauth.Account{}); err != nil {
		t.Fatal(err)
	}
	w.keep(true)
	return w
}

func (w *working) keep(forced bool) {
	w.t.Helper()
	if err := w.keeper.keep(w.t.Context(), forced); err != nil {
		w.t.Fatal(err)
	}
}

// calls counts those of the data API: a renewal of the session is none.
func (w *working) calls() map[sandbox.Purpose]int {
	counted := map[sandbox.Purpose]int{}
	for _, c := range w.org.Calls() {
		if c.Purpose != sandbox.Token {
			counted[c.Purpose]++
		}
	}
	return counted
}

func total(counted map[sandbox.Purpose]int) int {
	n := 0
	for _, each := range counted {
		n += each
	}
	return n
}

// TestADayOfARepStaysWithinItsCalls is the day of a laptop that is never shut: a look an
// hour, everything once, and a rejection every ten minutes that hints at a change; in the
// second run only a custom permission lets the rep in.
func TestADayOfARepStaysWithinItsCalls(t *testing.T) {
	for name, groups := range map[string]string{"no groups": "[]", "a custom permission": `["Use_fieldpost"]`} {
		t.Run(name, func(t *testing.T) {
			w := newWorking(t)
			w.org.Set(func(r *sandbox.Rules) { r.Permissions = []string{"Use_fieldpost"} })
			if err := w.home.Config.SetText(map[string]string{"access.groups": groups}); err != nil {
				t.Fatal(err)
			}
			w.keep(true)
			w.day()
		})
	}
}

func (w *working) day() {
	t := w.t
	w.org.ResetCalls()
	for range 24 * 6 {
		w.clock = w.clock.Add(10 * time.Minute)
		w.keep(false)
		if err := w.drain.Org.Reread(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	counted := w.calls()
	t.Logf("the day costs %d calls: %v", total(counted), counted)
	if n := total(counted); n > 60 {
		t.Errorf("the day costs %d calls: %v", n, counted)
	}
	if counted[sandbox.Describe] != 2 || counted[sandbox.DescribeGlobal] != 1 {
		t.Errorf("the org is read in full other than once: %v", counted)
	}
}

func TestWhatAnAdministratorChangesIsKnownWithinTheHour(t *testing.T) {
	w := newWorking(t)
	facts := func() *crm.Facts {
		known, ok := w.home.facts()
		if !ok {
			t.Fatal("no facts")
		}
		return known
	}
	w.org.Set(func(r *sandbox.Rules) { r.SharedActivities = true })
	w.clock = w.clock.Add(59 * time.Minute)
	w.keep(false)
	if facts().Shared() {
		t.Error("it was looked before the hour was over")
	}
	w.clock = w.clock.Add(2 * time.Minute)
	w.keep(false)
	if !facts().Shared() {
		t.Error("an hour later the change is not known")
	}
}

func TestFactsThatAnEarlierVersionKeptAreReadAgain(t *testing.T) {
	w := newWorking(t)
	old := map[string]any{
		"read_at": w.clock, "closed_status": "Completed", "prefixes": map[string]string{},
		"task": map[string]any{"fields": map[string]any{"Type": map[string]any{"label": "Type", "values": []string{"Email"}}}},
	}
	if err := w.home.Directory.Keep(keptFacts, old); err != nil {
		t.Fatal(err)
	}
	w.home.cached = nil
	if _, known := w.home.facts(); known {
		t.Fatal("facts of another shape are taken")
	}
	facts, err := w.drain.Org.Facts(t.Context())
	if err != nil || !facts.Task.Writes("Subject") {
		t.Errorf("%v", err)
	}
}

// aLook is what a look costs once the session is over: it is refused, and made again.
const aLook = 2

func TestWhatFellDueDuringAnOutageIsReadOnlyOnceWhatWaitsIsWritten(t *testing.T) {
	w := newWorking(t)
	w.clock = w.clock.Add(25 * time.Hour)
	w.keeper.seen = w.clock // it was awake
	w.keeper.pace = w.keeper.pace.BackFromTrouble(w.clock, 0.5)
	for _, c := range []struct {
		after time.Duration
		least int
		most  int
	}{{15 * time.Minute, 0, 0}, {24 * time.Minute, 1, aLook}, {3 * time.Hour, aLook + 1, 60}} {
		w.org.ResetCalls()
		at := w.clock
		w.clock, w.keeper.seen = at.Add(c.after), at.Add(c.after)
		w.keep(false)
		if n := total(w.calls()); n < c.least || n > c.most {
			t.Errorf("%v after the outage %d calls: %v", c.after, n, w.calls())
		}
		w.clock = at
	}
}

func TestALaptopThatSleptSpreadsWhatFellDue(t *testing.T) {
	w := newWorking(t)
	w.chance = func() float64 { return 0.5 }
	w.clock = w.clock.Add(60 * time.Hour)
	w.org.ResetCalls()
	w.keep(false)
	if n := total(w.calls()); n != 0 {
		t.Errorf("%d calls as it wakes", n)
	}
	w.clock = w.clock.Add(8 * time.Minute)
	w.keep(false)
	if n := total(w.calls()); n != aLook {
		t.Errorf("%d calls eight minutes later, want a look", n)
	}
}

func TestOldFactsCostOneCallBeforeSomethingIsSent(t *testing.T) {
	w := newWorking(t)
	w.clock = w.clock.Add(60 * time.Hour)
	w.org.ResetCalls()
	for range 2 {
		if _, err := w.drain.Org.Facts(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if counted := w.calls(); counted[sandbox.Composite] != aLook || total(counted) != aLook {
		t.Errorf("it took %v", counted)
	}
}
