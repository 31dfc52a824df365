package drain

import (
	"sync"
	"time"

	"fieldpost/outbox"
)

// ages tells how long ago a doubtful call ended. The wall clock alone would prove an
// absence that nobody waited for: it may jump (reliability.md W23), and a restart
// does not tell whether it did (decision 0003). So a proof is timed by a clock that
// never jumps, from the call, or from when this process met the doubt of an earlier one.
type ages struct {
	now     func() time.Time
	elapsed func() time.Duration

	mu   sync.Mutex
	sent map[string]time.Duration // item -> when its doubtful call ended, or was met
}

func newAges(now func() time.Time, elapsed func() time.Duration) *ages {
	return &ages{now: now, elapsed: elapsed, sent: map[string]time.Duration{}}
}

// doubt notes that an item's call ended now and left a doubt. The first one counts.
func (a *ages) doubt(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.sent[id]; !known {
		a.sent[id] = a.elapsed()
	}
}

// settled forgets an item.
func (a *ages) settled(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.sent, id)
}

// sure is how long ago the call ended at the least.
func (a *ages) sure(w *outbox.Work) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	sent, known := a.sent[w.ID]
	if !known {
		sent = a.elapsed()
		a.sent[w.ID] = sent
	}
	return a.elapsed() - sent
}

// likely is how long ago the call ended as far as the wall clock tells: good enough to
// look for its record, not to miss it.
func (a *ages) likely(w *outbox.Work) time.Duration {
	return max(a.sure(w), a.now().Sub(w.Doubt.Since))
}
