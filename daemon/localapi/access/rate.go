package access

import "time"

// A paired origin may ask perSecond times a second, burst times at once
// (CONTRACT section 4).
const (
	perSecond = 20
	burst     = 100
)

// Of wrong codes so many are answered at once, and one more each wrongEvery.
const (
	wrongBurst = 10
	wrongEvery = 6 * time.Second
)

// wrongCodes names the bucket of wrong codes; no pairing has this id.
const wrongCodes = "wrong codes"

// bucket holds what may still be asked.
type bucket struct {
	tokens float64
	at     time.Time
}

// Spend takes one request of a pairing's allowance; false where it is used up.
func (a *Access) Spend(pairing string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.spend(pairing, perSecond, burst)
}

func (a *Access) spend(key string, perSecond, burst float64) bool {
	now := a.now()
	b := a.buckets[key]
	if b == nil {
		b = &bucket{tokens: burst, at: now}
		a.buckets[key] = b
	}
	b.tokens = min(burst, b.tokens+perSecond*max(now.Sub(b.at), 0).Seconds())
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
