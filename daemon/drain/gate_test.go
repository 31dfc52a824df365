package drain

import (
	"testing"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/pacing"
	"fieldpost/sfclient"
)

func TestEachFailureHasItsCause(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want pacing.Cause
	}{
		{"no network", &sfclient.TransportError{}, pacing.Network},
		{"a captive portal", &sfclient.ForeignError{Status: 200, Kind: sfclient.Portal}, pacing.Network},
		{"the edge in the org's place", &sfclient.ForeignError{Status: 503, Kind: sfclient.Edge}, pacing.Outage},
		{"maintenance", &sfclient.Error{Status: 503, Code: "SERVER_UNAVAILABLE"}, pacing.Outage},
		{"many long calls", &sfclient.Error{Status: 403, Code: "REQUEST_LIMIT_EXCEEDED", Message: "ConcurrentRequests Limit exceeded."}, pacing.Outage},
		{"no allowance", &sfclient.Error{Status: 403, Code: "REQUEST_LIMIT_EXCEEDED", Message: "TotalRequests Limit exceeded."}, pacing.Limit},
		{"the account may not", &sfclient.Error{Status: 403, Code: "API_CURRENTLY_DISABLED"}, pacing.Account},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := FailureOf(crm.JudgeCall(c.err)).Cause; got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestACallUnderWayAsTheNetworkComesUpMakesNoLongPause(t *testing.T) {
	l := newLaptop(t)
	l.capture(1)
	if _, err := l.desk.Facts(t.Context()); err != nil {
		t.Fatal(err)
	}
	offline := crm.JudgeCall(&sfclient.TransportError{})
	for range 9 {
		l.drain.gate.close(offline)
	}
	l.drain.Reconnected()
	l.drain.gate.close(offline) // a call that was under way
	if wait := l.drain.Connection().NextAttemptAt.Sub(l.clock); wait > pacing.FirstStep {
		t.Errorf("the next attempt is in %v", wait)
	}
}
