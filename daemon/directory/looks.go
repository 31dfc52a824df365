package directory

import (
	"sync"
	"time"
)

const (
	// missAge is how long an address that nobody has is not asked for again: a colleague in
	// copy of every mail must not cost two calls each time.
	missAge = 4 * time.Hour
	// matchAge is how long a match is believed without asking Salesforce.
	matchAge = 24 * time.Hour
)

// looks are the addresses and ids that were asked for live, in memory alone: they are asked
// for again by every start, and those that were missing by every refresh and whenever a
// person asks.
type looks struct {
	mu   sync.Mutex
	seen map[string]look
}

// look is what a live query told of an address or an id.
type look struct {
	at              time.Time
	found, filtered bool
}

// ForgetMisses lets every address be asked for again that nobody had.
func (d *Directory) ForgetMisses() {
	d.looks.mu.Lock()
	defer d.looks.mu.Unlock()
	for key, l := range d.looks.seen {
		if !l.found {
			delete(d.looks.seen, key)
		}
	}
}

// of gives what was told of an address or id, false where that is too long ago.
func (l *looks) of(key string, now time.Time) (look, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known, ok := l.seen[key]
	age := missAge
	if known.found {
		age = matchAge
	}
	return known, ok && now.Sub(known.at) < age && !now.Before(known.at)
}

func (l *looks) note(key string, told look) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[string]look{}
	}
	l.seen[key] = told
}

func (l *looks) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = nil
}
