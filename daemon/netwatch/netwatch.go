// Package netwatch notices that the way to the internet may have come back: the system
// told of a change of its network, or the machine woke from sleep. It makes no call and
// knows nobody's host; it only says "try now".
package netwatch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	// settle is how long the system must be silent for a burst of its events to be over,
	// and longest how long a burst may last: a roaming Wi-Fi card tells of dozens.
	settle  = 250 * time.Millisecond
	longest = time.Second
	// tick is how often Watch looks by itself where the system does not tell of changes
	// or of wake-ups: what waits is to go within ten seconds of either (reliability.md
	// section 9), and an idle laptop is to be woken six times a minute at most.
	tick = 10 * time.Second
	// calmTick is how often it looks where the system tells of both.
	calmTick = time.Minute
)

// Watch calls changed soon after each change of the network and each wake-up, until ctx
// ends: once at the start of a burst of changes and at most once more after it. Where
// the system does not tell of them it looks by itself, and log says so once.
func Watch(ctx context.Context, log *slog.Logger, changed func()) error {
	w := watcher{network: listenNetwork, sleep: listenSleep, look: look, log: log, changed: changed}
	w.run(ctx)
	return nil
}

// A source rings the bell once it listens and then whenever the system tells of
// something, until ctx ends. Its error is that the system does not tell, or no longer;
// errors.ErrUnsupported where it never does.
type source func(ctx context.Context, bell *bell) error

type watcher struct {
	network, sleep source
	look           func() string
	log            *slog.Logger
	changed        func()

	told string // what was seen when changed was called last
	lost bool   // a way was lost since then, which may be back by now
}

func (w *watcher) run(ctx context.Context) {
	bell, deaf := newBell(), make(chan error)
	var sources sync.WaitGroup
	defer sources.Wait()
	for _, listen := range []source{w.network, w.sleep} {
		sources.Go(func() {
			err := listen(ctx, bell)
			select {
			case deaf <- err:
			case <-ctx.Done():
			}
		})
	}
	w.told = w.look()
	every, seen := calmTick, wall()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	var burst burst
	for {
		select {
		case <-ctx.Done():
			return
		case err := <-deaf:
			if !errors.Is(err, errors.ErrUnsupported) {
				w.log.Warn("the system does not tell of its network or of its sleep; fieldpost looks by itself", "error", err)
			}
			every, seen = tick, wall()
			ticker.Reset(every)
		case <-bell.rung:
			w.lost = bell.lost.Swap(false) || w.lost
			if bell.woke.Swap(false) {
				w.tell()
			} else if !burst.spoken && w.news() {
				burst.spoken = true
				w.tell()
			}
			burst.goOn()
		case <-burst.over:
			burst.end()
			if w.news() {
				w.tell()
			}
		case <-ticker.C:
			at := wall()
			if overslept(at.Sub(seen), every) || w.news() {
				w.tell()
			}
			seen = at
		}
	}
}

// news tells whether anything is other than when changed was called last.
func (w *watcher) news() bool { return w.lost || w.look() != w.told }

func (w *watcher) tell() {
	w.told, w.lost = w.look(), false
	w.changed()
}

// burst is a row of events with less than settle between them.
type burst struct {
	began  time.Time
	over   <-chan time.Time // nil while there is none
	spoken bool             // changed was called for it
}

func (b *burst) goOn() {
	if b.over == nil {
		b.began = time.Now()
	}
	b.over = time.After(min(settle, longest-time.Since(b.began)))
}

func (b *burst) end() { *b = burst{} }

// wall is the time without Go's monotonic reading, which stands still in sleep.
func wall() time.Time { return time.Now().Round(0) }

// overslept tells a wake-up by a tick that came late: timers stand still while a laptop
// sleeps (golang/go#24595).
func overslept(passed, every time.Duration) bool { return passed > every+every/2 }
