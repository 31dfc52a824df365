package daemon

import (
	"sync"
	"time"

	"fieldpost/daemon/pacing"
	"fieldpost/sfclient"
)

// usage is the org's daily allowance as told within the hour (salesforce.md 7.4).
type usage struct {
	now  func() time.Time
	mu   sync.Mutex
	last sfclient.Usage
	at   time.Time
}

func (u *usage) note(told sfclient.Usage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.last, u.at = told, u.now()
}

func (u *usage) latest() sfclient.Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.now().Sub(u.at) >= pacing.UsageAge {
		return sfclient.Usage{}
	}
	return u.last
}

// scarce reports that the rest of the allowance is for writing.
func (u *usage) scarce() bool {
	told := u.latest()
	return pacing.Scarce(told.Used, told.Max)
}
