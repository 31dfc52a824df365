package pacing

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
	if least, most := OrgPause(4, 0, 0), OrgPause(4, 0, 1); least != 2*time.Minute || most != 4*time.Minute {
		t.Errorf("between %v and %v", least, most)
	}
}

func TestAnOrgWithoutAllowanceIsLeftAloneForAQuarterOfAnHourAtLeast(t *testing.T) {
	for i, want := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour} {
		if got := OrgPause(i+1, 15*time.Minute, 0); got != want {
			t.Errorf("after %d failures %v, want %v", i+1, got, want)
		}
	}
}

func TestARowThatIsLockedIsTriedFourTimesAStepAndSpread(t *testing.T) {
	for attempts, want := range map[int]time.Duration{1: 5 * time.Second, 4: 5 * time.Second, 5: 15 * time.Second, 9: 45 * time.Second} {
		if least, most := RowPause(attempts, 0), RowPause(attempts, 1); least != want || most != 2*want {
			t.Errorf("after %d attempts between %v and %v", attempts, least, most)
		}
	}
}
