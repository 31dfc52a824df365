package outbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"fieldpost/outbox/activity"
)

var rep = Account{OrgID: "00D000000000001AAA", UserID: "005000000000001AAA", Username: "ana.ruiz@acme.example"}

// bench is a store on a real file with a clock the test turns.
type bench struct {
	*Store
	t        *testing.T
	path     string
	identity *age.X25519Identity
	clock    time.Time
	mu       sync.Mutex
	changed  []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "outbox.db"), identity: identity, clock: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)}
	b.open(identity)
	t.Cleanup(func() { b.Close() })
	return b
}

func (b *bench) open(identity age.Identity) {
	b.t.Helper()
	store, err := Open(b.path, Options{
		Recipients: []age.Recipient{b.identity.Recipient()},
		Identity:   identity,
		Now:        func() time.Time { return b.clock },
		OnChange:   b.note,
		LockWait:   50 * time.Millisecond,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.Store = store
}

func (b *bench) note(ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changed = append(b.changed, ids...)
}

// restart closes and opens the store as a crashed and restarted process would.
func (b *bench) restart() {
	b.t.Helper()
	b.must(b.Close())
	b.open(b.identity)
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) add(key string) string {
	b.t.Helper()
	receipts, err := b.Add(b.t.Context(), []Draft{share(key)})
	b.must(err)
	return receipts[0].ID
}

func (b *bench) claim(most int) []Work {
	b.t.Helper()
	work, _, err := b.Claim(most, "key")
	b.must(err)
	return work
}

func (b *bench) get(id string) Item {
	b.t.Helper()
	item, err := b.Get(id)
	b.must(err)
	return item
}

func (b *bench) wantState(id string, want State) {
	b.t.Helper()
	if got := b.get(id).State; got != want {
		b.t.Errorf("%s is %s, want %s", id, got, want)
	}
}

func (b *bench) wantCounts(want map[State]int) {
	b.t.Helper()
	counts, err := b.Counts()
	b.must(err)
	sum := 0
	for _, s := range States {
		if counts.ByState[s] != want[s] {
			b.t.Errorf("%d %s, want %d", counts.ByState[s], s, want[s])
		}
		sum += counts.ByState[s]
	}
	if counts.Captured != sum {
		b.t.Errorf("captured %d is not the sum of the states %d", counts.Captured, sum)
	}
}

func share(key string) Draft {
	return Draft{Source: FromCLI, Activity: activity.Activity{
		Kind: activity.Share, Channel: activity.Email, Subject: "Brochure " + key, Key: key,
		People: []activity.Person{{Email: "ana@acme.test", Name: "Ana Müller"}},
	}}
}

func TestAnAcknowledgedActivityIsThereAfterARestart(t *testing.T) {
	b := newBench(t)
	id := b.add("one")
	b.restart()
	item := b.get(id)
	if item.State != Waiting || item.Activity.Subject != "Brochure one" || !item.CapturedAt.Equal(b.clock) {
		t.Errorf("got %+v", item)
	}
	b.wantCounts(map[State]int{Waiting: 1})
}

func TestTheSameKeyTwiceGivesTheFirstReceipt(t *testing.T) {
	b := newBench(t)
	first, err := b.Add(b.t.Context(), []Draft{share("k")})
	b.must(err)
	b.clock = b.clock.Add(time.Hour)
	again := share("k")
	again.Activity.Subject = "another text"
	second, err := b.Add(b.t.Context(), []Draft{again, share("new")})
	b.must(err)
	want := first[0]
	want.Known = true
	if diff := cmp.Diff(want, second[0]); diff != "" {
		t.Error(diff)
	}
	if second[1].Known || second[1].ID == first[0].ID {
		t.Errorf("a new key was taken for a known one: %+v", second[1])
	}
	b.wantCounts(map[State]int{Waiting: 2})
	if len(b.changed) != 2 {
		t.Errorf("%d changes were told, want one per new item", len(b.changed))
	}
}

func TestOneArrayNamingAKeyTwiceCapturesOnce(t *testing.T) {
	b := newBench(t)
	receipts, err := b.Add(b.t.Context(), []Draft{share("k"), share("k")})
	b.must(err)
	if receipts[0].ID != receipts[1].ID || !receipts[1].Known {
		t.Errorf("got %+v", receipts)
	}
	b.wantCounts(map[State]int{Waiting: 1})
}

func TestClaimedWorkIsSettledAsDelivered(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.add("one")
	work := b.claim(10)
	if len(work) != 1 || work[0].ID != id || work[0].Doubt != nil {
		t.Fatalf("claimed %+v", work)
	}
	b.wantState(id, Sending)
	if again := b.claim(10); len(again) != 0 {
		t.Errorf("claimed again: %+v", again)
	}
	b.must(b.Settle([]Outcome{{ID: id, To: Delivered, Answered: true, Record: &Record{ID: "00T000000000001AAA", Object: "Task"}}}))
	item := b.get(id)
	if item.State != Delivered || item.Record.ID != "00T000000000001AAA" || item.Attempts != 1 {
		t.Errorf("got %+v", item)
	}
	codes := []string{}
	for _, n := range item.History {
		codes = append(codes, n.Code)
	}
	if diff := cmp.Diff([]string{NoteCaptured, NoteDelivered}, codes); diff != "" {
		t.Error(diff)
	}
	b.wantCounts(map[State]int{Delivered: 1})
}

func TestAClaimLeftOverAtStartIsADoubt(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.add("one")
	claimed := b.clock
	b.claim(1)
	b.clock = b.clock.Add(time.Minute)
	b.restart()
	b.wantState(id, Waiting)
	work := b.claim(1)
	if len(work) != 1 || work[0].Doubt == nil || !work[0].Doubt.Since.Equal(claimed) || work[0].Doubt.Mode != "key" {
		t.Fatalf("claimed %+v", work)
	}
}

func TestADoubtKeepsItsFirstTimeUntilItIsSettled(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.add("one")
	first := b.clock
	b.claim(1)
	b.must(b.Settle([]Outcome{{ID: id, To: Waiting, Doubtful: true}}))
	b.clock = b.clock.Add(time.Minute)
	b.claim(1)
	b.must(b.Settle([]Outcome{{ID: id, To: Waiting, Doubtful: true}}))
	work := b.claim(1)
	if !work[0].Doubt.Since.Equal(first) {
		t.Errorf("the doubt dates from %v, want %v", work[0].Doubt.Since, first)
	}
	b.must(b.Settle([]Outcome{{ID: id, To: Waiting, Absent: true}}))
	if work = b.claim(1); work[0].Doubt != nil {
		t.Errorf("a proven absence left the doubt %+v", work[0].Doubt)
	}
}

func TestAnEditIsTheDifferenceToWhatSalesforceHas(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.add("one")
	say := func(subject string) {
		b.must(b.Edit(id, true, func(a *activity.Activity) error { a.Subject = subject; return nil }))
	}
	b.claim(1)
	b.must(b.Settle([]Outcome{{ID: id, To: Waiting, Doubtful: true}}))
	say("edited in doubt")
	b.claim(1)
	b.must(b.Settle([]Outcome{{ID: id, To: Waiting, Absent: true}}))
	b.claim(1)
	b.must(b.Settle([]Outcome{{ID: id, To: Delivered, Record: &Record{ID: "00T000000000001AAA", Object: "Task"}}}))
	say("edited again")
	work := b.claim(1)
	if len(work) != 1 || work[0].Pending != PendingUpdate || work[0].Sent == nil || work[0].Sent.Subject != "edited in doubt" {
		t.Errorf("the update starts from %+v", work)
	}
}

func TestWorkIsClaimedInTheOrderOfCaptureAndWhenDue(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	late := b.add("late")
	b.claim(1)
	due := b.clock.Add(5 * time.Second)
	b.must(b.Settle([]Outcome{{ID: late, To: Waiting, NextAt: due, Problem: &Problem{Code: "offline", Who: Wait}}}))
	first, second := b.add("first"), b.add("second")
	work, next, err := b.Claim(1, "key")
	b.must(err)
	if work[0].ID != first || next.After(b.clock) {
		t.Errorf("claimed %s, next %v", work[0].ID, next)
	}
	work, next, err = b.Claim(5, "key")
	b.must(err)
	if len(work) != 1 || work[0].ID != second || !next.Equal(due) {
		t.Errorf("claimed %v, next %v, want %v", work, next, due)
	}
	b.clock = due
	if work := b.claim(5); len(work) != 1 || work[0].ID != late {
		t.Errorf("claimed %v when due", work)
	}
}

func TestNoTimeOfDayMakesAnIndexEntryLookDamaged(t *testing.T) {
	midnight := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for ms := range 1000 {
		for _, ns := range []time.Duration{0, 1, 119, 499, 500, 999, 1000, 999_499, 999_500, 999_999} {
			at := midnight.Add(time.Duration(ms)*time.Millisecond + ns)
			h := &head{State: Waiting, NextAt: at}
			value, err := h.encode(itemID{1})
			if err != nil {
				t.Fatal(err)
			}
			again, err := decodeHead(value, itemID{1})
			if err != nil {
				t.Fatal(err)
			}
			if !cmp.Equal(indexValue(h), indexValue(again)) {
				t.Fatalf("filed under %x at %v, read as %x", indexValue(h), at, indexValue(again))
			}
		}
	}
}

func TestItemsBelongToTheAccountThatCapturedThem(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	mine := b.add("mine")
	other := Account{OrgID: rep.OrgID, UserID: "005000000000002AAA", Username: "ben@acme.example"}
	b.must(b.SignIn(other, nil))
	theirs := b.add("theirs")
	if work := b.claim(5); len(work) != 1 || work[0].ID != theirs {
		t.Errorf("claimed %v under another user", work)
	}
	b.must(b.SignOut())
	orphan := b.add("orphan")
	if work := b.claim(5); len(work) != 0 {
		t.Errorf("claimed %v while signed out", work)
	}
	b.must(b.SignIn(rep, nil))
	if work := b.claim(5); len(work) != 1 || work[0].ID != mine {
		t.Errorf("claimed %v, want only the rep's own", work)
	}
	if p := b.get(orphan).Problem; p == nil || p.Code != ProblemClaim {
		t.Errorf("what nobody owns says %+v", p)
	}
	b.must(b.Unclaim([]string{theirs}))
	if p := b.get(theirs).Problem; p == nil || p.Code != ProblemOther || p.Args["username"] != other.Username {
		t.Errorf("another user's item says %+v", p)
	}
	if n, err := b.Unowned(); n != 1 || err != nil {
		t.Errorf("%d unowned, %v", n, err)
	}
	if got := b.get(orphan).Account; got != nil {
		t.Errorf("with two users known, %+v took what was captured signed out", got)
	}
	b.must(b.ClaimUnowned())
	if got := b.get(orphan).Account; !got.Same(&rep) {
		t.Errorf("claimed by %+v", got)
	}
}

func TestItemsCapturedSignedOutGoToTheOnlyUser(t *testing.T) {
	b := newBench(t)
	id := b.add("early")
	b.must(b.SignIn(rep, []byte("profile")))
	if work := b.claim(5); len(work) != 1 || work[0].ID != id {
		t.Errorf("claimed %v", work)
	}
	b.restart()
	account, profile, err := b.Current()
	b.must(err)
	if !account.Same(&rep) || string(profile) != "profile" {
		t.Errorf("signed in: %+v %q", account, profile)
	}
}

func TestContentIsSealedUntilTheKeychainOpens(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.add("secret")
	b.must(b.Close())
	b.open(nil)
	item := b.get(id)
	if !item.Sealed || item.State != Waiting || item.Activity.Subject != "" {
		t.Errorf("locked, got %+v", item)
	}
	if work := b.claim(5); len(work) != 0 {
		t.Errorf("claimed sealed work: %v", work)
	}
	fresh := b.add("while locked")
	if got := b.get(fresh); got.Sealed || got.Activity.Subject != "Brochure while locked" {
		t.Errorf("what this run captured reads %+v", got)
	}
	b.Unlock(b.identity)
	if got := b.get(id); got.Sealed || got.Activity.Subject != "Brochure secret" {
		t.Errorf("unlocked, got %+v", got)
	}
}

func TestVerbsMoveItemsOnlyFromWhereTheyFit(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.add("one")
	steps := []struct {
		verb func(string) error
		want State
	}{
		{b.Hold, Held}, {b.Release, Waiting}, {b.Discard, Discarded}, {b.Restore, Waiting}, {b.Retry, Waiting},
	}
	for _, step := range steps {
		b.must(step.verb(id))
		b.wantState(id, step.want)
	}
	b.must(b.Discard(id))
	var refused *StateError
	if err := b.Retry(id); !errors.As(err, &refused) || refused.State != Discarded {
		t.Errorf("retrying a discarded item: %v", err)
	}
	if err := b.Hold("no-such-id"); !errors.Is(err, ErrNotFound) {
		t.Errorf("holding nothing: %v", err)
	}
	if work := b.claim(5); len(work) != 0 {
		t.Errorf("claimed a discarded item: %v", work)
	}
	b.wantCounts(map[State]int{Discarded: 1})
}

func TestRetryByCodeTouchesOnlyItsCause(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	ids := []string{b.add("a"), b.add("b"), b.add("c")}
	b.claim(3)
	code := func(c string) *Problem { return &Problem{Code: c, Who: You, Args: Args{"address": "x@y.test"}} }
	b.must(b.Settle([]Outcome{
		{ID: ids[0], To: NeedsAttention, Problem: code("unresolved_person")},
		{ID: ids[1], To: NeedsAttention, Problem: code("STRING_TOO_LONG")},
		{ID: ids[2], To: NeedsAttention, Problem: code("unresolved_person")},
	}))
	if got := b.get(ids[0]).Problem; got == nil || got.Args["address"] != "x@y.test" {
		t.Errorf("the problem reads %+v", got)
	}
	n, err := b.RetryAll("unresolved_person")
	b.must(err)
	if n != 2 {
		t.Errorf("retried %d, want 2", n)
	}
	b.wantCounts(map[State]int{Waiting: 2, NeedsAttention: 1})
}

func TestListPagesNewestFirstWithoutLossOrDoubles(t *testing.T) {
	b := newBench(t)
	var want []string
	for i := range 25 {
		id := b.add(fmt.Sprint(i))
		want = append([]string{id}, want...)
	}
	b.must(b.Hold(want[3]))
	for _, state := range []State{"", Waiting} {
		var got []string
		cursor := ""
		for {
			items, next, err := b.List(Query{State: state, Limit: 7, Cursor: cursor})
			b.must(err)
			for _, item := range items {
				got = append(got, item.ID)
			}
			if cursor = next; cursor == "" {
				break
			}
		}
		expect := want
		if state == Waiting {
			expect = append(append([]string{}, want[:3]...), want[4:]...)
		}
		if diff := cmp.Diff(expect, got); diff != "" {
			t.Errorf("state %q: %s", state, diff)
		}
	}
	found, _, err := b.List(Query{Text: "brochure 17"})
	b.must(err)
	if len(found) != 1 || found[0].Activity.Subject != "Brochure 17" {
		t.Errorf("found %+v", found)
	}
}

func TestManyWritersShareCommitsAndNoneIsLost(t *testing.T) {
	b := newBench(t)
	var wg sync.WaitGroup
	const writers, each = 32, 20
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if _, err := b.Add(b.t.Context(), []Draft{share(fmt.Sprintf("%d-%d", w, i))}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.wantCounts(map[State]int{Waiting: writers * each})
}

func TestAFailingWriterDoesNotTakeOthersDown(t *testing.T) {
	b := newBench(t)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if i%4 == 0 {
				if err := b.Discard("018f0000-0000-7000-8000-000000000000"); !errors.Is(err, ErrNotFound) {
					t.Errorf("discarding nothing: %v", err)
				}
				return
			}
			if _, err := b.Add(b.t.Context(), []Draft{share(fmt.Sprint(i))}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	b.wantCounts(map[State]int{Waiting: 30})
}

func TestASecondOpenerIsTurnedAway(t *testing.T) {
	b := newBench(t)
	_, err := Open(b.path, Options{Recipients: []age.Recipient{b.identity.Recipient()}, Now: time.Now, LockWait: 50 * time.Millisecond})
	if !errors.Is(err, ErrInUse) {
		t.Errorf("got %v, want ErrInUse", err)
	}
}

func TestAFileThatWasLostIsOpenedAnew(t *testing.T) {
	b := newBench(t)
	id := b.add("one")
	b.must(b.db.Close())
	b.wantState(id, Waiting)
	b.must(b.db.Close())
	b.add("two")
	b.must(b.Close())
	if _, err := b.Get(id); !errors.Is(err, ErrClosed) {
		t.Errorf("read of a closed store: %v", err)
	}
	if _, err := b.Add(t.Context(), []Draft{share("three")}); !errors.Is(err, ErrClosed) {
		t.Errorf("captured in a closed store: %v", err)
	}
}

func TestAFullDiskIsKnownByItsTextAsWell(t *testing.T) {
	for _, full := range fullErrors {
		for _, err := range []error{full, fmt.Errorf("writing: %w", full), fmt.Errorf("file resize error: %s", full)} {
			if !isFull(err) {
				t.Errorf("%v is not taken for a full disk", err)
			}
		}
	}
	if isFull(nil) || isFull(ErrClosed) {
		t.Error("what is not full is taken for full")
	}
}

func TestIDsSortByCaptureWhateverTheClockDoes(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	last := itemID{}
	for i := range 10000 {
		at := now.Add(time.Duration(-i) * time.Hour)
		id := nextID(last, at)
		if id.String() <= last.String() {
			t.Fatalf("%s does not follow %s", id, last)
		}
		if id[6]>>4 != 7 || id[8]>>6 != 2 {
			t.Fatalf("%s is no UUID version 7", id)
		}
		last = id
	}
}

func TestEveryFlippedBitOfARecordIsNoticed(t *testing.T) {
	f := frame{kind: frameBody, key: keyID{1}, id: itemID{2}, revision: 3, payload: []byte("what the rep did")}
	value := f.encode()
	for bit := range len(value) * 8 {
		damaged := append([]byte{}, value...)
		damaged[bit/8] ^= 1 << (bit % 8)
		if _, err := expect(damaged, frameBody, f.id); !errors.Is(err, ErrDamaged) {
			t.Fatalf("bit %d flipped: %v", bit, err)
		}
	}
}

func FuzzDecodeFrame(f *testing.F) {
	good := frame{kind: frameHead, id: itemID{9}, payload: []byte("x")}
	f.Add(good.encode())
	f.Add([]byte("FP"))
	f.Fuzz(func(t *testing.T, data []byte) {
		decoded, err := decodeFrame(data)
		if err != nil {
			return
		}
		again, err := decodeFrame(decoded.encode())
		if err != nil || again.id != decoded.id || string(again.payload) != string(decoded.payload) {
			t.Errorf("%v does not survive a round trip: %v", decoded, err)
		}
	})
}

func TestWhatWaitsForAnAdministratorIsTriedAgain(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	admins, mine := b.add("admin's"), b.add("mine")
	b.claim(2)
	b.must(b.Settle([]Outcome{
		{ID: admins, To: NeedsAttention, Problem: &Problem{Code: "INSUFFICIENT_ACCESS", Who: Admin}},
		{ID: mine, To: NeedsAttention, Problem: &Problem{Code: "unresolved_person", Who: You}},
	}))
	n, err := b.RetryBy(Admin)
	b.must(err)
	if n != 1 {
		t.Errorf("%d tried again, want 1", n)
	}
	b.wantState(admins, Waiting)
	b.wantState(mine, NeedsAttention)
}

func TestWhatNeedsAttentionIsCountedByItsCauseEvenWhileSealed(t *testing.T) {
	b := newBench(t)
	if err := b.SignIn(rep, nil); err != nil {
		t.Fatal(err)
	}
	for i, code := range []string{"REQUIRED_FIELD_MISSING", "unresolved_person", "REQUIRED_FIELD_MISSING"} {
		b.add(fmt.Sprintf("share %d", i))
		work := b.claim(1)
		if err := b.Settle([]Outcome{{ID: work[0].ID, To: NeedsAttention, Problem: &Problem{Code: code, Who: Admin}}}); err != nil {
			t.Fatal(err)
		}
	}
	b.Close()
	b.open(nil)
	causes, err := b.Causes(NeedsAttention)
	want := []Cause{{"REQUIRED_FIELD_MISSING", Admin, 2}, {"unresolved_person", Admin, 1}}
	if diff := cmp.Diff(want, causes); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}
