package outbox

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fieldpost/outbox/activity"
)

// told is one version of a meeting.
func told(sequence int, subject string) Draft {
	return Draft{Source: FromFile, Activity: activity.Activity{
		Kind: activity.Meeting, UID: "visit@kunde.test", Sequence: sequence, Subject: subject,
		Key:   "ics:" + subject,
		Start: "2026-11-22T14:00:00+01:00", End: "2026-11-22T15:00:00+01:00",
		People: []activity.Person{{Email: "ana@kunde.test"}},
	}}
}

func cancelled(sequence int) Draft {
	d := told(sequence, "")
	d.Activity.Cancelled, d.Activity.Key = true, "ics:cancel"
	d.Activity.Start, d.Activity.End, d.Activity.People = "", "", nil
	return d
}

func deleting(sequence int) Draft {
	d := cancelled(sequence)
	d.DeleteCancelled = true
	return d
}

func of(versions ...Draft) []Draft { return versions }

func (b *bench) tell(d Draft) Receipt {
	b.t.Helper()
	receipts, err := b.Add(b.t.Context(), []Draft{d})
	b.must(err)
	return receipts[0]
}

var record = &Record{ID: "00U000000000001AAA", Object: "Event"}

// as brings a fresh meeting to where a case wants it.
func (b *bench) as(where string) string {
	b.t.Helper()
	id := b.tell(told(1, "Visit")).ID
	sent := func(o Outcome) {
		b.claim(1)
		o.ID = id
		b.must(b.Settle([]Outcome{o}))
	}
	switch where {
	case "waiting":
	case "held":
		b.must(b.Hold(id))
	case "in doubt":
		sent(Outcome{To: Waiting, Doubtful: true})
	case "in need of attention":
		sent(Outcome{To: NeedsAttention, Answered: true, Problem: &Problem{Code: "unresolved_person", Who: You}})
	case "being sent":
		b.claim(1)
	case "delivered":
		sent(Outcome{To: Delivered, Record: record, Answered: true})
	case "discarded":
		b.must(b.Discard(id))
	case "called off":
		b.tell(cancelled(2))
	case "deleted":
		sent(Outcome{To: Delivered, Record: record, Answered: true})
		b.tell(deleting(2))
		sent(Outcome{To: Delivered, Answered: true})
	}
	return id
}

func TestWhatACalendarTellsLaterIsFoldedIntoTheItem(t *testing.T) {
	for _, c := range []struct {
		where   string
		tell    Draft
		state   State
		pending Pending
		subject string
		note    string
	}{
		{"waiting", told(2, "Moved"), Waiting, PendingCreate, "Moved", NoteUpdated},
		{"waiting", told(1, "Again"), Waiting, PendingCreate, "Visit", ""},
		{"waiting", told(0, "Older"), Waiting, PendingCreate, "Visit", ""},
		{"waiting", cancelled(1), Discarded, PendingCreate, "Visit", NoteNeverSent},
		{"waiting", cancelled(0), Waiting, PendingCreate, "Visit", ""},
		{"waiting", deleting(2), Discarded, PendingCreate, "Visit", NoteNeverSent},
		{"held", told(2, "Moved"), Held, PendingCreate, "Moved", NoteUpdated},
		{"held", cancelled(2), Discarded, PendingCreate, "Visit", NoteNeverSent},
		{"in need of attention", told(2, "Moved"), Waiting, PendingCreate, "Moved", NoteUpdated},
		{"in need of attention", cancelled(2), Discarded, PendingCreate, "Visit", NoteNeverSent},
		{"in doubt", told(2, "Moved"), Waiting, PendingCreate, "Moved", NoteUpdated},
		{"in doubt", cancelled(2), Waiting, PendingCreate, "Visit", NoteCalledOff},
		{"delivered", told(2, "Moved"), Waiting, PendingUpdate, "Moved", NoteUpdated},
		{"delivered", told(2, "Visit"), Delivered, PendingCreate, "Visit", ""},
		{"delivered", cancelled(1), Waiting, PendingUpdate, "Visit", NoteCalledOff},
		{"delivered", deleting(1), Waiting, PendingDelete, "Visit", NoteCalledOff},
		{"discarded", told(2, "Moved"), Discarded, PendingCreate, "Moved", ""},
		{"discarded", cancelled(2), Discarded, PendingCreate, "Visit", ""},
		{"called off", told(3, "Moved"), Waiting, PendingCreate, "Moved", NoteTakesPlace},
		{"called off", told(2, "Moved"), Discarded, PendingCreate, "Visit", ""},
		{"called off", cancelled(3), Discarded, PendingCreate, "Visit", ""},
		{"deleted", told(3, "Moved"), Waiting, PendingCreate, "Moved", NoteTakesPlace},
	} {
		name := c.where + ", " + c.tell.Activity.Key + " " + string(c.state)
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.must(b.SignIn(rep, nil))
			id := b.as(c.where)
			before := codesOf(b.get(id).History)
			receipt := b.tell(c.tell)
			if receipt.ID != id || !receipt.Known || receipt.State != c.state {
				t.Errorf("the receipt is %+v", receipt)
			}
			item := b.get(id)
			if item.State != c.state || item.Activity.Subject != c.subject {
				t.Errorf("it is %s and says %q", item.State, item.Activity.Subject)
			}
			after := codesOf(item.History)
			if fresh := slices.DeleteFunc(after, func(code string) bool { return slices.Contains(before, code) }); strings.Join(fresh, " ") != c.note {
				t.Errorf("its story goes on with %v, want %q", fresh, c.note)
			}
			if c.state == Waiting {
				if work := b.claim(5); len(work) != 1 || work[0].Pending != c.pending || c.pending == PendingUpdate && work[0].Sent == nil {
					t.Errorf("claimed as %+v", work)
				}
			}
			b.sound()
		})
	}
}

func codesOf(history []Note) (codes []string) {
	for _, n := range history {
		codes = append(codes, n.Code)
	}
	return codes
}

// sound holds the indexes and counters against the items.
func (b *bench) sound() {
	b.t.Helper()
	report, err := b.Check()
	b.must(err)
	if len(report.Damaged) > 0 {
		b.t.Errorf("damaged: %v", report.Damaged)
	}
	counts, err := b.Counts()
	b.must(err)
	if counts.Captured != report.Items {
		b.t.Errorf("%d items, %d counted", report.Items, counts.Captured)
	}
}

func TestWhatComesWhileAnItemIsSentIsFoldedInOnceThatIsSettled(t *testing.T) {
	for name, c := range map[string]struct {
		tell    []Draft
		settle  Outcome
		state   State
		pending Pending
		sent    string // what Salesforce has
		says    string
	}{
		"changed, delivered":            {of(told(2, "Moved")), Outcome{To: Delivered, Record: record}, Waiting, PendingUpdate, "Visit", "Moved"},
		"changed, to be sent again":     {of(told(2, "Moved")), Outcome{To: Waiting, Answered: true}, Waiting, PendingCreate, "", "Moved"},
		"changed, doubtful":             {of(told(2, "Moved")), Outcome{To: Waiting, Doubtful: true}, Waiting, PendingCreate, "Visit", "Moved"},
		"cancelled, delivered":          {of(cancelled(2)), Outcome{To: Delivered, Record: record}, Waiting, PendingUpdate, "Visit", "Visit"},
		"cancelled, delivered, deletes": {of(deleting(2)), Outcome{To: Delivered, Record: record}, Waiting, PendingDelete, "", "Visit"},
		"cancelled, refused":            {of(cancelled(2)), Outcome{To: NeedsAttention, Answered: true}, Discarded, "", "", "Visit"},
		"cancelled, doubtful, deletes":  {of(deleting(2)), Outcome{To: Waiting, Doubtful: true}, Waiting, PendingCreate, "Visit", "Visit"},
		"changed twice":                 {of(told(2, "Moved"), told(3, "Moved again")), Outcome{To: Delivered, Record: record}, Waiting, PendingUpdate, "Visit", "Moved again"},
		"changed, then cancelled":       {of(told(2, "Moved"), cancelled(2)), Outcome{To: Delivered, Record: record}, Waiting, PendingUpdate, "Visit", "Moved"},
		"changed, cancelled, refused":   {of(told(2, "Moved"), cancelled(2)), Outcome{To: NeedsAttention, Answered: true}, Discarded, "", "", "Moved"},
		"changed, cancelled, deletes":   {of(told(2, "Moved"), deleting(2)), Outcome{To: Delivered, Record: record}, Waiting, PendingDelete, "", "Visit"},
		"cancelled, then takes place":   {of(cancelled(2), told(3, "After all")), Outcome{To: Delivered, Record: record}, Waiting, PendingUpdate, "Visit", "After all"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.must(b.SignIn(rep, nil))
			id := b.as("being sent")
			b.tell(told(1, "Again"))
			for _, version := range c.tell {
				b.tell(version)
			}
			b.wantState(id, Sending)
			c.settle.ID = id
			b.must(b.Settle([]Outcome{c.settle}))
			b.wantState(id, c.state)
			if a := b.get(id).Activity; a.Subject != c.says {
				t.Errorf("it says %q, want %q", a.Subject, c.says)
			}
			if c.state == Waiting {
				work := b.claim(1)
				sent := ""
				if len(work) == 1 && work[0].Sent != nil {
					sent = work[0].Sent.Subject
				}
				if len(work) != 1 || work[0].Pending != c.pending || sent != c.sent {
					t.Errorf("claimed %+v, which Salesforce has as %q", work, sent)
				}
			}
			b.sound()
		})
	}
}

func TestAMeetingCancelledInDoubtIsDeletedWhereItIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		tell   Draft
		settle Outcome
		state  State
		next   Pending
	}{
		"found, to be marked":  {cancelled(2), Outcome{To: Delivered, Record: record, Existing: true}, Waiting, PendingUpdate},
		"found, to be deleted": {deleting(2), Outcome{To: Delivered, Record: record, Existing: true}, Waiting, PendingDelete},
		"not there":            {deleting(2), Outcome{To: Discarded, Absent: true}, Discarded, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.must(b.SignIn(rep, nil))
			id := b.as("in doubt")
			b.tell(c.tell)
			b.claim(1)
			c.settle.ID = id
			b.must(b.Settle([]Outcome{c.settle}))
			b.wantState(id, c.state)
			if work := b.claim(1); c.state == Waiting && (len(work) != 1 || work[0].Pending != c.next) {
				t.Errorf("claimed %+v", work)
			}
			b.sound()
		})
	}
}

func TestACancellationOfWhatIsNotKnownYetIsRemembered(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	receipt := b.tell(cancelled(2))
	if receipt.Known || receipt.State != Discarded {
		t.Errorf("the receipt is %+v", receipt)
	}
	if again := b.tell(told(1, "Visit")); again.ID != receipt.ID || again.State != Discarded {
		t.Errorf("what it cancels is %+v", again)
	}
	b.wantCounts(map[State]int{Discarded: 1})
}

func TestOneInstanceCancelledLeavesTheOthersAlone(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	instance := func(d Draft, at activity.Moment) Draft {
		d.Activity.Recurrence, d.Activity.Key = at, d.Activity.Key+string(at)
		return d
	}
	first := b.tell(instance(told(1, "Weekly"), "2026-11-16T09:00:00+01:00")).ID
	second := b.tell(instance(told(1, "Weekly"), "2026-11-23T09:00:00+01:00")).ID
	if got := b.tell(instance(cancelled(1), "2026-11-16T08:00:00Z")).ID; got != first {
		t.Errorf("the same instant in another offset is another instance: %s", got)
	}
	b.wantState(first, Discarded)
	b.wantState(second, Waiting)
	b.tell(cancelled(2)) // the series is: what took place did
	b.wantState(second, Waiting)
}

func TestWhatTheRepChoseOutlivesAnUpdate(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.as("waiting")
	b.must(b.Edit(id, false, func(a *activity.Activity) error {
		a.RelatedTo = &activity.Related{ID: "006000000000001AAA"}
		a.People = []activity.Person{{Email: "ana@kunde.test", ID: "003000000000001AAA"}, {Email: "out@kunde.test"}}
		return nil
	}))
	moved := told(2, "Moved")
	moved.Activity.People = append(moved.Activity.People, activity.Person{Email: "bea@kunde.test"})
	b.tell(moved)
	a := b.get(id).Activity
	var people []string
	for _, p := range a.People {
		people = append(people, p.Email+p.ID)
	}
	want := []string{"ana@kunde.test003000000000001AAA", "bea@kunde.test"}
	if !slices.Equal(people, want) || a.RelatedTo == nil || a.Key != "ics:Visit" || a.Subject != "Moved" {
		t.Errorf("%v %+v %s %s", people, a.RelatedTo, a.Key, a.Subject)
	}
}

func TestAnUpdateThatComesWhileTheKeychainIsLockedIsFoldedInLater(t *testing.T) {
	for name, c := range map[string]struct {
		where   string
		tell    []Draft
		state   State
		pending Pending
		subject string
	}{
		"waiting":                       {"waiting", of(told(2, "Moved")), Waiting, PendingCreate, "Moved"},
		"cancelled":                     {"waiting", of(cancelled(2)), Discarded, PendingCreate, "Visit"},
		"delivered":                     {"delivered", of(told(2, "Moved")), Waiting, PendingUpdate, "Moved"},
		"delivered, cancelled":          {"delivered", of(cancelled(2)), Waiting, PendingUpdate, "Visit"},
		"delivered, deleted":            {"delivered", of(deleting(2)), Waiting, PendingDelete, "Visit"},
		"held":                          {"held", of(told(2, "Moved")), Held, PendingCreate, "Moved"},
		"changed, then cancelled":       {"waiting", of(told(2, "Moved"), cancelled(2)), Discarded, PendingCreate, "Moved"},
		"delivered, changed, cancelled": {"delivered", of(told(2, "Moved"), cancelled(2)), Waiting, PendingUpdate, "Moved"},
		"delivered, changed, deleted":   {"delivered", of(told(2, "Moved"), deleting(2)), Waiting, PendingDelete, "Visit"},
		"delivered, and after all":      {"delivered", of(cancelled(2), told(3, "After all")), Waiting, PendingUpdate, "After all"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.must(b.SignIn(rep, nil))
			id := b.as(c.where)
			b.must(b.Close())
			b.open(nil)
			for _, version := range c.tell {
				b.tell(version)
			}
			b.wantState(id, c.state)
			b.must(b.Close())
			b.open(nil)
			b.Unlock(b.identity)
			if item := b.get(id); item.Activity.Subject != c.subject || item.State != c.state {
				t.Errorf("unlocked it is %s and says %q", item.State, item.Activity.Subject)
			}
			if c.state == Waiting {
				work := b.claim(1)
				if len(work) != 1 || work[0].Pending != c.pending || work[0].Activity.Subject != c.subject {
					t.Fatalf("claimed %+v", work)
				}
				if c.pending == PendingUpdate && (work[0].Sent == nil || work[0].Sent.Subject != "Visit") {
					t.Errorf("Salesforce has %+v", work[0].Sent)
				}
			}
			if files := b.get(id); files.Sealed {
				t.Error("it is sealed")
			}
			b.sound()
		})
	}
}

func TestWhatWasKeptWhileTheKeychainWasLockedOutlivesACancellation(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.as("delivered")
	b.must(b.Close())
	b.open(nil)
	b.tell(told(2, "Moved"))
	b.Unlock(b.identity)
	b.tell(cancelled(2))
	work := b.claim(1)
	if len(work) != 1 || work[0].ID != id || !work[0].Activity.Cancelled || work[0].Activity.Subject != "Moved" {
		t.Errorf("claimed %+v", work)
	}
	b.sound()
}

func TestWhatIsRestoredSaysWhatItsCalendarToldMeanwhile(t *testing.T) {
	for _, where := range []string{"discarded", "called off"} {
		t.Run(where, func(t *testing.T) {
			b := newBench(t)
			b.must(b.SignIn(rep, nil))
			id := b.as(where)
			if where == "discarded" {
				b.tell(told(2, "Moved"))
				b.tell(cancelled(2))
				b.wantState(id, Discarded)
			}
			b.must(b.Restore(id))
			work := b.claim(1)
			if len(work) != 1 || work[0].Activity.Cancelled || (where == "discarded") != (work[0].Activity.Subject == "Moved") {
				t.Errorf("claimed %+v", work)
			}
			b.sound()
		})
	}
}

func TestWhatTakesPlaceAfterAllIsToldWhileItsRecordIsBeingDeleted(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.as("delivered")
	b.tell(deleting(2))
	b.claim(1)
	b.tell(told(3, "After all"))
	b.must(b.Settle([]Outcome{{ID: id, To: Delivered, Answered: true}}))
	work := b.claim(1)
	if len(work) != 1 || work[0].Pending != PendingCreate || work[0].Record != nil || work[0].Activity.Subject != "After all" {
		t.Errorf("claimed %+v", work)
	}
	b.sound()
}

func TestWhoIsNamedInAVersionThatIsKeptIsForgottenToo(t *testing.T) {
	for name, email := range map[string]string{"before": "ana@kunde.test", "since": "bea@kunde.test"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.must(b.SignIn(rep, nil))
			b.as("discarded")
			d := told(2, "Moved")
			d.Activity.People = []activity.Person{{Email: "bea@kunde.test"}}
			b.tell(d)
			if n, err := b.Forget(t.Context(), Subject{Email: email}); n != 1 || err != nil {
				t.Errorf("%d forgotten, %v", n, err)
			}
		})
	}
}

func TestAnOccasionIsTheRepsOwn(t *testing.T) {
	b := newBench(t)
	other := Account{OrgID: rep.OrgID, UserID: "005000000000002AAA"}
	b.must(b.SignIn(other, nil))
	theirs := b.tell(told(1, "Visit")).ID
	b.must(b.SignIn(rep, nil))
	d := told(2, "Moved")
	if mine := b.tell(d); mine.ID == theirs || mine.Known {
		t.Errorf("another user's item was changed: %+v", mine)
	}
	b.must(b.SignOut())
	if again := b.tell(told(3, "Late")); !again.Known {
		t.Errorf("signed out it is captured twice: %+v", again)
	}
	b.sound()
}

func TestAForgottenOccasionIsCapturedAnew(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	first := b.as("waiting")
	if _, err := b.Forget(t.Context(), Subject{Email: "ana@kunde.test"}); err != nil {
		t.Fatal(err)
	}
	if again := b.tell(told(1, "Visit")); again.ID == first || again.Known {
		t.Errorf("%+v", again)
	}
	b.clock = b.clock.Add(time.Minute)
	b.sound()
}

func TestAMeetingThatTakesPlaceAfterAllIsMadeAnewWhereItsDeletionWentOut(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.as("delivered")
	b.tell(deleting(2))
	b.claim(1)
	b.tell(told(3, "After all"))
	b.must(b.Settle([]Outcome{{ID: id, To: Waiting}})) // whether it was deleted is not known
	work := b.claim(1)
	if len(work) != 1 || work[0].Pending != PendingUpdate || !work[0].DeleteSent {
		t.Fatalf("claimed %+v", work)
	}
	b.must(b.Settle([]Outcome{{ID: id, To: Waiting, Answered: true, Anew: true}}))
	work = b.claim(1)
	if len(work) != 1 || work[0].Pending != PendingCreate || work[0].Record != nil || work[0].Sent != nil || work[0].Activity.Subject != "After all" {
		t.Errorf("claimed %+v", work)
	}
	b.sound()
}
