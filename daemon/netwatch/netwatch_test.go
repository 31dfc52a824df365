package netwatch

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestAWakeUpIsTheWallClockRunningAhead(t *testing.T) {
	seen := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	cases := []struct {
		passed time.Duration
		want   bool
	}{{tick, false}, {tick + time.Second, false}, {8 * time.Hour, true}, {-time.Hour, false}}
	for _, c := range cases {
		if got := woke(seen, seen.Add(c.passed)); got != c.want {
			t.Errorf("after %v: woke %v", c.passed, got)
		}
	}
}

func TestNothingIsSaidWhileNothingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		if err := Watch(ctx, func() { t.Error("a change was told") }); err != nil {
			t.Error(err)
		}
	})
}
