package access

import "time"

// A paired origin may ask perSecond times a second, burst times at once
// (CONTRACT section 4).
const (
	perSecond = 20
	burst     = 100
)

// bucket holds what an origin may still ask.
type bucket struct {
	tokens float64
	at     time.Time
}

// Spend takes one request of a pairing's allowance; false where it is used up.
func (a *Access) Spend(pairing string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	b := a.buckets[pairing]
	if b == nil {
		b = &bucket{tokens: burst, at: now}
		a.buckets[pairing] = b
	}
	b.tokens = min(burst, b.tokens+perSecond*max(now.Sub(b.at), 0).Seconds())
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
