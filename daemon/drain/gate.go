package drain

import (
	"sync"
	"time"

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
	mu       sync.Mutex
	now      func() time.Time
	chance   func() float64
	conn     Connection
	until    time.Time
	failures int
	// stern pauses are the org's or the account's: a new capture does not cut them.
	stern bool
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
	g.failures, g.until, g.stern = 0, time.Time{}, false
	return g.set(Online, nil)
}

// close holds calls back for the next pause in the row. An offline pause is cut
// by the next capture; one that the org or the account caused is not.
func (g *gate) close(state State, problem *outbox.Problem) (changed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures++
	g.stern = state != Offline
	pause := Pause(g.failures, g.chance())
	if g.stern {
		pause = OrgPause(g.failures, g.chance())
	}
	g.until = g.now().Add(pause)
	return g.set(state, problem)
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
	g.until, g.conn.NextAttemptAt = time.Time{}, time.Time{}
}

func (g *gate) connection() Connection {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.conn
}
