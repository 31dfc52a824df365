// Package netwatch notices that the way to the internet may have come back: the
// machine's addresses changed, or it woke from sleep. It makes no call and knows
// nobody's host; it only says "try now".
package netwatch

import (
	"context"
	"net"
	"slices"
	"time"
)

// tick is how often it looks: what waits is to go within ten seconds of a network or a
// wake-up (reliability.md section 9), and an idle laptop is to be woken six times a
// minute at most. Go's timers stand still while a laptop sleeps, so the wall clock
// running ahead of them tells a wake-up (golang/go#24595).
const (
	tick   = 10 * time.Second
	asleep = tick + tick/2
)

// Watch calls changed after each change of addresses and each wake-up, until ctx ends.
func Watch(ctx context.Context, changed func()) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	before, seen := addresses(), wall()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		now, at := addresses(), wall()
		if woke(seen, at) || !slices.Equal(before, now) {
			changed()
		}
		before, seen = now, at
	}
}

// wall is the time without Go's monotonic reading.
func wall() time.Time { return time.Now().Round(0) }

func woke(seen, at time.Time) bool { return at.Sub(seen) > asleep }

// addresses lists the machine's own addresses but loopback, sorted.
func addresses() []string {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var own []string
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() {
			own = append(own, a.String())
		}
	}
	slices.Sort(own)
	return own
}
