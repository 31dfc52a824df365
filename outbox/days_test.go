package outbox

import (
	"testing"
	"time"
)

func TestADayCountsWhatWasCapturedInItsZone(t *testing.T) {
	b := newBench(t)
	zone := time.FixedZone("Sydney", 11*60*60)
	b.must(b.SignIn(rep, nil))
	b.clock = time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	b.must(b.Hold(b.add("before")))
	b.clock = time.Date(2026, 11, 20, 13, 30, 0, 0, time.UTC) // the 21st in Sydney
	b.deliver("late", "00T000000000001AAA")
	b.clock = time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	b.add("today")
	b.must(b.Discard(b.add("binned")))
	days, err := b.Days(b.clock.In(zone), 3)
	b.must(err)
	want := []struct {
		date string
		of   map[State]int
	}{
		{"2026-11-20", nil},
		{"2026-11-21", map[State]int{Delivered: 1}},
		{"2026-11-22", map[State]int{Waiting: 1, Discarded: 1}},
	}
	for i, day := range days {
		if got := day.Date.Format(time.DateOnly); got != want[i].date {
			t.Errorf("day %d is %s, want %s", i, got, want[i].date)
		}
		for _, state := range States {
			if day.ByState[state] != want[i].of[state] {
				t.Errorf("%s has %d %s, want %d", want[i].date, day.ByState[state], state, want[i].of[state])
			}
		}
	}
}
