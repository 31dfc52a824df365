package fleet

import (
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/sfclient"
)

// Purpose is what a call is made for.
type Purpose int

// The purposes, as they are told.
const (
	Write Purpose = iota
	Resolve
	Look
	Describe
	Directory
	Probe
	Token
	purposes
)

var purposeNames = [purposes]string{"write", "resolve", "look", "describe", "directory", "probe", "token"}

func (p Purpose) String() string { return purposeNames[p] }

// counts reports whether a call is taken off the daily allowance: the list of versions and
// the sign-in service are not of the data API.
func (p Purpose) counts() bool { return p != Probe && p != Token }

// served is how long an idle org takes for a call.
var served = [purposes]time.Duration{
	Write: 350 * time.Millisecond, Resolve: 150 * time.Millisecond, Look: 250 * time.Millisecond,
	Describe: 200 * time.Millisecond, Directory: 400 * time.Millisecond, Probe: 50 * time.Millisecond, Token: 150 * time.Millisecond,
}

const (
	// perRow is what a further row of a write takes.
	perRow = 10 * time.Millisecond
	// atOnce is how many calls the org serves at once without becoming slower.
	atOnce = 40
	// longAfter is when a call counts against the slots for long calls, and slots how many
	// there are (salesforce.md 6.5).
	longAfter, slots = 20 * time.Second, 25
	// dialTimeout is how long a laptop waits for a connection to an org that is out of reach.
	dialTimeout = 10 * time.Second
	// loseOneIn is of how many writes the answer is lost.
	loseOneIn = 2000
	// sessionIdle is how long a session may go unused: Salesforce's default.
	sessionIdle = 2 * time.Hour
	// allowanceBase and allowanceRep are the calls a day of an Enterprise org, and of each of
	// its licences (salesforce.md 6.5).
	allowanceBase, allowanceRep = 100_000, 1_000
)

// answer is what became of a call.
type answer uint8

const (
	fine answer = iota
	expired
	down    // the edge answers in the org's place
	full    // no allowance is left
	crowded // too many long calls are under way
	lost    // carried out, and the answer never came
	cut     // the laptop has no network, or the org cannot be reached
	answers
)

// verdicts are what the product makes of each answer.
func verdicts() (all [answers]crm.Call) {
	limit := func(message string) error {
		return &sfclient.Error{Status: 403, Code: "REQUEST_LIMIT_EXCEEDED", Message: message}
	}
	for a, err := range map[answer]error{
		down:    &sfclient.ForeignError{Status: 503, Kind: sfclient.Edge},
		full:    limit("TotalRequests Limit exceeded."),
		crowded: limit("ConcurrentRequests Limit exceeded."),
		lost:    &sfclient.TransportError{Sent: true},
		cut:     &sfclient.TransportError{},
	} {
		all[a] = crm.JudgeCall(err)
	}
	return all
}

// call is one call under way.
type call struct {
	laptop  int32
	life    int // of the laptop's process
	began   time.Duration
	slot    int8 // of the drain; keeperSlot is the keeper's
	purpose Purpose
	then    Purpose // for Token: what is to be called again
	rows    []int32
	locked  []bool // which of the rows the org refused
	answer  answer
	long    bool // counts against the slots
	serving bool
}

// org is the one Salesforce org that all laptops share.
type org struct {
	inFlight, long int
	down           bool
	upSince        time.Duration
	// held are the accounts that a write holds at the moment.
	held map[int32]int
	// others is what the org's other clients have used of the allowance.
	others, most int
	minutes      [24 * 60]int // ours, of the last day
	minute, used int          // the minute counted in now, since the world began; the sum

	seconds    []int32 // all calls, by second
	calls      [purposes]int
	collisions int
	refused    int // for want of slots or allowance
	peakShare  float64
	written    []uint8 // how often each activity was written
	duplicates int     // refused by the key: the answer of the first call was lost
}

// tick lets the calls of a day ago roll out of the allowance.
func (o *org) tick(now time.Duration) {
	for at := int(now / time.Minute); o.minute < at; {
		o.minute++
		of := &o.minutes[o.minute%len(o.minutes)]
		o.used -= *of
		*of = 0
	}
}

func (o *org) usage() sfclient.Usage { return sfclient.Usage{Used: o.used + o.others, Max: o.most} }

// arrive counts a call and decides its outcome, and how long the org takes for it.
func (w *world) arrive(c *call) time.Duration {
	o := &w.org
	o.calls[c.purpose]++
	if at := int(w.now / time.Second); at < len(o.seconds) {
		o.seconds[at]++
	}
	o.tick(w.now)
	l := &w.laptops[c.laptop]
	switch {
	case o.down && w.plan.Silent:
		c.answer = cut
		return dialTimeout
	case o.down:
		c.answer = down
		return 200 * time.Millisecond
	case c.purpose.counts() && w.now-l.sessionUsed > sessionIdle:
		c.answer = expired
		return 50 * time.Millisecond
	case c.purpose.counts() && o.usage().Used >= o.most:
		c.answer = full
		o.refused++
		return 50 * time.Millisecond
	case c.purpose.counts() && o.long >= slots:
		c.answer = crowded
		o.refused++
		return 50 * time.Millisecond
	}
	l.sessionUsed = w.now
	if c.purpose.counts() {
		o.minutes[o.minute%len(o.minutes)]++
		o.used++
		o.peakShare = max(o.peakShare, float64(o.usage().Used)/float64(o.most))
	}
	if c.purpose == Write && w.rng.IntN(loseOneIn) == 0 {
		c.answer = lost
	}
	c.serving = true
	o.inFlight++
	takes := float64(served[c.purpose] + time.Duration(len(c.rows))*perRow)
	takes *= (0.6 + 0.8*w.rng.Float64()) * max(1, float64(o.inFlight)/atOnce)
	w.lock(c)
	return time.Duration(takes)
}

// lock takes the accounts of a write; a row whose account another write holds is refused.
func (w *world) lock(c *call) {
	c.locked = make([]bool, len(c.rows))
	for i, row := range c.rows {
		account := w.items[row].account
		if by, taken := w.org.held[account]; taken && by != int(c.laptop) {
			c.locked[i] = true
			w.org.collisions++
			continue
		}
		w.org.held[account] = int(c.laptop)
	}
}

// done ends the org's work on a call: what it wrote is there.
func (w *world) done(c *call) {
	if !c.serving {
		return
	}
	c.serving = false
	w.org.inFlight--
	if c.long {
		w.org.long--
	}
	for i, row := range c.rows {
		if c.locked[i] {
			continue
		}
		delete(w.org.held, w.items[row].account)
		if w.org.written[row] > 0 && !w.plan.plant.keyless {
			w.org.duplicates++
			continue
		}
		w.org.written[row]++
	}
}
