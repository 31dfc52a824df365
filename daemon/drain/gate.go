package drain

import (
	"sync"
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/outbox"
)

// State is how things stand between this laptop and the org.
type State string

// The states of CONTRACT section 4, status.connection.
const (
	Online  State = "online"
	Offline State = "offline"
	Limited State = "limited"
)

// Connection is what the drain knows of the way to Salesforce.
type Connection struct {
	State State
	Since time.Time
	// NextAttemptAt is when the drain tries again by itself, zero for "as soon as
	// there is something to send".
	NextAttemptAt time.Time
	// Problem keeps everything of this account from being sent; nil where nothing does.
	Problem *outbox.Problem
}

// gate holds calls back while the network, the org or the account is in trouble.
type gate struct {
	mu     sync.Mutex
	now    func() time.Time
	chance func() float64
	conn   Connection
	until  time.Time
	// failures are those in a row that a pause led up to. An attempt that a capture
	// brought forward does not count: ten captures on a train must not make an hour's pause.
	failures int
	hurried  bool
	// stern pauses are the org's or the account's: a new capture does not cut them.
	stern bool
	// unrouted counts answers in a row of an edge that knows no org at this host.
	unrouted int
}

// closedUntil tells how long to hold back; the zero time for not at all.
func (g *gate) closedUntil() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.until.After(g.now()) {
		return g.until
	}
	return time.Time{}
}

// open notes that Salesforce answered.
func (g *gate) open() (changed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures, g.until, g.stern, g.unrouted = 0, time.Time{}, false, 0
	return g.set(Online, nil)
}

// close holds calls back for the next pause in the row. An offline pause is cut
// by the next capture; one that the org or the account caused is not.
func (g *gate) close(call crm.Call) (changed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.hurried || g.failures == 0 {
		g.failures++
	}
	g.hurried = false
	state, problem := g.judge(call)
	g.stern = state != Offline
	pause := Pause(g.failures, g.chance())
	if g.stern {
		pause = OrgPause(g.failures, call.Pause, g.chance())
	}
	g.until = g.now().Add(max(pause, call.RetryAfter))
	return g.set(state, problem)
}

// noRouteLeast is from which answer in a row on a missing route is an
// administrator's matter: the edge may forget one for a moment (salesforce.md
// section 8, 420).
const noRouteLeast = 3

// judge tells what a failure says of the way to Salesforce.
func (g *gate) judge(call crm.Call) (State, *outbox.Problem) {
	problem := call.Problem
	if problem.Code != "no_route" {
		g.unrouted = 0
	} else if g.unrouted++; g.unrouted < noRouteLeast {
		problem.Who = outbox.Wait
	}
	if call.Foreign {
		return Offline, &problem
	}
	return Limited, &problem
}

// slow holds calls back for a moment without any trouble: the org's allowance is
// nearly used up.
func (g *gate) slow(pause time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until = g.now().Add(pause)
	g.conn.NextAttemptAt = g.until
}

func (g *gate) set(state State, problem *outbox.Problem) bool {
	changed := g.conn.State != state || code(g.conn.Problem) != code(problem)
	if g.conn.State != state {
		g.conn.Since = g.now()
	}
	g.conn.State, g.conn.Problem, g.conn.NextAttemptAt = state, problem, g.until
	return changed
}

func code(p *outbox.Problem) string {
	if p == nil {
		return ""
	}
	return p.Code
}

// cut ends a pause: any pause where a person asks, an offline one otherwise.
func (g *gate) cut(asked bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stern && !asked {
		return
	}
	g.hurried = g.hurried || g.until.After(g.now())
	g.until, g.conn.NextAttemptAt = time.Time{}, time.Time{}
}

func (g *gate) connection() Connection {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.conn
}
