package pacing

import "time"

// Workers is how many calls of the drain are under way at once at most.
const Workers = 2

// Gate holds an account's calls back while the network, the org or the account is in
// trouble. The zero Gate is open. Its methods give the gate that follows.
type Gate struct {
	until time.Time
	// failures are those in a row that a pause led up to. An attempt that a capture
	// brought forward does not count: ten captures on a train must not make an hour's pause.
	failures int
	hurried  bool
	// stern pauses are the org's or the account's: a new capture does not cut them.
	stern bool
}

// Failure is what a failed call says of when to call again.
type Failure struct {
	// Stern: the org or the account wants peace; else the network failed.
	Stern bool
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

// Answered opens the gate: Salesforce answered.
func (g Gate) Answered() Gate { return Gate{} }

// Failed holds calls back for the next pause in the row. chance is in [0,1).
func (g Gate) Failed(f Failure, now time.Time, chance float64) Gate {
	if !g.hurried || g.failures == 0 {
		g.failures++
	}
	g.hurried, g.stern = false, f.Stern
	pause := Pause(g.failures, chance)
	if f.Stern {
		pause = OrgPause(g.failures, f.Least, chance)
	}
	g.until = now.Add(max(pause, f.RetryAfter))
	return g
}

// Slowed holds calls back for a moment without any trouble.
func (g Gate) Slowed(pause time.Duration, now time.Time) Gate {
	g.until = now.Add(pause)
	return g
}

// Cut ends a pause: any pause where a person asks, an offline one otherwise.
func (g Gate) Cut(asked bool, now time.Time) Gate {
	if g.stern && !asked {
		return g
	}
	g.hurried = g.hurried || g.until.After(now)
	g.until = time.Time{}
	return g
}
