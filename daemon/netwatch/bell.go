package netwatch

import "sync/atomic"

// bell is what a source rings. It never waits for who hears it: rings that nobody has
// heard yet are one.
type bell struct {
	rung chan struct{}
	lost atomic.Bool
	woke atomic.Bool
}

func newBell() *bell { return &bell{rung: make(chan struct{}, 1)} }

// ring says that it is worth looking.
func (b *bell) ring() {
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

// lose says that a link, an address or a route was lost. It may be back, the same as
// before, by the time somebody looks; what was connected is cut all the same.
func (b *bell) lose() {
	b.lost.Store(true)
	b.ring()
}

// wake says that the machine woke from sleep.
func (b *bell) wake() {
	b.woke.Store(true)
	b.ring()
}
