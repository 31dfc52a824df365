package drain

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/pacing"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sftest"
)

// laptop is an outbox on a real file, a drain, and an org behind real HTTP. Time
// passes only where the test says so.
type laptop struct {
	t     *testing.T
	box   *outbox.Store
	org   *sandbox.Sandbox
	drain *Drain
	clock time.Time
	// booted is when the clock that never jumps began.
	booted time.Time
	usage  sfclient.Usage
	who    string
	path   string
	key    *age.X25519Identity
	desk   *desk
}

// desk is the org as the drain asks it.
type desk struct {
	client  *sfclient.Client
	people  *directory.Directory
	laptop  *laptop
	facts   *crm.Facts
	rereads int
}

func (d *desk) Facts(ctx context.Context) (*crm.Facts, error) {
	if d.facts == nil {
		return d.facts, d.Reread(ctx)
	}
	return d.facts, nil
}

func (d *desk) Reread(ctx context.Context) (err error) {
	d.rereads++
	d.facts, err = crm.ReadFacts(ctx, d.client, crm.User{OrgID: d.laptop.org.Org().ID, UserID: d.UserID()}, nil, sandbox.DefaultKeyField, d.laptop.clock)
	return err
}

func (d *desk) Rules() *crm.Rules {
	return &crm.Rules{RelatedTo: []string{"Account", "Opportunity"}, Multiple: true, Words: words.In("en"), Zone: time.UTC}
}

func (d *desk) Resolve(ctx context.Context, addresses, ids []string) (map[string]directory.Match, error) {
	return d.people.Resolve(ctx, d.client, directory.Filter{}, addresses, ids, d.laptop.clock)
}

func (d *desk) Name(id string) string {
	name, err := d.people.Name(id)
	if err != nil {
		d.laptop.t.Error(err)
	}
	return name
}

func (d *desk) Inside(string) bool { return false }

func (d *desk) Current(id string) string {
	now, err := d.people.Current(id)
	if err != nil {
		d.laptop.t.Error(err)
	}
	return now
}

func (d *desk) UserID() string { return d.laptop.org.Rep().ID }

func newLaptop(t *testing.T, rules ...func(*sandbox.Rules)) *laptop {
	t.Helper()
	l := &laptop{t: t, org: sandbox.New(sandbox.Config{}), clock: time.Now(), booted: time.Now().Add(-time.Hour), path: filepath.Join(t.TempDir(), "outbox.db")}
	for _, change := range rules {
		l.org.Set(change)
	}
	l.who = l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@acme.test"})
	client := sftest.Client(t, l.org)
	var err error
	if l.key, err = age.GenerateX25519Identity(); err != nil {
		t.Fatal(err)
	}
	people := directory.Open(filepath.Join(t.TempDir(), "directory.db"), []age.Recipient{l.key.Recipient()}, nil)
	t.Cleanup(func() { people.Close() })
	l.desk = &desk{client: client, people: people, laptop: l}
	l.open()
	t.Cleanup(func() { l.box.Close() })
	if err := l.box.SignIn(outbox.Account{OrgID: l.org.Org().ID, UserID: l.org.Rep().ID}, nil); err != nil {
		t.Fatal(err)
	}
	return l
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// open opens the outbox and makes a drain, as a start of the daemon does.
func (l *laptop) open() {
	l.t.Helper()
	box, err := outbox.Open(l.path, outbox.Options{
		Recipients: []age.Recipient{l.key.Recipient()}, Identity: l.key, Now: func() time.Time { return l.clock },
	})
	if err != nil {
		l.t.Fatal(err)
	}
	l.box = box
	l.drain = New(Parts{
		Outbox: box, Salesforce: l.desk.client, Org: l.desk, Now: func() time.Time { return l.clock },
		Elapsed: func() time.Duration { return l.clock.Sub(l.booted) }, Usage: func() sfclient.Usage { return l.usage },
		Chance: func() float64 { return 0.5 }, Log: quiet(),
	})
}

func (l *laptop) capture(n int) []string {
	l.t.Helper()
	drafts := make([]outbox.Draft, n)
	for i := range drafts {
		drafts[i] = outbox.Draft{Source: outbox.FromCLI, Activity: activity.Activity{
			Kind: activity.Share, Channel: activity.Email, Subject: fmt.Sprintf("Share %d", i),
			OccurredAt: "2026-11-22T09:30:00+01:00", People: []activity.Person{{Email: "ana@acme.test"}},
		}}
	}
	return l.add(drafts...)
}

func (l *laptop) captureMeeting() string {
	l.t.Helper()
	return l.add(outbox.Draft{Source: outbox.FromCLI, Activity: activity.Activity{
		Kind: activity.Meeting, Subject: "Visit", Start: "2026-11-22T09:30:00+01:00", End: "2026-11-22T10:30:00+01:00",
		People: []activity.Person{{Email: "ana@acme.test"}},
	}})[0]
}

func (l *laptop) add(drafts ...outbox.Draft) []string {
	l.t.Helper()
	receipts, err := l.box.Add(l.t.Context(), drafts)
	if err != nil {
		l.t.Fatal(err)
	}
	ids := make([]string, len(receipts))
	for i, r := range receipts {
		ids[i] = r.ID
	}
	return ids
}

func (l *laptop) pass() time.Time {
	l.t.Helper()
	return l.drain.pass(l.t.Context())
}

// settle passes until nothing is left to do by itself, the clock jumping from one
// pause to the next; it tells how much time that took.
func (l *laptop) settle() time.Duration {
	l.t.Helper()
	began := l.clock
	for range 40 {
		next := l.pass()
		if next.IsZero() {
			return l.clock.Sub(began)
		}
		if next.After(l.clock) {
			l.clock = next
		}
	}
	l.t.Fatal("it never settles")
	return 0
}

func (l *laptop) wantStates(want map[outbox.State]int) {
	l.t.Helper()
	counts, err := l.box.Counts()
	if err != nil {
		l.t.Fatal(err)
	}
	for _, s := range outbox.States {
		if counts.ByState[s] != want[s] {
			l.t.Errorf("%d %s, want %d", counts.ByState[s], s, want[s])
		}
	}
}

// wantRecords holds what Salesforce has against what was captured: each once.
func (l *laptop) wantRecords(object string, want int) {
	l.t.Helper()
	records := l.org.Records(object)
	if len(records) != want {
		l.t.Errorf("Salesforce holds %d of %s, want %d", len(records), object, want)
	}
	seen := map[string]int{}
	for _, r := range records {
		text, _ := r["Description"].(string)
		seen[lastLine(text)]++
	}
	for marker, n := range seen {
		if n > 1 || !strings.HasPrefix(marker, "fieldpost:") {
			l.t.Errorf("%q stands there %d times", marker, n)
		}
	}
}

func (l *laptop) get(id string) outbox.Item {
	l.t.Helper()
	item, err := l.box.Get(id)
	if err != nil {
		l.t.Fatal(err)
	}
	return item
}

func noKey(r *sandbox.Rules) { r.Key = sandbox.KeyAbsent }

func TestTwoHundredWaitingGoInOneCall(t *testing.T) {
	l := newLaptop(t)
	l.capture(200)
	l.settle()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 200})
	l.wantRecords("Task", 200)
	if calls := l.org.CallsFor(sandbox.CreateMany); len(calls) != 1 {
		t.Errorf("%d collections calls", len(calls))
	}
}

func TestAThousandGoInCallsOfTwoHundred(t *testing.T) {
	l := newLaptop(t)
	l.capture(1000)
	l.settle()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 1000})
	if calls := l.org.CallsFor(sandbox.CreateMany); len(calls) != 5 {
		t.Errorf("%d collections calls", len(calls))
	}
}

func TestADeliveredItemNamesItsRecord(t *testing.T) {
	l := newLaptop(t)
	id := l.captureMeeting()
	l.settle()
	item := l.get(id)
	if item.Record == nil || item.Record.Object != "Event" {
		t.Fatalf("the item is %+v", item)
	}
	record := l.org.Record(item.Record.ID)
	if record["WhoId"] != l.who || record[sandbox.DefaultKeyField] != id {
		t.Errorf("Salesforce holds %v", record)
	}
}

func TestALostAnswerIsNeverWrittenTwice(t *testing.T) {
	for _, mode := range []struct {
		name  string
		rules func(*sandbox.Rules)
	}{{"with a key field", func(*sandbox.Rules) {}}, {"with a marker", noKey}} {
		for _, fault := range []struct {
			name   string
			strike sandbox.Fault
		}{
			{"connection lost before the org heard", sandbox.Drop()},
			{"connection lost after the org wrote", sandbox.Drop().AfterCommit()},
			{"answer cut in half", sandbox.CutAnswer()},
			{"HTML 503 after the org wrote", sandbox.HTML(503).AfterCommit()},
			{"HTML 502", sandbox.HTML(502)},
			{"captive portal", sandbox.CaptivePortal()},
			{"server error after the org wrote", sandbox.ServerError().AfterCommit()},
		} {
			t.Run(mode.name+"/"+fault.name, func(t *testing.T) {
				l := newLaptop(t, mode.rules)
				l.capture(5)
				l.captureMeeting()
				l.org.Inject(fault.strike.On(sandbox.CreateMany).Times(1))
				l.settle()
				l.wantStates(map[outbox.State]int{outbox.Delivered: 6})
				l.wantRecords("Task", 5)
				l.wantRecords("Event", 1)
			})
		}
	}
}

func TestACrashBetweenSendAndSettleIsNeverWrittenTwice(t *testing.T) {
	for _, mode := range []struct {
		name  string
		rules func(*sandbox.Rules)
	}{{"with a key field", func(*sandbox.Rules) {}}, {"with a marker", noKey}} {
		for _, written := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/written %v", mode.name, written), func(t *testing.T) {
				l := newLaptop(t, mode.rules)
				l.capture(3)
				l.captureMeeting()
				facts, err := l.desk.Facts(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				work, _, err := l.box.Claim(200, facts.Mode())
				if err != nil {
					t.Fatal(err)
				}
				if written {
					l.drain.deliver(t.Context(), facts, work)
				}
				if err := l.box.Close(); err != nil {
					t.Fatal(err)
				}
				l.open()
				l.settle()
				l.wantStates(map[outbox.State]int{outbox.Delivered: 4})
				l.wantRecords("Task", 3)
				l.wantRecords("Event", 1)
			})
		}
	}
}

func TestWithoutAKeyNothingIsResentBeforeSalesforcesOwnLimit(t *testing.T) {
	l := newLaptop(t, noKey)
	l.capture(1)
	l.org.Inject(sandbox.Drop().On(sandbox.CreateMany).Times(1))
	if took := l.settle(); took < 10*time.Minute+30*time.Second {
		t.Errorf("resent after %v", took)
	}
	l.wantRecords("Task", 1)
}

func TestAMonthOfflineUsesUpNoAttempts(t *testing.T) {
	l := newLaptop(t)
	ids := l.capture(3)
	if _, err := l.desk.Facts(t.Context()); err != nil {
		t.Fatal(err)
	}
	online := l.drain.Salesforce
	l.drain.Salesforce = sftest.Unplugged()
	for month := l.clock.Add(30 * 24 * time.Hour); l.clock.Before(month); {
		l.clock = l.pass()
	}
	for _, id := range ids {
		if item := l.get(id); item.Attempts != 0 || item.State != outbox.Waiting || item.Problem != nil {
			t.Errorf("offline left %+v", item)
		}
	}
	if got := l.drain.Connection(); got.State != Offline || got.Problem.Code != "offline" || !got.NextAttemptAt.After(l.clock.Add(-time.Second)) {
		t.Errorf("the connection is %+v", got)
	}
	l.drain.Salesforce = online
	l.drain.Nudge()
	l.pass()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 3})
}

func TestOnePoisonedRowDelaysNoOther(t *testing.T) {
	l := newLaptop(t)
	l.capture(4)
	l.org.Inject(sandbox.RefuseRow("FIELD_CUSTOM_VALIDATION_EXCEPTION", "No shares on Sunday.").Times(1))
	l.settle()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 3, outbox.NeedsAttention: 1})
	items, _, err := l.box.List(outbox.Query{State: outbox.NeedsAttention})
	if err != nil {
		t.Fatal(err)
	}
	if p := items[0].Problem; p.Code != "FIELD_CUSTOM_VALIDATION_EXCEPTION" || p.Args["message"] != "No shares on Sunday." || p.Who != outbox.You {
		t.Errorf("the problem is %+v", p)
	}
}

func TestACallRefusedAsAWholeIsSplitUntilTheGuiltyRowStandsAlone(t *testing.T) {
	l := newLaptop(t)
	l.capture(8)
	l.drain.Salesforce = &picky{Salesforce: l.drain.Salesforce, refuses: "Share 5"}
	l.settle()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 7, outbox.NeedsAttention: 1})
	l.wantRecords("Task", 7)
}

// picky refuses any call that holds the row with the subject.
type picky struct {
	Salesforce
	refuses string
}

func (p *picky) CreateAll(ctx context.Context, rows []sfclient.Row) ([]sfclient.Result, error) {
	for _, r := range rows {
		if r.Fields["Subject"] == p.refuses {
			return nil, &sfclient.Error{Status: 400, Code: "JSON_PARSER_ERROR", Message: "Unexpected character"}
		}
	}
	return p.Salesforce.CreateAll(ctx, rows)
}

func TestALockedRowIsTriedAgainByItself(t *testing.T) {
	l := newLaptop(t)
	ids := l.capture(2)
	l.org.Inject(sandbox.LockRow().Times(3))
	l.settle()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 2})
	if l.get(ids[0]).Attempts < 2 {
		t.Error("no attempt was counted although Salesforce answered")
	}
}

func TestAPauseTheOrgAskedForIsCutByAPersonOnly(t *testing.T) {
	l := newLaptop(t)
	l.capture(1)
	l.org.Inject(sandbox.Refuse(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.").On(sandbox.CreateMany).Times(1))
	l.pass()
	if got := l.drain.Connection(); got.State != Limited || got.Problem.Code != "REQUEST_LIMIT_EXCEEDED" {
		t.Fatalf("the connection is %+v", got)
	}
	l.drain.Nudge()
	l.pass()
	l.wantStates(map[outbox.State]int{outbox.Waiting: 1})
	if err := l.drain.Flush(); err != nil {
		t.Fatal(err)
	}
	l.pass()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 1})
}

func TestAFieldThatWasHiddenSinceIsLeftOutAfterReadingTheOrgAgain(t *testing.T) {
	l := newLaptop(t)
	if _, err := l.desk.Facts(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.org.Set(func(r *sandbox.Rules) { r.Hidden = []string{"Task.Description"} })
	l.capture(1)
	l.settle()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 1})
	if l.desk.rereads != 2 {
		t.Errorf("the facts were read %d times", l.desk.rereads)
	}
}

func TestARefusalThatHintsAtAChangeIsTriedAgainOnlyIfTheOrgChanged(t *testing.T) {
	for _, code := range []string{"REQUIRED_FIELD_MISSING", "INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS", "NOT_FOUND", "INVALID_TYPE", "INVALID_FIELD"} {
		for _, changed := range []bool{true, false} {
			l := newLaptop(t)
			if _, err := l.desk.Facts(t.Context()); err != nil {
				t.Fatal(err)
			}
			if changed {
				l.org.Set(func(r *sandbox.Rules) { r.SharedActivities = !r.SharedActivities })
			}
			l.org.Inject(sandbox.RefuseRow(code, "Not so.").Times(1))
			l.capture(1)
			l.settle()
			want := map[outbox.State]int{outbox.NeedsAttention: 1}
			if changed {
				want = map[outbox.State]int{outbox.Delivered: 1}
			}
			l.wantStates(want)
			if l.desk.rereads != 2 {
				t.Errorf("%s: the facts were read %d times", code, l.desk.rereads)
			}
		}
	}
}

func TestAnUnknownAddressWaitsForAPerson(t *testing.T) {
	l := newLaptop(t)
	id := l.add(outbox.Draft{Source: outbox.FromAPI, Activity: activity.Activity{
		Kind: activity.Share, Channel: activity.Link, Subject: "Hello", OccurredAt: "2026-11-22T09:30:00+01:00",
		People: []activity.Person{{Email: "nobody@nowhere.test"}},
	}})[0]
	l.settle()
	item := l.get(id)
	if item.State != outbox.NeedsAttention || item.Problem.Code != "unresolved_person" || item.Problem.Args["address"] != "nobody@nowhere.test" {
		t.Fatalf("got %+v %+v", item, item.Problem)
	}
	l.org.AddContact(sandbox.Person{FirstName: "No", LastName: "Body", Email: "nobody@nowhere.test"})
	l.desk.people.ForgetMisses() // as whoever asks for another try does
	if err := l.box.Retry(id); err != nil {
		t.Fatal(err)
	}
	l.settle()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 1})
}

func TestWhatIsCapturedOfflineDoesNotLengthenThePause(t *testing.T) {
	l := newLaptop(t)
	if _, err := l.desk.Facts(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.drain.Salesforce = sftest.Unplugged()
	for range 20 {
		l.capture(1)
		l.drain.Nudge()
		l.pass()
	}
	if wait := l.drain.Connection().NextAttemptAt.Sub(l.clock); wait > 10*time.Second {
		t.Errorf("after twenty captures the next attempt is in %v", wait)
	}
}

func TestNothingIsClaimedWhileSalesforceIsOutOfReach(t *testing.T) {
	l := newLaptop(t, noKey)
	if _, err := l.desk.Facts(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.drain.Salesforce = sftest.Unplugged()
	ids := l.capture(3)
	l.pass()
	if err := l.box.Close(); err != nil { // as a kill leaves it
		t.Fatal(err)
	}
	l.open()
	for _, id := range ids {
		for _, note := range l.get(id).History {
			if note.Code != outbox.NoteCaptured {
				t.Errorf("an attempt that never left the laptop left the note %q", note.Code)
			}
		}
	}
	if took := l.settle(); took > time.Minute {
		t.Errorf("they arrived after %v", took)
	}
	l.wantStates(map[outbox.State]int{outbox.Delivered: 3})
}

func TestAJumpOfTheClockProvesNoAbsence(t *testing.T) {
	l := newLaptop(t, noKey)
	l.capture(1)
	l.org.Inject(sandbox.Drop().On(sandbox.CreateMany).Times(1))
	l.pass()
	steady := l.clock.Sub(l.booted)
	l.clock = l.clock.Add(365 * 24 * time.Hour) // nobody waited
	l.drain.ages.elapsed = func() time.Duration { return steady + 31*time.Second }
	l.pass()
	l.wantStates(map[outbox.State]int{outbox.Waiting: 1})
	l.drain.ages.elapsed = func() time.Duration { return steady + provenAge }
	l.clock = l.clock.Add(provenAge)
	l.pass()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 1})
	l.wantRecords("Task", 1)
}

func TestAClockSetBackHoldsNothingUpForLong(t *testing.T) {
	l := newLaptop(t)
	l.capture(1)
	l.org.Inject(sandbox.LockRow().Times(1))
	l.clock = l.clock.Add(365 * 24 * time.Hour)
	l.pass()
	l.clock = l.clock.Add(-365 * 24 * time.Hour)
	l.pass()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 1})
}

func TestARecordWrittenByAKeyIsFoundAfterTheOrgLostTheField(t *testing.T) {
	for _, lost := range []bool{true, false} { // the other way round, the org gets the field meanwhile
		l := newLaptop(t, func(r *sandbox.Rules) {
			if !lost {
				r.Key = sandbox.KeyAbsent
			}
		})
		l.capture(2)
		l.captureMeeting()
		l.org.Inject(sandbox.Drop().AfterCommit().On(sandbox.CreateMany).Times(1))
		l.pass()
		l.org.Set(func(r *sandbox.Rules) {
			if r.Key = sandbox.KeyUnique; lost {
				r.Key = sandbox.KeyAbsent
			}
		})
		l.desk.facts = nil
		l.settle()
		l.wantStates(map[outbox.State]int{outbox.Delivered: 3})
		l.wantRecords("Task", 2)
		l.wantRecords("Event", 1)
	}
}

func TestAnItemEditedInDoubtIsWrittenOnceAndThenChanged(t *testing.T) {
	for _, written := range []bool{true, false} {
		l := newLaptop(t)
		id := l.capture(1)[0]
		fault := sandbox.Drop()
		if written {
			fault = fault.AfterCommit()
		}
		l.org.Inject(fault.On(sandbox.CreateMany).Times(1))
		l.pass()
		if err := l.box.Edit(id, false, func(a *activity.Activity) error { a.Subject = "Edited"; return nil }); err != nil {
			t.Fatal(err)
		}
		l.settle()
		l.wantRecords("Task", 1)
		if got := l.org.Record(l.get(id).Record.ID)["Subject"]; got != "Edited" {
			t.Errorf("written before the edit: %v; Salesforce says %q", written, got)
		}
		l.wantStates(map[outbox.State]int{outbox.Delivered: 1})
	}
}

func TestAMissingRouteIsAnAdministratorsMatterAtTheThirdTime(t *testing.T) {
	l := newLaptop(t)
	l.capture(1)
	if _, err := l.desk.Facts(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.org.Inject(sandbox.NoRoute())
	for attempt, want := range []outbox.Who{outbox.Wait, outbox.Wait, outbox.Admin} {
		l.clock = l.pass()
		if p := l.drain.Connection().Problem; p == nil || p.Code != "no_route" || p.Who != want {
			t.Errorf("attempt %d: %+v, want %s", attempt+1, p, want)
		}
	}
}

func TestNearTheEndOfTheOrgsAllowanceWritesSlowDown(t *testing.T) {
	l := newLaptop(t)
	l.usage = sfclient.Usage{Used: 96, Max: 100}
	l.capture(401)
	if took := l.settle(); took < pacing.SparePause {
		t.Errorf("three calls took %v", took)
	}
	l.wantStates(map[outbox.State]int{outbox.Delivered: 401})
}

func TestNoCallIsUnderWayWhileTheDrainIsAtRest(t *testing.T) {
	l := newLaptop(t)
	l.capture(5)
	err := l.drain.AtRest(t.Context(), func() error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		l.drain.pass(ctx)
		l.wantStates(map[outbox.State]int{outbox.Waiting: 5})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	l.settle()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 5})
}

func TestARecordThatARepeatedCallWroteIsDeletedOnlyOnceTheFirstCannotBeCarriedOut(t *testing.T) {
	l := newLaptop(t)
	visit := activity.Activity{
		Kind: activity.Meeting, Subject: "Visit", UID: "visit", Start: "2026-11-24T09:00:00Z", End: "2026-11-24T10:00:00Z",
		People: []activity.Person{{Email: "ana@acme.test"}},
	}
	tell := func(key string, sequence int, cancelled bool) {
		t.Helper()
		visit.Key, visit.Sequence, visit.Cancelled = key, sequence, cancelled
		if _, err := l.box.Add(t.Context(), []outbox.Draft{{Source: outbox.FromFile, Activity: visit, DeleteCancelled: true}}); err != nil {
			t.Fatal(err)
		}
	}
	tell("invited", 0, false)
	l.org.Inject(sandbox.Drop().On(sandbox.CreateMany).Times(1)) // the answer is lost: nobody knows
	l.pass()
	l.clock = l.clock.Add(time.Minute)
	l.pass()
	l.wantStates(map[outbox.State]int{outbox.Delivered: 1})
	tell("called off", 1, true)
	l.pass()
	l.wantRecords("Event", 1)
	if took := l.settle(); took < provenAge-time.Second || took > provenAge+time.Minute {
		t.Errorf("it was deleted after %v", took)
	}
	l.wantRecords("Event", 0)
}
