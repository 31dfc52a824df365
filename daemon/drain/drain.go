// Package drain decides when to send and what an answer means for the queue:
// claim, send, settle, back off, reconcile (DESIGN "Delivery"). It makes no
// record itself (crm does) and keeps nothing but the pause it is in: everything
// that must outlive the process is settled in the outbox.
package drain

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/pacing"
	"fieldpost/outbox"
	"fieldpost/sfclient"
)

// callRows is how many rows one collections call takes (salesforce.md 6.3).
const callRows = 200

// stopGrace is how long a call in flight may go on once the daemon stops.
const stopGrace = 4 * time.Second

// Outbox is what the drain asks of the durable queue.
type Outbox interface {
	Claim(most int, mode string) ([]outbox.Work, time.Time, error)
	Settle(outcomes []outbox.Outcome) error
	Unclaim(ids []string) error
	Hurry() error
	// Due tells when the next waiting item may be sent; false where none waits.
	Due() (at time.Time, any bool, err error)
}

// Salesforce is what the drain asks of the org.
type Salesforce interface {
	// Versions is the lightest call there is.
	Versions(ctx context.Context) ([]sfclient.Version, error)
	CreateAll(ctx context.Context, rows []sfclient.Row) ([]sfclient.Result, error)
	Update(ctx context.Context, object, id string, fields map[string]any) error
	Delete(ctx context.Context, object, id string) error
	Query(ctx context.Context, soql string, batch int) iter.Seq2[json.RawMessage, error]
}

// Org knows what the org allows and who its people are.
type Org interface {
	// Facts gives what is known, reading it first where nothing is.
	Facts(ctx context.Context) (*crm.Facts, error)
	// Reread reads the facts again after a rejection that hints at a change.
	Reread(ctx context.Context) error
	Rules() *crm.Rules
	// Resolve finds who has the addresses, and which of the ids may not be related or have
	// another id by now.
	Resolve(ctx context.Context, addresses, ids []string) (map[string]directory.Match, error)
	Names
	// UserID is the Salesforce id of the rep who is signed in.
	UserID() string
}

// Names tells what ids stand for.
type Names interface {
	// Name is what a person or record is called, "" where it is not known.
	Name(id string) string
	// Current is the id that a record has now: it may have been merged.
	Current(id string) string
	// Inside reports whether an address is of the rep's own company.
	Inside(address string) bool
}

// Parts are what a drain is made of.
type Parts struct {
	Outbox     Outbox
	Salesforce Salesforce
	Org        Org
	Now        func() time.Time
	// Elapsed is a clock that only ever goes forward, whatever is done to Now.
	Elapsed func() time.Duration
	// Usage is the org's daily allowance as last told.
	Usage func() sfclient.Usage
	// Chance gives numbers in [0,1) that spread the pauses.
	Chance func() float64
	Log    *slog.Logger
	// OnConnection, where set, is told when the connection changes.
	OnConnection func(Connection)
}

// Drain sends what waits. Its methods are safe for concurrent use.
type Drain struct {
	Parts
	gate gate
	ages *ages
	wake chan struct{}
	// turns are the workers' places; who holds all of them has the drain at rest.
	turns chan struct{}
}

// New makes a drain; Run starts it.
func New(parts Parts) *Drain {
	d := &Drain{
		Parts: parts, ages: newAges(parts.Now, parts.Elapsed),
		wake: make(chan struct{}, 1), turns: make(chan struct{}, pacing.Workers),
	}
	d.gate = gate{now: parts.Now, chance: parts.Chance, conn: Connection{State: Offline, Since: parts.Now()}}
	return d
}

// Reconnected starts a pass soon: the network came up, or the laptop woke. It ends an
// offline pause and what led up to it, never one that the org asked for.
func (d *Drain) Reconnected() {
	d.gate.reroute()
	d.poke()
}

// Nudge starts a pass soon: something was captured. It cuts an offline pause, never one
// that the org asked for.
func (d *Drain) Nudge() {
	d.gate.cut(false)
	d.poke()
}

// Flush starts a pass now because a person asked: it cuts every pause but the
// wait of a doubtful outcome.
func (d *Drain) Flush() error {
	d.gate.cut(true)
	err := d.Outbox.Hurry()
	d.poke()
	return err
}

func (d *Drain) poke() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Connection tells how things stand.
func (d *Drain) Connection() Connection { return d.gate.connection() }

// Peace reports a pause in which the org wants nothing to be read either.
func (d *Drain) Peace() bool { return d.gate.peace() }

// Report lets others who call Salesforce (a sync, a read of facts) tell what
// they met, so that one trouble is known everywhere. A nil error is good news, but no
// answer to what bars writing alone.
func (d *Drain) Report(err error) {
	if err == nil {
		if problem := d.Connection().Problem; problem == nil || !crm.BarsWrites(problem.Code) {
			d.met(crm.Call{}, nil)
		}
		return
	}
	d.met(crm.JudgeCall(err), err)
}

// Run sends until ctx ends; a call in flight then has stopGrace to finish.
func (d *Drain) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.wake:
		case <-timer.C:
		}
		next := d.pass(ctx)
		if next.IsZero() {
			timer.Stop()
		} else {
			timer.Reset(max(next.Sub(d.Now()), 0))
		}
	}
}

// pass sends until nothing is due or the gate closes, and tells when to come
// back: the zero time for when something wakes it.
func (d *Drain) pass(ctx context.Context) (next time.Time) {
	sendCtx, cancel := withGrace(ctx, stopGrace)
	defer cancel()
	step := d.step(ctx, sendCtx)
	if step.more {
		var group errgroup.Group
		results := make([]stepResult, pacing.Workers)
		for i := range results {
			group.Go(func() error {
				for results[i].more = true; results[i].more; {
					results[i] = d.step(ctx, sendCtx)
				}
				return nil
			})
		}
		_ = group.Wait()
		step = results[0]
		for _, other := range results[1:] {
			step.next = earlier(step.next, other.next)
		}
	}
	if until := d.gate.closedUntil(); !until.IsZero() {
		return until
	}
	return step.next
}

type stepResult struct {
	more bool      // there is more to claim now
	next time.Time // when something falls due, zero for nothing
}

// AtRest runs change while nothing is claimed, sent or settled: a call that another
// user's sign-in overtakes would go out under the wrong name (reliability.md W21).
func (d *Drain) AtRest(ctx context.Context, change func() error) error {
	for held := range pacing.Workers {
		select {
		case d.turns <- struct{}{}:
		case <-ctx.Done():
			d.giveBack(held)
			return ctx.Err()
		}
	}
	defer d.giveBack(pacing.Workers)
	return change()
}

func (d *Drain) giveBack(places int) {
	for range places {
		<-d.turns
	}
}

// step claims, sends and settles once.
func (d *Drain) step(ctx, sendCtx context.Context) stepResult {
	select {
	case d.turns <- struct{}{}:
		defer d.giveBack(1)
	case <-ctx.Done():
	}
	if ctx.Err() != nil || !d.gate.closedUntil().IsZero() {
		return stepResult{}
	}
	if ready, next := d.reachable(sendCtx); !ready {
		return stepResult{next: next}
	}
	facts, err := d.Org.Facts(sendCtx)
	if errors.Is(err, ErrSignedOut) {
		return stepResult{}
	}
	if err != nil {
		d.met(crm.JudgeCall(err), err)
		return stepResult{}
	}
	work, next, err := d.Outbox.Claim(callRows, facts.Mode())
	if err != nil {
		d.Log.Error("claiming failed", "error", err)
		return stepResult{next: d.Now().Add(pacing.FirstStep)}
	}
	if len(work) == 0 {
		return stepResult{next: next}
	}
	d.settle(ctx, d.deliver(sendCtx, facts, work))
	d.spare()
	return stepResult{more: true}
}

// reachable makes sure, while the way to Salesforce is not known to be open, that it
// is, before anything is claimed: a claim that a crash leaves behind is a doubt, and
// without a key a doubt takes ten minutes to settle.
func (d *Drain) reachable(ctx context.Context) (ready bool, next time.Time) {
	if d.Connection().State == Online {
		return true, time.Time{}
	}
	at, any, err := d.Outbox.Due()
	switch {
	case err != nil:
		d.Log.Error("looking for what waits failed", "error", err)
		return false, d.Now().Add(pacing.FirstStep)
	case !any:
		return false, time.Time{}
	case at.After(d.Now()):
		return false, at
	}
	if _, err := d.Salesforce.Versions(ctx); err != nil && !errors.Is(err, ErrSignedOut) {
		d.met(crm.JudgeCall(err), err)
		return false, time.Time{}
	}
	return true, time.Time{}
}

// spare leaves the last of the org's allowance to others.
func (d *Drain) spare() {
	if usage := d.Usage(); pacing.Slow(usage.Used, usage.Max) {
		d.gate.slow(pacing.SparePause)
	}
}

// settle stores outcomes, trying again until it can: while a delivered mark is
// not on disk nothing else may be sent (W10).
func (d *Drain) settle(ctx context.Context, s settlement) {
	defer d.forgetAges(s.outcomes)
	for {
		err := s.store(d.Outbox)
		if err == nil {
			return
		}
		d.Log.Error("an outcome could not be stored", "error", err)
		select {
		case <-ctx.Done():
			return // the claim is on disk: the next start reconciles
		case <-time.After(pacing.FirstStep):
		}
	}
}

// forgetAges drops the timing of items whose doubt is over.
func (d *Drain) forgetAges(outcomes []outbox.Outcome) {
	for _, o := range outcomes {
		if o.To != outbox.Waiting {
			d.ages.settled(o.ID)
		}
	}
}

// ErrSignedOut is what Org.Facts answers where nobody is signed in.
var ErrSignedOut = errors.New("drain: nobody is signed in")

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// withGrace gives a context that ends a while after its parent does.
func withGrace(parent context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-ctx.Done():
		}
	})
	return ctx, func() { stop(); cancel() }
}
