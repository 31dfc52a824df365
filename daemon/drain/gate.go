package drain

import (
	"sync"
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/pacing"
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
	// Recovered: online again after a trouble that many laptops may share.
	Recovered bool
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
	pace   pacing.Gate
	// unrouted counts answers in a row of an edge that knows no org at this host.
	unrouted int
}

// closedUntil tells how long to hold back; the zero time for not at all.
func (g *gate) closedUntil() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pace.Until(g.now())
}

// peace reports a pause in which the org wants nothing to be read either.
func (g *gate) peace() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pace.Peace(g.now())
}

// open notes that Salesforce answered.
func (g *gate) open() (changed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.conn.Recovered = g.pace.Troubled()
	g.pace, g.unrouted = g.pace.Answered(), 0
	return g.set(Online, nil)
}

// close holds calls back for the next pause in the row. An offline pause is cut
// by the next capture; one that the org or the account caused is not.
func (g *gate) close(call crm.Call) (changed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	state, problem := g.judge(call)
	g.pace = g.pace.Failed(FailureOf(call), g.now(), g.chance())
	return g.set(state, problem)
}

// FailureOf tells what a failed call says of when to call again.
func FailureOf(call crm.Call) pacing.Failure {
	f := pacing.Failure{Cause: pacing.Limit, Least: call.Pause, RetryAfter: call.RetryAfter}
	switch {
	case call.Foreign:
		f.Cause = pacing.Network
	case call.Course != crm.Pause:
		f.Cause = pacing.Account
	case call.Pause == 0:
		f.Cause = pacing.Outage
	}
	return f
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
	g.pace = g.pace.Slowed(pause, g.now())
	g.conn.NextAttemptAt = g.pace.Until(g.now())
}

func (g *gate) set(state State, problem *outbox.Problem) bool {
	changed := g.conn.State != state || code(g.conn.Problem) != code(problem)
	if g.conn.State != state {
		g.conn.Since = g.now()
	}
	g.conn.State, g.conn.Problem, g.conn.NextAttemptAt = state, problem, g.pace.Until(g.now())
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
	g.pace = g.pace.Cut(asked, g.now())
	g.conn.NextAttemptAt = g.pace.Until(g.now())
}

// reroute ends an offline pause: the network is another one.
func (g *gate) reroute() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pace = g.pace.Rerouted()
	g.conn.NextAttemptAt = g.pace.Until(g.now())
}

func (g *gate) connection() Connection {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.conn
}
