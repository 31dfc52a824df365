// Package fleet simulates ten thousand laptops on one Salesforce org. When a laptop calls is
// decided by daemon/pacing, the very functions of the product; an agenda of events takes
// the place of stores, goroutines and clocks. Nothing of it ships.
package fleet

import (
	"container/heap"
	"context"
	"math/rand/v2"
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/sfclient"
)

// item is one activity that was captured.
type item struct {
	account  int32
	captured time.Duration
	measured bool
	arrived  bool
}

// world is the laptops and their org under one seed.
type world struct {
	plan     Scenario
	rng      *rand.Rand
	chance   func() float64
	began    time.Time
	now      time.Duration
	agenda   agenda
	order    uint64
	laptops  []laptop
	items    []item
	org      org
	waits    []time.Duration
	verdicts [answers]crm.Call
}

// never is no time at all.
const never = time.Duration(-1)

const (
	// callTimeout is how long a laptop waits for an answer.
	callTimeout = sfclient.CallTimeout
	// accounts are those of the org; one capture in ten is of the popular ones.
	accounts, popular = 50_000, 100
)

func newWorld(s Scenario, laptops int, seed uint64) *world {
	w := &world{
		plan: s, rng: rand.New(rand.NewPCG(seed, 0)), began: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC),
		laptops: make([]laptop, laptops), verdicts: verdicts(),
	}
	w.chance = rand.New(rand.NewPCG(seed, 1)).Float64
	if s.plant.noJitter {
		w.chance = func() float64 { return 0 }
	}
	w.org = org{held: map[int32]int{}, seconds: make([]int32, s.Days*24*3600), most: allowanceBase + laptops*allowanceRep}
	w.org.others = int(s.Others * float64(w.org.most))
	for i := range w.laptops {
		w.laptops[i] = laptop{id: int32(i), drainAt: never, keepAt: never}
		w.workplace(&w.laptops[i])
	}
	s.happens(w)
	return w
}

func (w *world) wall() time.Time { return w.at(w.now) }

func (w *world) at(d time.Duration) time.Time { return w.began.Add(d) }

func (w *world) add(at time.Duration, k kind, l *laptop, c *call) {
	id := int32(-1)
	if l != nil {
		id = l.id
	}
	w.order++
	heap.Push(&w.agenda, event{at: max(at, w.now), order: w.order, laptop: id, kind: k, call: c})
}

// planned sets a timer of a laptop; the one set before is void.
func (w *world) planned(l *laptop, k kind, timer *time.Duration, at time.Duration) {
	if *timer = at; at != never {
		w.add(at, k, l, nil)
	}
}

func (w *world) planDrain(l *laptop, at time.Time) {
	if at.IsZero() {
		l.drainAt = never
		return
	}
	w.planned(l, drains, &l.drainAt, max(at.Sub(w.began), w.now))
}

func (w *world) planKeep(l *laptop) {
	w.planned(l, keeps, &l.keepAt, w.now+l.reads.Rest(w.wall()))
}

// call makes a call, after one for a session where there is none.
func (w *world) call(l *laptop, at int, p Purpose) {
	l.places[at].busy = true
	c := &call{laptop: l.id, life: l.life, began: w.now, slot: int8(at), purpose: p}
	if p.counts() && !l.token {
		c.purpose, c.then = Token, p
	}
	if c.purpose == Write {
		for _, r := range l.places[at].rows {
			c.rows = append(c.rows, r.item)
		}
	}
	if !l.cable {
		c.answer = cut
		w.add(w.now+10*time.Millisecond, answered, l, c)
		return
	}
	takes := w.arrive(c)
	if takes > longAfter {
		w.add(w.now+longAfter, drags, l, c)
	}
	if takes > callTimeout {
		w.add(w.now+callTimeout, answered, l, c)
		w.add(w.now+takes, ends, l, c)
		return
	}
	w.add(w.now+takes, answered, l, c)
}

// run lives until the scenario is over, and on until nothing waits any more, six hours at
// most: the morning after, without captures.
func (w *world) run(ctx context.Context) {
	end := time.Duration(w.plan.Days) * 24 * time.Hour
	w.until(ctx, end)
	w.org.down, w.org.others = false, 0
	for i := range w.laptops {
		w.add(end+time.Duration(w.rng.Int64N(int64(time.Hour))), wakes, &w.laptops[i], nil)
	}
	w.until(ctx, end+6*time.Hour)
}

func (w *world) until(ctx context.Context, end time.Duration) {
	for len(w.agenda) > 0 && w.agenda[0].at < end && ctx.Err() == nil {
		w.next()
	}
	w.now = end
}

func (w *world) next() {
	e := heap.Pop(&w.agenda).(event)
	w.now = e.at
	switch e.kind {
	case changes:
		w.change()
		return
	case fills:
		w.org.others = int(0.95*float64(w.org.most)) - w.org.used
		return
	}
	l := &w.laptops[e.laptop]
	switch e.kind {
	case wakes:
		if !l.awake {
			w.wake(l, w.rng.IntN(2) == 0)
		}
	case sleeps:
		l.stop()
	case restarts:
		if l.awake {
			l.stop()
			l.awake = true
			w.start(l)
		}
	case captures, together:
		w.capture(l, e.kind == together)
	case loses:
		l.cable = false
	case finds:
		if l.awake {
			l.cable, l.pathSince = true, w.now
			w.reconnect(l)
		}
	case drains:
		if l.drainAt == e.at {
			l.drainAt = never
			w.pass(l)
		}
	case keeps:
		if l.keepAt == e.at {
			l.keepAt = never
			w.keep(l)
		}
	case drags:
		if e.call.serving && !e.call.long {
			e.call.long = true
			w.org.long++
		}
	case ends:
		w.done(e.call)
	case answered:
		w.answer(l, e.call)
	}
}

// answer lets a laptop hear what became of a call; one that was shut meanwhile does not.
func (w *world) answer(l *laptop, c *call) {
	if c.serving && w.now-c.began >= callTimeout {
		c.answer = lost
	} else {
		w.done(c)
	}
	if l.awake && l.life == c.life {
		w.heard(l, int(c.slot), c)
	}
}

// change lets the org go down or come back.
func (w *world) change() {
	w.org.down = !w.org.down
	if w.org.down {
		return
	}
	w.org.upSince = w.now
	for i := range w.laptops {
		if l := &w.laptops[i]; w.plan.plant.herd && l.awake {
			l.gate = l.gate.Cut(true, w.wall())
			w.pass(l)
		}
	}
}

// theOne is the account of which all capture together.
const theOne = accounts

// capture lets a rep log something.
func (w *world) capture(l *laptop, all bool) {
	if !l.awake {
		return
	}
	account := int32(w.rng.IntN(accounts))
	switch {
	case all:
		account = theOne
	case w.rng.IntN(10) == 0:
		account = int32(w.rng.IntN(popular))
	}
	id := int32(len(w.items))
	w.items = append(w.items, item{account: account, captured: w.now, measured: w.plan.Measured.holds(w.now) && all == w.plan.Together})
	w.org.written = append(w.org.written, 0)
	l.waiting = append(l.waiting, row{item: id})
	w.nudge(l)
}

// delivered notes how long an activity took, from when its way was open.
func (w *world) delivered(l *laptop, id int32) {
	it := &w.items[id]
	if it.arrived {
		return
	}
	it.arrived = true
	if !it.measured {
		return
	}
	took := w.now - max(it.captured, l.pathSince, w.org.upSince)
	w.waits = append(w.waits, took)
	l.worst = max(l.worst, took)
}
