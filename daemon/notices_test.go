package daemon

import (
	"testing"
	"time"

	"fieldpost/daemon/localapi/apitype"
)

func TestNothingDeliveredForADayIsToldOnlyWithANetworkAndSomethingWaiting(t *testing.T) {
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) *time.Time { at := now.Add(-d); return &at }
	day := 24 * time.Hour
	cases := map[string]struct {
		state                     apitype.ConnectionState
		online, waiting, delivery *time.Time
		want                      bool
	}{
		"a day with a network":         {apitype.Online, ago(2 * day), ago(2 * day), ago(day), true},
		"nothing was ever delivered":   {apitype.Limited, ago(2 * day), ago(day), nil, true},
		"something was delivered":      {apitype.Online, ago(3 * day), ago(2 * day), ago(day - time.Hour), false},
		"the network came back lately": {apitype.Online, ago(time.Hour), ago(3 * day), ago(3 * day), false},
		"no network":                   {apitype.Offline, ago(3 * day), ago(3 * day), ago(3 * day), false},
		"nothing waits":                {apitype.Online, ago(3 * day), nil, ago(3 * day), false},
	}
	for name, c := range cases {
		n := &notices{d: &Daemon{home: &Home{Now: func() time.Time { return now }}}}
		status := apitype.Status{Connection: apitype.Connection{State: c.state, Since: c.online}, Outbox: apitype.Outbox{OldestWaitingAt: c.waiting, LastDeliveredAt: c.delivery}}
		if got := n.standsStill(&status); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
