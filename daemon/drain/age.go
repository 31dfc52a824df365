package drain

import (
	"sync"
	"time"

	"fieldpost/outbox"
)

// ages tells how old a doubtful call is. The wall clock alone does not: a jump of it
// would prove an absence that nobody waited for (reliability.md W23). What this
// process sent itself is timed by a clock that never jumps.
type ages struct {
	now     func() time.Time
	elapsed func() time.Duration

	mu   sync.Mutex
	sent map[string]time.Duration // item -> when its doubtful call ended
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

// of is the age of the call that left the doubt. A doubt from an earlier run that
// lies in the future, because the clock was set back since, is timed from now on.
func (a *ages) of(w *outbox.Work) time.Duration {
	age := a.now().Sub(w.Doubt.Since)
	a.mu.Lock()
	defer a.mu.Unlock()
	sent, known := a.sent[w.ID]
	if !known && age >= 0 {
		return age
	}
	if !known {
		sent = a.elapsed()
		a.sent[w.ID] = sent
	}
	return a.elapsed() - sent
}
