package daemon

import (
	"sync"
	"time"

	"fieldpost/sfclient"
)

// usage is the org's daily allowance as told within the hour (salesforce.md 7.4).
type usage struct {
	now  func() time.Time
	mu   sync.Mutex
	last sfclient.Usage
	at   time.Time
}

// usageAge is how long what was told of the allowance counts: it is a rolling day's, and
// only a call tells how it stands now.
const usageAge = time.Hour

func (u *usage) note(told sfclient.Usage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.last, u.at = told, u.now()
}

func (u *usage) latest() sfclient.Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.now().Sub(u.at) >= usageAge {
		return sfclient.Usage{}
	}
	return u.last
}

// readsStopAt is the share of the allowance above which nothing is read any more by
// itself (DESIGN "Delivery", Pace).
const readsStopAt = 0.90

// scarce reports that the rest of the allowance is for writing.
func (u *usage) scarce() bool {
	told := u.latest()
	return float64(told.Used) > readsStopAt*float64(told.Max)
}
