package fleet

import (
	"container/heap"
	"time"
)

// event is something that happens to a laptop, or to the org, at a moment.
type event struct {
	at     time.Duration // since the world began
	order  uint64        // of events at the same moment: as they were planned
	laptop int32
	kind   kind
	call   *call
}

type kind uint8

const (
	wakes    kind = iota // it starts or wakes, and has a network
	sleeps               // it is shut
	captures             // the rep captures something
	loses                // the network goes
	finds                // the network is there again
	drains               // the drain's timer
	keeps                // the keeper's timer
	restarts             // a new version takes over
	answered             // a call ends, or its answer is given up
	drags                // a call has taken so long that it counts against the org's slots
	ends                 // the org is done with a call whose answer was given up
	together             // the rep captures what many others do, of one account
	changes              // the org goes down, or comes back
	fills                // the org's other clients use its allowance up to 95 %
)

// agenda is what is to happen, the earliest first.
type agenda []event

func (a agenda) Len() int      { return len(a) }
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(e any)   { *a = append(*a, e.(event)) }

func (a agenda) Less(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].order < a[j].order
}

func (a *agenda) Pop() any {
	last := len(*a) - 1
	e := (*a)[last]
	*a = (*a)[:last]
	return e
}

var _ heap.Interface = (*agenda)(nil)
