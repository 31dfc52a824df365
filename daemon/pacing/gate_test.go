package pacing

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestACaptureCutsAPauseOfTheNetworkAndAPersonCutsAny(t *testing.T) {
	for _, c := range []struct {
		name         string
		stern, asked bool
		cut          bool
	}{
		{"a capture, offline", false, false, true},
		{"a person, offline", false, true, true},
		{"a capture, the org wants peace", true, false, false},
		{"a person, the org wants peace", true, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := Gate{}.Failed(Failure{Stern: c.stern}, noon, 0.5).Cut(c.asked, noon)
			if got := g.Until(noon).IsZero(); got != c.cut {
				t.Errorf("cut: %v", got)
			}
		})
	}
}

func TestAnAnswerEndsTheRowOfFailures(t *testing.T) {
	g := Gate{}
	for range 5 {
		g = g.Failed(Failure{}, noon, 0.5)
	}
	if got := g.Until(noon).Sub(noon); got != 5*time.Minute {
		t.Errorf("after five failures %v", got)
	}
	if got := g.Answered().Failed(Failure{}, noon, 0.5).Until(noon).Sub(noon); got != FirstStep {
		t.Errorf("after an answer %v", got)
	}
}

func TestWhatTheAnswerAskedForIsWaited(t *testing.T) {
	g := Gate{}.Failed(Failure{Stern: true, RetryAfter: time.Hour}, noon, 0.5)
	if got := g.Until(noon).Sub(noon); got != time.Hour {
		t.Errorf("waited %v", got)
	}
}
