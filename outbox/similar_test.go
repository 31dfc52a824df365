package outbox

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fieldpost/outbox/activity"
)

func TestALookAlikeIsToldAndNothingIsBlocked(t *testing.T) {
	meeting := func(key string, start, end activity.Moment, who activity.Person) Draft {
		d := told(0, key)
		d.Activity.UID, d.Activity.Start, d.Activity.End, d.Activity.People = "", start, end, []activity.Person{who}
		return d
	}
	linked := func(key, url, who string) Draft {
		d := share(key)
		d.Activity.URL, d.Activity.People, d.Activity.OccurredAt = url, []activity.Person{{Email: who}}, "2026-11-22T09:00:00Z"
		return d
	}
	ana, bea := activity.Person{Email: "ANA@kunde.test"}, activity.Person{Email: "bea@kunde.test"}
	first := meeting("first", "2026-11-22T14:00:00+01:00", "2026-11-22T15:00:00+01:00", activity.Person{Email: "ana@kunde.test", ID: "003000000000001AAA"})
	day := meeting("day", "2026-11-22", "2026-11-22", ana)
	day.Activity.AllDay = true
	for name, c := range map[string]struct {
		one, other Draft
		alike      bool
	}{
		"the same person, overlapping":         {first, meeting("b", "2026-11-22T13:30:00Z", "2026-11-22T16:00:00Z", ana), true},
		"the same id in its short form":        {first, meeting("b", "2026-11-22T13:30:00Z", "2026-11-22T16:00:00Z", activity.Person{ID: "003000000000001"}), true},
		"one after the other":                  {first, meeting("b", "2026-11-22T14:00:00Z", "2026-11-22T16:00:00Z", ana), false},
		"somebody else at the same time":       {first, meeting("b", "2026-11-22T13:30:00Z", "2026-11-22T16:00:00Z", bea), false},
		"within a whole day":                   {first, day, true},
		"without a length":                     {first, meeting("b", "2026-11-22T13:00:00Z", "2026-11-22T13:00:00Z", ana), true},
		"the same link, to somebody else":      {linked("a", "https://a.test/share/1", "x@y.test"), linked("b", "https://a.test/share/1", "z@y.test"), true},
		"another link, to somebody else":       {linked("a", "https://a.test/share/1", "x@y.test"), linked("b", "https://a.test/share/2", "z@y.test"), false},
		"another link, the same minute":        {linked("a", "https://a.test/share/1", "x@y.test"), linked("b", "https://a.test/share/2", "x@y.test"), true},
		"a share in a meeting with the person": {first, linked("b", "", "ana@kunde.test"), false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			one := b.tell(c.one).ID
			receipt := b.tell(c.other)
			if got := slices.Contains(receipt.Similar, one); got != c.alike || receipt.State != Waiting {
				t.Errorf("the receipt is %+v", receipt)
			}
			if back := b.get(one).Similar; slices.Contains(back, receipt.ID) != c.alike {
				t.Errorf("the first one looks like %v", back)
			}
		})
	}
}

func TestWhatLooksAlikeFollowsTheItems(t *testing.T) {
	b := newBench(t)
	one := b.tell(share("one")).ID
	receipts, err := b.Add(t.Context(), []Draft{share("two"), share("three")})
	b.must(err)
	other, third := receipts[0].ID, receipts[1].ID
	wants := func(when string, want ...string) {
		t.Helper()
		if got := b.get(one).Similar; !slices.Equal(got, want) {
			t.Errorf("%s it looks like %v, want %v", when, got, want)
		}
	}
	wants("first", third, other)
	listed, _, err := b.List(Query{Limit: 1})
	b.must(err)
	if got := listed[0].Similar; !slices.Equal(got, []string{other, one}) {
		t.Errorf("in a list: %v", got)
	}
	b.must(b.Discard(third))
	b.must(b.Edit(other, false, func(a *activity.Activity) error {
		a.People = []activity.Person{{Email: "bea@acme.test"}}
		return nil
	}))
	wants("after an edit and a discard")
	b.must(b.Restore(third))
	b.must(b.Close())
	b.open(nil)
	wants("while it is sealed")
	b.Unlock(b.identity)
	wants("unlocked", third)
	b.clock = b.clock.Add(8 * 24 * time.Hour)
	wants("after a week")
	if late := b.tell(share("late")); len(late.Similar) != 0 {
		t.Errorf("after a week it looks like %v", late.Similar)
	}
}

func TestOnlyTheLatestAreComparedWhereThereAreVeryMany(t *testing.T) {
	b := newBench(t)
	first := b.tell(share("first")).ID
	var crowd []Draft
	for n := range similarMost - 1 {
		d := share(fmt.Sprint("crowd ", n))
		d.Activity.People = []activity.Person{{Email: fmt.Sprintf("p%d@kunde.test", n)}}
		crowd = append(crowd, d)
	}
	_, err := b.Add(t.Context(), crowd)
	b.must(err)
	wants := func(when, key string, want ...string) {
		t.Helper()
		if got := b.tell(share(key)).Similar; !slices.Equal(got, want) {
			t.Errorf("%s it looks like %v, want %v", when, got, want)
		}
	}
	wants("as the last of them leaves", "second")
	b.restart()
	second := b.tell(share("third")).Similar
	if len(second) != 1 || second[0] == first {
		t.Errorf("after a restart it looks like %v", second)
	}
	b.must(b.Hold(first)) // a change of what is not compared
	if got := len(b.get(second[0]).Similar); got != 1 {
		t.Errorf("it looks like %d", got)
	}
}

func TestTwoVersionsInOneCaptureLookLikeTheLatest(t *testing.T) {
	b := newBench(t)
	b.tell(share("read")) // what is compared is in memory from now on
	moved := told(1, "b")
	moved.Activity.Start, moved.Activity.End = "2026-12-01T09:00:00Z", "2026-12-01T10:00:00Z"
	receipts, err := b.Add(t.Context(), []Draft{told(0, "a"), moved})
	b.must(err)
	same := told(0, "c")
	same.Activity.UID, same.Activity.Start, same.Activity.End = "other", moved.Activity.Start, moved.Activity.End
	if got := b.tell(same).Similar; !slices.Equal(got, []string{receipts[0].ID}) {
		t.Errorf("it looks like %v, want %s", got, receipts[0].ID)
	}
}
