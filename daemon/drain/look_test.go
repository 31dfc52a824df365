package drain

import (
	"testing"
	"time"
)

func TestAbsenceIsProvenOnlyAfterSalesforcesOwnLimit(t *testing.T) {
	for age, want := range map[time.Duration]time.Duration{
		0: 30 * time.Second, 30 * time.Second: 90 * time.Second, 2 * time.Minute: 8*time.Minute + 30*time.Second,
		10 * time.Minute: 30 * time.Second, 10*time.Minute + 30*time.Second: 0, 48 * time.Hour: 0,
	} {
		if got := NextLook(age); got != want {
			t.Errorf("at the age of %v the next look is in %v, want %v", age, got, want)
		}
	}
}
