package fleet

import (
	"time"

	"fieldpost/daemon/drain"
	"fieldpost/daemon/pacing"
	"fieldpost/sfclient"
)

// The places from which a laptop calls: the drain's workers, and the keeper.
const (
	keeperSlot = pacing.Workers
	places     = pacing.Workers + 1
)

const (
	// callRows is how many rows one collections call takes.
	callRows = 200
	// resolving is how many calls it takes to hold people against Salesforce who were copied
	// a day ago: contacts and leads.
	resolving = 2
	// describing, changed and listing are the calls of a refresh: the org's facts; then, for
	// each of six objects, what changed and what is gone of it, or the pages of all of it.
	describing, changed, listing = 7, 12, 30
)

// state is what a laptop takes its connection to be, as drain.State.
type state uint8

const (
	offline state = iota
	online
	limited
)

// row is an activity that waits on a laptop.
type row struct {
	item     int32
	attempts uint8
	due      time.Time
}

// place is what a worker or the keeper is in the middle of.
type place struct {
	busy bool
	rows []row
	left int // for the drain: further calls of a resolve; for the keeper: of what it reads
	copy int // how many of those copy people and records
	read pacing.Reading
}

// laptop is the state that paces one laptop, without its store.
type laptop struct {
	id           int32
	life         int // counts its processes: another one does not hear the answers of this
	awake, cable bool
	pathSince    time.Duration // since when it has a network
	gate         pacing.Gate
	state        state
	usage        sfclient.Usage
	usageAt      time.Time
	token        bool
	sessionUsed  time.Duration
	reads        pacing.Reads
	listedAt     time.Time
	waiting      []row
	places       [places]place
	drainAt      time.Duration
	keepAt       time.Duration
	keptAt       time.Time // when the keeper ran last
	worst        time.Duration
}

// wake starts a laptop, or lets it go on after a sleep.
func (w *world) wake(l *laptop, starts bool) {
	l.awake, l.cable, l.pathSince = true, true, w.now
	if starts {
		w.start(l)
		return
	}
	w.keep(l) // its timer was due meanwhile
	w.reconnect(l)
}

// start begins with what is on disk.
func (w *world) start(l *laptop) {
	l.gate, l.state, l.token, l.usage = pacing.Gate{}, offline, false, sfclient.Usage{}
	l.reads = l.reads.Started(w.wall(), w.chance())
	l.keptAt = w.wall()
	w.keep(l)
	w.pass(l)
}

// stop is a laptop that is shut, or a process that ends: what is under way comes back as a
// doubt at the next start.
func (l *laptop) stop() {
	l.awake, l.drainAt, l.keepAt = false, never, never
	l.life++
	for i := range l.places {
		l.waiting = append(l.waiting, l.places[i].rows...)
		l.places[i] = place{}
	}
}

// reconnect is a network that came up, or a wake.
func (w *world) reconnect(l *laptop) {
	l.gate = l.gate.Rerouted()
	w.pass(l)
}

// nudge is a capture, or something that made more due.
func (w *world) nudge(l *laptop) {
	l.gate = l.gate.Cut(false, w.wall())
	w.pass(l)
}

// pass sends what is due; a second worker helps where one call does not take it all.
func (w *world) pass(l *laptop) {
	if !l.awake || l.places[0].busy || l.places[1].busy {
		return
	}
	w.step(l, 0)
	if due, _ := l.due(w.wall()); due > 0 && l.places[0].busy && l.state == online {
		w.step(l, 1)
	}
}

func (l *laptop) due(now time.Time) (due int, next time.Time) {
	for _, r := range l.waiting {
		if !r.due.After(now) {
			due++
		} else if next.IsZero() || r.due.Before(next) {
			next = r.due
		}
	}
	return due, next
}

// step begins a worker's next call, or plans when to look again.
func (w *world) step(l *laptop, at int) {
	now := w.wall()
	due, next := l.due(now)
	switch until := l.gate.Until(now); {
	case !until.IsZero():
		w.planDrain(l, until)
	case due == 0:
		w.planDrain(l, next)
	case l.state != online:
		w.call(l, at, Probe)
	default:
		w.claim(l, at)
	}
}

// claim takes what is due and sends it.
func (w *world) claim(l *laptop, at int) {
	if l.reads.Old(w.wall()) {
		w.call(l, at, Look)
		return
	}
	w.take(l, at)
}

func (w *world) take(l *laptop, at int) {
	now, p := w.wall(), &l.places[at]
	var rest []row
	p.rows = nil
	for _, r := range l.waiting {
		if len(p.rows) < callRows && !r.due.After(now) {
			p.rows = append(p.rows, r)
		} else {
			rest = append(rest, r)
		}
	}
	l.waiting = rest
	if len(p.rows) == 0 {
		p.busy = false
		_, next := l.due(now)
		w.planDrain(l, next)
		return
	}
	if now.Sub(l.reads.Refreshed) >= pacing.RefreshAge {
		p.left = resolving
		w.call(l, at, Resolve)
		return
	}
	w.call(l, at, Write)
}

// keep is a turn of the keeper.
func (w *world) keep(l *laptop) {
	p := &l.places[keeperSlot]
	if !l.awake || p.busy {
		return
	}
	now := w.wall()
	if pacing.Slept(l.keptAt, now) {
		l.reads = l.reads.Back(now, w.chance())
	}
	l.keptAt = now
	known := l.allowance(now)
	p.read = l.reads.Due(now, known.Used, known.Max)
	if l.gate.Peace(now) {
		p.read = pacing.Nothing
	}
	switch p.read {
	case pacing.Nothing:
		w.planKeep(l)
	case pacing.Look:
		p.left = 1
		w.call(l, keeperSlot, Look)
	case pacing.Refresh:
		p.copy = changed
		if now.Sub(l.listedAt) >= pacing.RelistAge {
			p.copy = listing
		}
		p.left = describing + p.copy
		w.call(l, keeperSlot, Describe)
	}
}

// allowance is what the laptop knows of the org's.
func (l *laptop) allowance(now time.Time) sfclient.Usage {
	if now.Sub(l.usageAt) >= pacing.UsageAge {
		return sfclient.Usage{}
	}
	return l.usage
}

// heard takes the answer of a call.
func (w *world) heard(l *laptop, at int, c *call) {
	p := &l.places[at]
	if c.answer == fine && c.purpose.counts() {
		l.usage, l.usageAt = w.org.usage(), w.wall()
	}
	switch {
	case c.answer == expired:
		l.token = false
		w.call(l, at, c.purpose)
	case c.purpose == Token && c.answer == fine:
		l.token, l.sessionUsed = true, w.now
		w.call(l, at, c.then)
	case at == keeperSlot:
		w.read(l, p, c)
	default:
		w.sent(l, at, c)
	}
}

// read takes an answer to the keeper.
func (w *world) read(l *laptop, p *place, c *call) {
	now := w.wall()
	if c.answer != fine {
		p.busy = false
		w.failed(l, c)
		w.planKeep(l)
		return
	}
	p.left--
	known := l.allowance(now)
	switch {
	case p.left == 0:
		l.reads.Looked = now
		if p.read == pacing.Refresh {
			l.reads.Refreshed = now
			if now.Sub(l.listedAt) >= pacing.RelistAge {
				l.listedAt = now
			}
		}
	case c.purpose == Directory && pacing.Scarce(known.Used, known.Max): // what was copied is kept
	case p.left > p.copy:
		w.call(l, keeperSlot, Describe)
		return
	default:
		w.call(l, keeperSlot, Directory)
		return
	}
	p.busy = false
	w.met(l)
	w.nudge(l)
	if p.read == pacing.Look {
		w.keep(l) // it may have been asked before a refresh
		return
	}
	w.planKeep(l)
}

// sent takes an answer to the drain.
func (w *world) sent(l *laptop, at int, c *call) {
	p := &l.places[at]
	switch {
	case c.purpose == Look: // without an answer the kept facts serve
		if c.answer == fine {
			l.reads.Looked = w.wall()
		}
		w.take(l, at)
	case c.answer != fine:
		w.giveBack(l, p, c)
		w.failed(l, c)
		w.again(l, at)
	case c.purpose == Probe:
		w.claim(l, at)
	case c.purpose == Resolve && p.left > 1:
		p.left--
		w.call(l, at, Resolve)
	case c.purpose == Resolve:
		w.call(l, at, Write)
	default:
		w.settle(l, p, c)
		w.again(l, at)
	}
}

// again lets a worker go on.
func (w *world) again(l *laptop, at int) {
	l.places[at].busy = false
	if !l.places[1-at].busy {
		w.pass(l)
	}
}

// giveBack lets the rows of a failed call wait. Whether a write was carried out may be in
// doubt: with the key it is simply made again.
func (w *world) giveBack(l *laptop, p *place, c *call) {
	doubtful := c.purpose == Write && w.verdicts[c.answer].Doubtful
	for _, r := range p.rows {
		if doubtful {
			r.due = w.wall().Add(pacing.Pause(int(r.attempts)+1, w.chance()))
		}
		l.waiting = append(l.waiting, r)
	}
	p.rows = nil
}

// settle takes what a write told of each row.
func (w *world) settle(l *laptop, p *place, c *call) {
	w.met(l)
	for i, r := range p.rows {
		if c.locked[i] && w.plan.plant.forgets {
			continue
		}
		if c.locked[i] {
			r.attempts++
			r.due = w.wall().Add(pacing.RowPause(int(r.attempts), w.chance()))
			l.waiting = append(l.waiting, r)
			continue
		}
		w.delivered(l, r.item)
	}
	p.rows = nil
	if known := l.allowance(w.wall()); pacing.Slow(known.Used, known.Max) {
		l.gate = l.gate.Slowed(pacing.SparePause, w.wall())
	}
}

// met notes that Salesforce answered.
func (w *world) met(l *laptop) {
	before, troubled := l.state, l.gate.Troubled()
	l.gate, l.state = l.gate.Answered(), online
	if before == online {
		return
	}
	if troubled {
		l.reads = l.reads.BackFromTrouble(w.wall(), w.chance())
	}
	w.planned(l, keeps, &l.keepAt, w.now)
}

// failed holds the laptop's calls back.
func (w *world) failed(l *laptop, c *call) {
	failure := drain.FailureOf(w.verdicts[c.answer])
	l.state = limited
	if failure.Cause == pacing.Network {
		l.state = offline
	}
	l.gate = l.gate.Failed(failure, w.wall(), w.chance())
}
