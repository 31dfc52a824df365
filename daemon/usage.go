package daemon

import (
	"sync"

	"fieldpost/sfclient"
)

// usage is the org's daily allowance as last told (salesforce.md 7.4).
type usage struct {
	mu   sync.Mutex
	last sfclient.Usage
}

func (u *usage) note(told sfclient.Usage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.last = told
}

func (u *usage) latest() sfclient.Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
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
