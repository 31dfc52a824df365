package daemon

import (
	"sync"
	"time"
)

const (
	// paceRests is how long something may stand still and is still under way.
	paceRests = 10 * time.Second
	// paceNeeds is how long something must have gone on before it can be told how long the
	// rest takes.
	paceNeeds = 2 * time.Second
)

// pace follows something that takes a while, by what those who look are told of it.
type pace struct {
	mu         sync.Mutex
	what       string
	from, last int // what was done when it began, and when it moved last
	began      time.Time
	moved      time.Time
}

// goes notes how much of what is done by now, in all, and how much is left. It gives how
// much was done since it began, and how long the rest takes at that pace: 0 where that
// cannot be told. under tells whether it is under way.
func (p *pace) goes(now time.Time, what string, done, rest int) (since int, left time.Duration, under bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if rest == 0 || what != p.what || done < p.from {
		p.what, p.from, p.last, p.began, p.moved = what, done, done, now, now
	}
	if done != p.last {
		p.last, p.moved = done, now
	}
	if now.Sub(p.moved) > paceRests {
		p.from, p.began = done, now // it begins anew when it goes on
	}
	since = done - p.from
	if gone := now.Sub(p.began); since > 0 && gone >= paceNeeds {
		left = time.Duration(float64(gone) / float64(since) * float64(rest))
	}
	return since, left, rest > 0 && since > 0
}
