package daemon

import (
	"context"
	"net/http"
	"sync"
	"time"

	"fieldpost/sfclient"
)

// youngSession is how old a session may be at most to be refused for another reason
// than its age: the shortest timeout that Salesforce offers.
const youngSession = 15 * time.Minute

// locks notices the session lock: a session of a few minutes is refused, and a new one
// from here is taken (salesforce.md section 2).
type locks struct {
	sfclient.Session
	now func() time.Time

	mu    sync.Mutex
	token string
	since time.Time
	seen  time.Time
}

// Current notes since when the session is in use.
func (l *locks) Current(ctx context.Context) (sfclient.Grant, error) {
	grant, err := l.Session.Current(ctx)
	if err == nil {
		l.note(grant)
	}
	return grant, err
}

// Renew notes a refusal of a young session that a renewal cures.
func (l *locks) Renew(ctx context.Context, stale sfclient.Grant) (sfclient.Grant, error) {
	fresh, err := l.Session.Renew(ctx, stale)
	if err != nil {
		return fresh, err
	}
	l.mu.Lock()
	if stale.AccessToken == l.token && l.now().Sub(l.since) < youngSession {
		l.seen = l.now()
	}
	l.mu.Unlock()
	l.note(fresh)
	return fresh, nil
}

func (l *locks) note(grant sfclient.Grant) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if grant.AccessToken != l.token {
		l.token, l.since = grant.AccessToken, l.now()
	}
}

// forget drops what was seen of the user who was signed in before.
func (l *locks) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.token, l.seen = "", time.Time{}
}

func (l *locks) lastSeen() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen
}

// clock compares this computer's clock with Salesforce's, by the date of its answers.
type clock struct {
	next http.RoundTripper
	now  func() time.Time

	mu    sync.Mutex
	ahead time.Duration
	known bool
}

// RoundTrip notes the date of each answer that the data API gave.
func (c *clock) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.next.RoundTrip(r)
	if err != nil || answer.Header.Get("Sforce-Limit-Info") == "" {
		return answer, err
	}
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		c.mu.Lock()
		c.ahead, c.known = c.now().Sub(date), true
		c.mu.Unlock()
	}
	return answer, nil
}

func (c *clock) skew() (ahead time.Duration, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead, c.known
}
