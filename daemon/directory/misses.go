package directory

import (
	"sync"
	"time"
)

// missAge is how long an address that nobody has is not asked for again: a colleague in
// copy of every mail must not cost two calls each time.
const missAge = 4 * time.Hour

// misses are the addresses that the org does not have, in memory alone: they are asked
// for again by every start and every refresh, and whenever a person asks.
type misses struct {
	mu   sync.Mutex
	seen map[string]miss
}

type miss struct {
	at       time.Time
	filtered bool
}

// ForgetMisses lets every address be asked for again.
func (d *Directory) ForgetMisses() {
	d.misses.mu.Lock()
	defer d.misses.mu.Unlock()
	d.misses.seen = nil
}

// fresh splits the addresses into those to be asked for and those known to be missing.
func (m *misses) fresh(addresses []string, now time.Time) (ask []string, missing map[string]miss) {
	m.mu.Lock()
	defer m.mu.Unlock()
	missing = map[string]miss{}
	for _, address := range addresses {
		if known, ok := m.seen[address]; ok && now.Sub(known.at) < missAge && !now.Before(known.at) {
			missing[address] = known
		} else {
			ask = append(ask, address)
		}
	}
	return ask, missing
}

func (m *misses) note(address string, filtered bool, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.seen = map[string]miss{}
	}
	m.seen[address] = miss{now, filtered}
}
