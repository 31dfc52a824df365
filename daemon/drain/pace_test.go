package drain

import (
	"testing"
	"time"
)

func TestPausesGrowToAnHourAndAreSpread(t *testing.T) {
	want := []time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour}
	for i, step := range want {
		if got := Pause(i+1, 0.5); got != step {
			t.Errorf("after %d failures %v, want %v", i+1, got, step)
		}
		if least, most := Pause(i+1, 0), Pause(i+1, 1); least != step*8/10 || most != step*12/10 {
			t.Errorf("after %d failures between %v and %v", i+1, least, most)
		}
	}
}

func TestAPauseTheOrgCausedEndsOverAWholeStep(t *testing.T) {
	if least, most := OrgPause(4, 0), OrgPause(4, 1); least != 2*time.Minute || most != 4*time.Minute {
		t.Errorf("between %v and %v", least, most)
	}
}

func TestAbsenceIsProvenOnlyAfterSalesforcesOwnLimit(t *testing.T) {
	since := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for searches, after := range []time.Duration{30 * time.Second, 2 * time.Minute, 10*time.Minute + 30*time.Second} {
		at, proven := NextLook(since, searches)
		if proven || !at.Equal(since.Add(after)) {
			t.Errorf("after %d searches: %v, proven %v", searches, at, proven)
		}
	}
	if _, proven := NextLook(since, 3); !proven {
		t.Error("three searches, the last one after 10 m 30 s, prove nothing")
	}
}
