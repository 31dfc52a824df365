package pacing

import "time"

// Workers is how many calls of the drain are under way at once at most.
const Workers = 2

// Gate holds an account's calls back while the network, the org or the account is in
// trouble. The zero Gate is open. Its methods give the gate that follows.
type Gate struct {
	until time.Time
	// failures are those in a row that a pause led up to. An attempt that a capture
	// brought forward does not count: ten captures on a train must not make a long pause.
	failures int
	hurried  bool
	// cause is of the pause: a new capture cuts only those of the network.
	cause Cause
	// outage: one of the failures was an outage. Then the network's are taken for a part of it:
	// an org that comes back drops calls.
	outage bool
}

// Cause is who caused a failure.
type Cause int

// The causes there are.
const (
	// Network: Salesforce was not reached.
	Network Cause = iota
	// Outage: Salesforce, or its edge, cannot serve anybody for a while.
	Outage
	// Limit: the org has served as many calls as it does for now.
	Limit
	// Account: the org lets this account do nothing until somebody acts.
	Account
)

// Failure is what a failed call says of when to call again.
type Failure struct {
	Cause Cause
	// Least is the shortest first pause, 0 for none.
	Least time.Duration
	// RetryAfter is the wait that the answer asked for, 0 for none.
	RetryAfter time.Duration
}

// Until tells how long calls are held back at a moment; the zero time for not at all.
func (g Gate) Until(now time.Time) time.Time {
	if g.until.After(now) {
		return g.until
	}
	return time.Time{}
}

// Peace reports a pause in which the org wants nothing to be read either.
func (g Gate) Peace(now time.Time) bool {
	return (g.cause == Outage || g.cause == Limit) && g.until.After(now)
}

// Answered opens the gate: Salesforce answered.
func (g Gate) Answered() Gate { return Gate{} }

// Failed holds calls back for the next pause in the row. chance is in [0,1).
func (g Gate) Failed(f Failure, now time.Time, chance float64) Gate {
	if !g.hurried || g.failures == 0 {
		g.failures++
	}
	g.hurried, g.cause = false, f.Cause
	g.outage = g.outage || f.Cause == Outage
	var pause time.Duration
	switch {
	case f.Cause == Limit, f.Cause == Account:
		pause = OrgPause(g.failures, f.Least, chance)
	case g.lasting():
		pause = OutagePause(g.failures, chance)
	default:
		pause = Pause(g.failures, chance)
	}
	// Whoever was told the same wait comes back at the same moment, if its end is not spread.
	asked := f.RetryAfter + time.Duration(chance*float64(min(f.RetryAfter, outageStep)))
	g.until = now.Add(max(pause, asked))
	return g
}

// Slowed holds calls back for a moment without any trouble. A capture does not cut it: each
// would undo the slowness.
func (g Gate) Slowed(pause time.Duration, now time.Time) Gate {
	g.until, g.cause = now.Add(pause), Limit
	return g
}

// lasting reports an outage, or a failure of the network for minutes: on one network that
// may be an org which nobody reaches.
func (g Gate) lasting() bool { return g.outage || step(g.failures) > outageStep }

// Troubled reports failures in a row that many laptops may share: they come back together.
func (g Gate) Troubled() bool { return g.failures > 0 && (g.cause != Network || g.lasting()) }

// Rerouted ends a pause of the network: the laptop has another one by now, or woke, and what
// failed before says nothing of it.
func (g Gate) Rerouted() Gate {
	if g.cause != Network {
		return g
	}
	return Gate{}
}

// Cut ends a pause: any pause where a person asks, an offline one otherwise.
func (g Gate) Cut(asked bool, now time.Time) Gate {
	if g.cause != Network && !asked {
		return g
	}
	g.hurried = g.hurried || g.until.After(now)
	g.until = time.Time{}
	return g
}
