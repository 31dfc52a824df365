package pacing

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestACaptureCutsAPauseOfTheNetworkAndAPersonCutsAny(t *testing.T) {
	for _, c := range []struct {
		name  string
		cause Cause
		asked bool
		cut   bool
	}{
		{"a capture, offline", Network, false, true},
		{"a person, offline", Network, true, true},
		{"a capture, an outage", Outage, false, false},
		{"a capture, the org wants peace", Limit, false, false},
		{"a capture, the account may not", Account, false, false},
		{"a person, the org wants peace", Limit, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := Gate{}.Failed(Failure{Cause: c.cause}, noon, 0.5).Cut(c.asked, noon)
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

func TestWhatTheAnswerAskedForIsWaitedAndItsEndSpread(t *testing.T) {
	for _, c := range []struct {
		asked  time.Duration
		chance float64
		want   time.Duration
	}{
		{time.Hour, 0, time.Hour},
		{time.Hour, 0.5, time.Hour + 4*time.Minute},
		{time.Minute, 0.5, 90 * time.Second},
	} {
		g := Gate{}.Failed(Failure{Cause: Outage, RetryAfter: c.asked}, noon, c.chance)
		if got := g.Until(noon).Sub(noon); got != c.want {
			t.Errorf("asked for %v: waited %v, want %v", c.asked, got, c.want)
		}
	}
}

func TestANewNetworkForgetsWhatTheOldOneFailed(t *testing.T) {
	g := Gate{}
	for range 9 {
		g = g.Failed(Failure{}, noon, 0.5)
	}
	if again := g.Rerouted().Failed(Failure{}, noon, 0.5).Until(noon).Sub(noon); again != FirstStep {
		t.Errorf("a call that was under way as the network came up makes a pause of %v", again)
	}
	outage := Gate{}.Failed(Failure{Cause: Outage}, noon, 0.5)
	if outage.Rerouted() != outage {
		t.Error("a new network cuts a pause of the org")
	}
}

func TestWhoeverWaitsKnowsSoonThatAnOutageIsOver(t *testing.T) {
	g := Gate{}
	for range 50 {
		g = g.Failed(Failure{Cause: Outage}, noon, 0.999)
	}
	if got := g.Until(noon).Sub(noon); got > 16*time.Minute {
		t.Errorf("the pause is %v", got)
	}
	if got := g.Failed(Failure{}, noon, 0.999).Until(noon).Sub(noon); got > 16*time.Minute {
		t.Errorf("after a lost answer the pause is %v", got)
	}
}

func TestATroubleThatManyMayShareIsToldFromOnesOwn(t *testing.T) {
	after := func(cause Cause, times int) Gate {
		g := Gate{}
		for range times {
			g = g.Failed(Failure{Cause: cause}, noon, 0.5)
		}
		return g
	}
	for _, c := range []struct {
		name string
		gate Gate
		want bool
	}{
		{"nothing failed", Gate{}, false},
		{"the network, for a minute", after(Network, 3), false},
		{"the network, for long", after(Network, 6), true},
		{"an outage", after(Outage, 1), true},
		{"a network that is another one by now", after(Network, 6).Rerouted(), false},
		{"slow writes", Gate{}.Slowed(SparePause, noon), false},
	} {
		if got := c.gate.Troubled(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestNothingIsReadWhileTheOrgWantsPeace(t *testing.T) {
	for cause, want := range map[Cause]bool{Network: false, Outage: true, Limit: true, Account: false} {
		g := Gate{}.Failed(Failure{Cause: cause}, noon, 0.5)
		if got := g.Peace(noon); got != want {
			t.Errorf("cause %d: %v", cause, got)
		}
		if g.Peace(noon.Add(2 * time.Hour)) {
			t.Errorf("cause %d: there is peace for ever", cause)
		}
	}
}

func TestNoCaptureCutsTheSlownessOfWrites(t *testing.T) {
	if (Gate{}).Slowed(SparePause, noon).Cut(false, noon).Until(noon).IsZero() {
		t.Error("a capture goes at once although the allowance is nearly used up")
	}
}
