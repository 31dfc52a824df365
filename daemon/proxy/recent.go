package proxy

import (
	"context"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// age is how long an answer of the system counts: a laptop changes its network.
	age = 30 * time.Second
	// patience is how long a call waits for the system, which may be looking for a proxy
	// script in a network that has none.
	patience = 5 * time.Second
)

// recent asks the system once for all who want to know the same within age.
type recent struct {
	ask   func(host string) *url.URL
	asked singleflight.Group

	mu      sync.Mutex
	answers map[string]answer
}

type answer struct {
	proxy *url.URL
	at    time.Time
}

func newRecent(ask func(host string) *url.URL) *recent {
	return &recent{ask: ask, answers: map[string]answer{}}
}

// of gives the proxy to a host. Where the system takes too long the answer from before
// counts, and none at first: the call then fails or not, and is made again.
func (r *recent) of(ctx context.Context, host string) *url.URL {
	r.mu.Lock()
	last, known := r.answers[host]
	r.mu.Unlock()
	if known && time.Since(last.at) < age {
		return last.proxy
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	asked := r.asked.DoChan(host, func() (any, error) {
		now := answer{proxy: r.ask(host), at: time.Now()}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.answers[host] = now
		return now, nil
	})
	select {
	case result := <-asked:
		return result.Val.(answer).proxy
	case <-limit.C:
	case <-ctx.Done():
	}
	return last.proxy
}
