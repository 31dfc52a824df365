package outbox_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"fieldpost/outbox"
	"fieldpost/outbox/activity"
	"fieldpost/outbox/outboxtest"
)

// TestTheStoreStandsWhereTheModelSays is promise 5: whatever is done to items, in any
// order, over restarts, kills and jumps of the clock, each is in the one state that it
// must be in, with what belongs to it, and none is dropped.
func TestTheStoreStandsWhereTheModelSays(t *testing.T) {
	seed := outboxtest.Seed(t)
	for name, value := range map[string]string{
		"rapid.checks": strconv.Itoa(outboxtest.Rounds(t, 1000)),
		"rapid.seed":   strconv.FormatUint(seed, 10), "rapid.nofailfile": "true", "rapid.steps": "50",
	} {
		must(t, flag.Set(name, value))
	}
	home, checks, steps := fastDir(t), 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		checks++
		w := &world{T: rt, home: filepath.Join(home, fmt.Sprint(checks)), clock: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
		w.open()
		defer os.RemoveAll(filepath.Join(home, fmt.Sprint(checks)))
		defer func() { _ = w.store.Close() }()
		rt.Repeat(w.actions())
		steps += w.steps
	})
	t.Logf("%d sequences, %d steps", checks, steps)
}

var other = outbox.Account{OrgID: rep.OrgID, UserID: "005000000000002AAA", Username: "ben.vos@acme.example"}

// world is the real store and, beside it, the model.
type world struct {
	*rapid.T
	home  string
	store *outbox.Store
	clock time.Time
	steps int

	items   []*modelItem // in the order of capture
	current *outbox.Account
	known   []*outbox.Account
}

// modelItem is where an item has to stand.
type modelItem struct {
	id, key       string
	version, sent int // of the content; sent is what Salesforce has or may have, 0 nothing
	state         outbox.State
	account       *outbox.Account
	attempts      int
	doubt         bool
	pending       outbox.Pending
	record        bool
	purged        bool
	nextAt        time.Time
	deliveredAt   time.Time
	discardedAt   time.Time
	code          string // of its problem
}

// contentOf is what an item of a key says in a version; the first is 1.
func contentOf(key string, version int) activity.Activity {
	a := shareOf(key)
	if version > 1 {
		a.Subject = fmt.Sprint("edited ", version)
	}
	return a
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) open() {
	options := optionsFor(true)
	options.Now = func() time.Time { return w.clock }
	w.must(os.MkdirAll(w.home, 0o700))
	store, err := outbox.Open(filepath.Join(w.home, "outbox.db"), options)
	w.must(err)
	w.store = store
}

func (w *world) actions() map[string]func(*rapid.T) {
	verbs := map[string]func(){
		"add": w.add, "claim": w.claim, "settle": w.settle, "unclaim": w.unclaim,
		"hold": w.hold, "release": w.release, "retry": w.retry, "discard": w.discard, "restore": w.restore,
		"edit": w.edit, "withdrawn": w.withdrawn, "retry all": w.retryAll, "release all": w.releaseAll,
		"discard all": w.discardAll, "hurry": w.hurry,
		"sign in": w.signIn, "sign out": w.signOut, "claim unowned": w.claimUnowned,
		"purge": w.purge, "compact": w.compact, "restart": w.restart, "kill": w.kill, "clock": w.turnClock,
		"claim again": w.claim, "settle again": w.settle, // they lead on: more often
		"add again": w.add,
	}
	actions := map[string]func(*rapid.T){"": w.holds}
	for name, verb := range verbs {
		actions[name] = func(*rapid.T) { w.steps++; verb() }
	}
	return actions
}

// told is the problem that an item shows: its own, or that it is not the signed-in user's.
func (w *world) told(m *modelItem) string {
	switch {
	case m.code != "" || !m.in(outbox.Waiting) || w.current == nil || m.account.Same(w.current):
		return m.code
	case m.account == nil:
		return outbox.ProblemClaim
	}
	return outbox.ProblemOther
}

// holds looks at the promise after each step.
func (w *world) holds(*rapid.T) {
	w.must(wellOrdered(w.store))
	counts, err := w.store.Counts()
	w.must(err)
	if counts.Captured != len(w.items) {
		w.Fatalf("%d items captured, want %d", counts.Captured, len(w.items))
	}
	var first *time.Time
	for _, m := range w.items {
		item, err := w.store.Get(m.id)
		w.must(err)
		w.same(m, item)
		if falls := w.due(m); m.in(outbox.Waiting) && m.account.Same(w.current) && w.current != nil && (first == nil || falls.Before(*first)) {
			first = &falls
		}
	}
	falls, any, err := w.store.Due()
	w.must(err)
	if any != (first != nil) || any && !falls.Equal(*first) {
		w.Fatalf("the next one is due at %v (%v), want %v", falls, any, first)
	}
}

func (w *world) same(m *modelItem, item outbox.Item) {
	w.Helper()
	want := fmt.Sprintf("%s, %d attempts, problem %q, purged %v, record %v, delivered %v, next %v",
		m.state, m.attempts, w.told(m), m.purged, m.record, at(m.deliveredAt), at(m.nextAt))
	code := ""
	if item.Problem != nil {
		code = item.Problem.Code
	}
	got := fmt.Sprintf("%s, %d attempts, problem %q, purged %v, record %v, delivered %v, next %v",
		item.State, item.Attempts, code, item.Purged, item.Record != nil, at(item.DeliveredAt), at(item.NextAttemptAt))
	if got != want {
		w.Fatalf("%s is %s\nwant %s", m.id, got, want)
	}
	if !item.Account.Same(m.account) {
		w.Fatalf("%s belongs to %+v, want %+v", m.id, item.Account, m.account)
	}
	if !m.purged {
		w.sameContent(m.id, contentOf(m.key, m.version), item.Activity)
	}
}

func (w *world) sameContent(what string, want, got activity.Activity) {
	w.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		w.Fatalf("%s: %s", what, diff)
	}
}

// at is a time as it is stored.
func at(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Round(time.Microsecond).UnixMicro()
}

// due is a time as it is waited for: never too early.
func due(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.UnixMilli(t.Round(time.Microsecond).Add(time.Millisecond - 1).UnixMilli())
}

// due is when an item that waits falls due, the zero time for at once: also where the
// clock was set back so far that it would have to wait too long.
func (w *world) due(m *modelItem) time.Time {
	falls := due(m.nextAt)
	if falls.Sub(w.clock) > 2*time.Hour {
		return time.Time{}
	}
	return falls
}

func (w *world) pick(name string) *modelItem {
	if len(w.items) == 0 {
		w.Skip("no items yet")
	}
	return rapid.SampledFrom(w.items).Draw(w.T, name)
}

// refused holds a verb against the model: done, or refused and nothing changed.
func (w *world) refused(err error, allowed bool, verb string, m *modelItem) bool {
	w.Helper()
	var refusal *outbox.StateError
	switch {
	case allowed:
		w.must(err)
	case !errors.As(err, &refusal) || refusal.State != m.state:
		w.Fatalf("%s of %s, which is %s: %v", verb, m.id, m.state, err)
	}
	return !allowed
}

func (w *world) add() {
	keys := rapid.SliceOfN(rapid.IntRange(0, 30), 1, 3).Draw(w.T, "keys")
	held := rapid.Bool().Draw(w.T, "held")
	var drafts []outbox.Draft
	var want []*modelItem
	fresh := map[string]*modelItem{}
	for _, n := range keys {
		key := fmt.Sprint("k", n)
		if n == 0 {
			key = "" // cannot be repeated
		}
		draft := draftOf(key)
		m := w.keyed(key, fresh)
		if m == nil {
			m = &modelItem{key: key, version: 1, state: outbox.Waiting, account: w.current}
			if held {
				draft.Hold = &outbox.Problem{Code: "private", Who: outbox.You}
				m.state, m.code = outbox.Held, "private"
			}
			fresh[key] = m
			w.items = append(w.items, m)
		}
		drafts, want = append(drafts, draft), append(want, m)
	}
	receipts, err := w.store.Add(context.Background(), drafts)
	w.must(err)
	for i, r := range receipts {
		if want[i].id == "" {
			want[i].id = r.ID
		}
		if r.ID != want[i].id || r.State != want[i].state {
			w.Fatalf("the receipt for key %q says %+v, want %s %s", want[i].key, r, want[i].id, want[i].state)
		}
	}
	if !slices.IsSortedFunc(w.items, func(a, b *modelItem) int { return strings.Compare(a.id, b.id) }) {
		w.Fatal("ids do not sort by capture")
	}
}

func (w *world) keyed(key string, fresh map[string]*modelItem) *modelItem {
	if key == "" {
		return nil
	}
	for _, m := range w.items {
		if m.key == key {
			return m
		}
	}
	return fresh[key]
}

func (w *world) claim() {
	most := rapid.IntRange(1, 6).Draw(w.T, "most")
	work, next, err := w.store.Claim(most, "key")
	w.must(err)
	var want []*modelItem
	var wantNext time.Time
	for _, m := range w.items {
		if w.current == nil || m.state != outbox.Waiting || !m.account.Same(w.current) {
			continue
		}
		switch falls := w.due(m); {
		case falls.After(w.clock):
			if wantNext.IsZero() || falls.Before(wantNext) {
				wantNext = falls
			}
			continue
		case len(want) == most:
			wantNext = w.clock
		default:
			want = append(want, m)
			continue
		}
		break
	}
	if len(work) != len(want) || !next.Equal(wantNext) {
		w.Fatalf("claimed %d, next %v; want %d, next %v", len(work), next, len(want), wantNext)
	}
	for i, m := range want {
		w.sameWork(m, work[i])
		m.state, m.nextAt = outbox.Sending, time.Time{}
	}
}

func (w *world) sameWork(m *modelItem, work outbox.Work) {
	w.Helper()
	if work.ID != m.id || work.Attempts != m.attempts || (work.Doubt != nil) != m.doubt || work.Pending != m.pending || (work.Sent != nil) != (m.sent > 0) {
		w.Fatalf("want %+v, claimed with sent %v: %+v", m, work.Sent != nil, work)
	}
	w.sameContent("claimed "+m.id, contentOf(m.key, m.version), work.Activity)
	if m.sent > 0 {
		w.sameContent("what Salesforce has of "+m.id, contentOf(m.key, m.sent), *work.Sent)
	}
}

func (w *world) settle() {
	var outcomes []outbox.Outcome
	for _, m := range w.items {
		if m.state != outbox.Sending && rapid.IntRange(0, 9).Draw(w.T, "astray") > 0 || rapid.Bool().Draw(w.T, "later") {
			continue
		}
		o := w.outcome(m)
		outcomes = append(outcomes, o)
		if m.state == outbox.Sending { // else it is left as it is
			m.settle(&o, w.clock)
		}
	}
	if len(outcomes) == 0 {
		w.Skip("nothing to settle")
	}
	w.must(w.store.Settle(outcomes))
}

// outcome draws what a sender may find.
func (w *world) outcome(m *modelItem) outbox.Outcome {
	o := outbox.Outcome{ID: m.id, Answered: rapid.Bool().Draw(w.T, "answered")}
	o.To = rapid.SampledFrom([]outbox.State{outbox.Waiting, outbox.Delivered, outbox.NeedsAttention, outbox.Held}).Draw(w.T, "to")
	if o.To == outbox.Delivered {
		o.Record = &outbox.Record{ID: "00T000000000001AAA", Object: "Task"}
		o.Existing = rapid.Bool().Draw(w.T, "existing")
		return o
	}
	o.Problem = &outbox.Problem{Code: rapid.SampledFrom([]string{"one", "two"}).Draw(w.T, "code"), Who: outbox.You}
	if o.To == outbox.Waiting {
		o.NextAt = w.clock.Add(time.Duration(rapid.IntRange(0, int(time.Hour)).Draw(w.T, "next")))
	}
	if m.doubt && m.pending == outbox.PendingCreate {
		o.Absent = rapid.Bool().Draw(w.T, "absent")
	}
	o.Doubtful = rapid.Bool().Draw(w.T, "doubtful")
	return o
}

func (m *modelItem) settle(o *outbox.Outcome, now time.Time) {
	doubted := m.doubt
	m.state, m.nextAt, m.code = o.To, o.NextAt, ""
	if o.Answered {
		m.attempts++
	}
	if o.Problem != nil {
		m.code = o.Problem.Code
	}
	m.doubt = m.doubt && !o.Absent || o.Doubtful
	if o.Absent {
		m.sent = 0
	}
	if o.To != outbox.Delivered {
		return
	}
	m.doubt = false
	switch {
	case m.pending != outbox.PendingCreate: // the record is as the item now
		m.pending, m.sent = outbox.PendingCreate, 0
	case doubted && o.Existing && m.sent > 0: // an earlier call wrote what was then edited
		m.record, m.deliveredAt = true, now
		m.state, m.pending = outbox.Waiting, outbox.PendingUpdate
	default:
		m.record, m.deliveredAt, m.sent = true, now, 0
	}
}

func (w *world) unclaim() {
	var ids []string
	for _, m := range w.items {
		if rapid.Bool().Draw(w.T, "back") {
			continue
		}
		ids = append(ids, m.id)
		if m.state == outbox.Sending {
			m.state = outbox.Waiting
		}
	}
	w.must(w.store.Unclaim(ids))
}

// moved is what every verb but an edit does.
func (m *modelItem) moved(to outbox.State) {
	m.state, m.code = to, ""
	if !m.doubt {
		m.nextAt = time.Time{}
	}
}

func (m *modelItem) in(states ...outbox.State) bool { return slices.Contains(states, m.state) }

func (w *world) hold() {
	m := w.pick("held")
	if !w.refused(w.store.Hold(m.id), m.in(outbox.Waiting, outbox.NeedsAttention), "hold", m) {
		m.moved(outbox.Held)
	}
}

func (w *world) release() {
	m := w.pick("released")
	if !w.refused(w.store.Release(m.id), m.in(outbox.Held), "release", m) {
		m.moved(outbox.Waiting)
	}
}

func (w *world) retry() {
	m := w.pick("retried")
	if !w.refused(w.store.Retry(m.id), m.in(outbox.Waiting, outbox.NeedsAttention), "retry", m) {
		m.moved(outbox.Waiting)
	}
}

func (w *world) discard() {
	m := w.pick("discarded")
	if !w.refused(w.store.Discard(m.id), m.in(outbox.Waiting, outbox.NeedsAttention, outbox.Held), "discard", m) {
		m.discard(w.clock)
	}
}

// discard puts an item into the bin; a change of its record is only given up.
func (m *modelItem) discard(now time.Time) {
	if m.pending == outbox.PendingCreate {
		m.moved(outbox.Discarded)
		m.discardedAt = now
		return
	}
	m.state, m.code, m.nextAt, m.pending = outbox.Delivered, "", time.Time{}, outbox.PendingCreate
	if m.sent > 0 {
		m.version, m.sent = m.sent, 0
	}
}

func (w *world) restore() {
	m := w.pick("restored")
	if !w.refused(w.store.Restore(m.id), m.in(outbox.Discarded) && !m.purged && !m.record, "restore", m) {
		m.moved(outbox.Waiting)
	}
}

func (w *world) edit() {
	m, delivered := w.pick("edited"), rapid.Bool().Draw(w.T, "delivered")
	allowed := (m.in(outbox.Waiting, outbox.NeedsAttention, outbox.Held) || m.in(outbox.Delivered) && delivered) && !m.purged
	version := rapid.IntRange(1, 4).Draw(w.T, "version")
	err := w.store.Edit(m.id, delivered, func(a *activity.Activity) error {
		*a = contentOf(m.key, version)
		a.Key = "a key is not edited"
		return nil
	})
	if w.refused(err, allowed, "edit", m) {
		return
	}
	if m.sent == 0 && (m.doubt || m.in(outbox.Delivered)) {
		m.sent = m.version
	}
	m.version = version
	switch m.state {
	case outbox.Delivered:
		m.state, m.pending, m.nextAt = outbox.Waiting, outbox.PendingUpdate, time.Time{}
	case outbox.NeedsAttention:
		m.state, m.nextAt = outbox.Waiting, time.Time{}
	}
	if m.state == outbox.Waiting {
		m.code = ""
	}
}

func (w *world) withdrawn() {
	m := w.pick("withdrawn")
	if !w.refused(w.store.Withdrawn(m.id), m.in(outbox.Delivered), "withdraw", m) {
		m.state, m.discardedAt = outbox.Discarded, w.clock
	}
}

// all applies a verb to the items in some states that have a problem's code.
func (w *world) all(verb func() (int, error), move func(*modelItem), code string, states ...outbox.State) {
	n, err := verb()
	w.must(err)
	want := 0
	for _, m := range w.items {
		if m.in(states...) && (code == "" || m.code == code) {
			move(m)
			want++
		}
	}
	if n != want {
		w.Fatalf("%d items were moved, want %d", n, want)
	}
}

func (w *world) retryAll() {
	code := rapid.SampledFrom([]string{"", "one", "two"}).Draw(w.T, "code")
	w.all(func() (int, error) { return w.store.RetryAll(code) }, func(m *modelItem) { m.moved(outbox.Waiting) },
		code, outbox.Waiting, outbox.NeedsAttention)
}

func (w *world) releaseAll() {
	w.all(func() (int, error) { return w.store.ReleaseAll("private") }, func(m *modelItem) { m.moved(outbox.Waiting) },
		"private", outbox.Held)
}

func (w *world) discardAll() {
	if rapid.IntRange(0, 9).Draw(w.T, "really") > 0 {
		w.Skip("seldom: little is left to do after it")
	}
	w.all(w.store.DiscardAll, func(m *modelItem) { m.discard(w.clock) }, "", outbox.Waiting, outbox.NeedsAttention, outbox.Held)
}

func (w *world) hurry() {
	w.must(w.store.Hurry())
	for _, m := range w.items {
		if m.in(outbox.Waiting) && !m.doubt {
			m.nextAt = time.Time{}
		}
	}
}

func (w *world) signIn() {
	account := rapid.SampledFrom([]*outbox.Account{&rep, &rep, &rep, &other}).Draw(w.T, "account")
	w.must(w.store.SignIn(*account, []byte("profile")))
	w.current = account
	if !slices.Contains(w.known, account) {
		w.known = append(w.known, account)
	}
	if len(w.known) == 1 {
		w.adopt()
	}
}

func (w *world) signOut() {
	w.must(w.store.SignOut())
	w.current = nil
}

func (w *world) claimUnowned() {
	w.must(w.store.ClaimUnowned())
	w.adopt()
}

func (w *world) adopt() {
	for _, m := range w.items {
		if m.account == nil && m.in(outbox.Waiting, outbox.NeedsAttention, outbox.Held) {
			m.account = w.current
		}
	}
}

func (w *world) purge() {
	ago := func(name string) time.Time {
		return w.clock.Add(-time.Duration(rapid.IntRange(0, 60).Draw(w.T, name)) * 24 * time.Hour)
	}
	delivered, discarded := ago("delivered"), ago("discarded")
	n, err := w.store.Purge(delivered, discarded)
	w.must(err)
	want := 0
	for _, m := range w.items {
		over := m.in(outbox.Delivered) && due(m.deliveredAt).Before(delivered) || m.in(outbox.Discarded) && due(m.discardedAt).Before(discarded)
		if over && !m.purged {
			m.purged, m.code = true, ""
			want++
		}
	}
	if n != want {
		w.Fatalf("%d items were purged, want %d", n, want)
	}
}

func (w *world) compact() {
	_, _, err := w.store.Compact()
	w.must(err)
}

func (w *world) restart() {
	w.must(w.store.Close())
	w.open()
	w.started()
}

// kill goes on with a copy of the files of a store that nobody closed.
func (w *world) kill() {
	next := w.home + "k"
	files := map[string][]byte{}
	for _, name := range []string{"outbox.db", "outbox.keys", "outbox.db.open"} {
		content, err := os.ReadFile(filepath.Join(w.home, name))
		w.must(err)
		files[name] = content
	}
	w.must(w.store.Close())
	w.must(os.RemoveAll(w.home))
	w.must(writeHome(next, files))
	w.home = next
	w.open()
	w.started()
}

// started is what a start does: what was being sent is in doubt.
func (w *world) started() {
	for _, m := range w.items {
		if m.in(outbox.Sending) {
			m.state, m.doubt, m.nextAt = outbox.Waiting, true, time.Time{}
		}
	}
	account, profile, err := w.store.Current()
	w.must(err)
	if !account.Same(w.current) || w.current != nil && string(profile) != "profile" {
		w.Fatalf("signed in is %+v, want %+v", account, w.current)
	}
}

func (w *world) turnClock() {
	by := rapid.SampledFrom([]time.Duration{time.Minute, time.Hour, 24 * time.Hour, 40 * 24 * time.Hour, -time.Hour, -365 * 24 * time.Hour}).Draw(w.T, "by")
	w.clock = w.clock.Add(by + time.Duration(rapid.IntRange(0, 2_000_000).Draw(w.T, "odd")))
}
