package daemon

import (
	"testing"
	"time"
)

func TestAPaceTellsHowLongTheRestTakes(t *testing.T) {
	began := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	steps := []struct {
		at         time.Duration
		what       string
		done, rest int
		since      int
		left       time.Duration
		under      bool
	}{
		{0, "sending", 40, 100, 0, 0, false},
		{time.Second, "sending", 50, 90, 10, 0, true},                              // too early to tell
		{2 * time.Second, "sending", 60, 80, 20, 8 * time.Second, true},            // ten a second
		{4 * time.Second, "sending", 80, 100, 40, 10 * time.Second, true},          // forty more came in
		{13 * time.Second, "sending", 80, 100, 40, 32500 * time.Millisecond, true}, // a pause
		{15 * time.Second, "sending", 80, 100, 0, 0, false},                        // it stands still
		{100 * time.Second, "sending", 80, 100, 0, 0, false},
		{102 * time.Second, "sending", 100, 80, 20, 8 * time.Second, true},
		{103 * time.Second, "Contact", 100, 80, 0, 0, false}, // something else
		{104 * time.Second, "Contact", 180, 0, 0, 0, false},
	}
	var p pace
	for _, s := range steps {
		since, left, under := p.goes(began.Add(s.at), s.what, s.done, s.rest)
		if since != s.since || left != s.left || under != s.under {
			t.Errorf("after %s: %d done, %s left, %t; want %d, %s, %t", s.at, since, left, under, s.since, s.left, s.under)
		}
	}
}
