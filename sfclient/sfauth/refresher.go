package sfauth

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"fieldpost/sfclient"
)

// RefresherConfig holds what a Refresher depends on.
type RefresherConfig struct {
	// Account is who was signed in last, the zero Account for nobody.
	Account Account
	// Store names this home's secrets in the keychain.
	Store     string
	Secrets   Secrets
	Transport http.RoundTripper
	Now       func() time.Time
	Log       *slog.Logger
	// OnAccount, where set, is told the account whenever a renewal changed its
	// facts. It must not call the Refresher.
	OnAccount func(Account)
}

// Refresher is the one place that renews a session, and an sfclient.Session. It
// holds the access token in memory alone. Nothing expires by the clock: a session
// is renewed when there is none, and when Salesforce refused it. It is safe for
// concurrent use; however many ask, one renewal runs at a time.
type Refresher struct {
	vault     *vault
	transport http.RoundTripper
	now       func() time.Time
	log       *slog.Logger
	onAccount func(Account)

	mu      sync.Mutex // guards what follows; never held during a call
	account Account
	access  string
	dead    error   // set once only a new sign-in helps
	unkept  *tokens // renewed, but not yet safe in the keychain
	// renewals are those within renewalWindow, renewedAt is the last of all.
	renewals  []time.Time
	renewedAt time.Time
	flight    *flight
}

// flight is a renewal under way, for all who wait for it, or a change of account.
type flight struct {
	renewal bool
	landed  chan struct{}
	err     error // once landed
}

func (f *flight) wait(ctx context.Context) error {
	select {
	case <-f.landed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var _ sfclient.Session = (*Refresher)(nil)

// NewRefresher takes up the session of the last sign-in, without any call.
func NewRefresher(c RefresherConfig) *Refresher {
	if c.OnAccount == nil {
		c.OnAccount = func(Account) {}
	}
	r := &Refresher{
		vault:     newVault(c.Secrets, c.Store),
		transport: c.Transport,
		now:       c.Now,
		log:       c.Log,
		onAccount: c.OnAccount,
		account:   c.Account,
	}
	if c.Account.UserID == "" {
		r.dead = ErrSignInNeeded
	}
	return r
}

// Account tells who is signed in, the zero Account for nobody.
func (r *Refresher) Account() Account {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.account
}

// Current gives the grant at hand, renewing where there is none.
func (r *Refresher) Current(ctx context.Context) (sfclient.Grant, error) {
	return r.grant(ctx, func(access string) bool { return access != "" })
}

// Renew replaces a grant that Salesforce refused.
func (r *Refresher) Renew(ctx context.Context, stale sfclient.Grant) (sfclient.Grant, error) {
	return r.grant(ctx, func(access string) bool { return access != "" && access != stale.AccessToken })
}

// KeepAlive renews a session that has not been renewed for so long: an idle one
// ends after 30 days in many orgs (salesforce.md section 1.5).
func (r *Refresher) KeepAlive(ctx context.Context, idle time.Duration) error {
	r.mu.Lock()
	fresh := r.now().Sub(r.renewedAt) < idle
	stale := sfclient.Grant{AccessToken: r.access}
	r.mu.Unlock()
	if fresh {
		return nil
	}
	_, err := r.Renew(ctx, stale)
	return err
}

// grant gives the grant at hand if it will do, else what the renewal under way
// brings. The renewal goes on where a caller gives up: a rotated token must not be
// dropped half-way.
func (r *Refresher) grant(ctx context.Context, willDo func(access string) bool) (sfclient.Grant, error) {
	for renewed := false; ; {
		r.mu.Lock()
		if r.dead != nil || renewed || willDo(r.access) {
			defer r.mu.Unlock()
			return r.atHand(), r.dead
		}
		f := r.takeOff(ctx)
		r.mu.Unlock()
		if err := f.wait(ctx); err != nil {
			return sfclient.Grant{}, err
		}
		if f.renewal && f.err != nil {
			return sfclient.Grant{}, f.err
		}
		renewed = f.renewal
	}
}

func (r *Refresher) atHand() sfclient.Grant {
	return sfclient.Grant{InstanceURL: r.account.InstanceURL, AccessToken: r.access}
}

// takeOff joins the renewal under way or starts one.
func (r *Refresher) takeOff(ctx context.Context) *flight {
	if r.flight != nil {
		return r.flight
	}
	f := &flight{renewal: true, landed: make(chan struct{})}
	r.flight = f
	go func() { r.land(f, r.renew(context.WithoutCancel(ctx))) }()
	return f
}

func (r *Refresher) land(f *flight, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f.err, r.flight = err, nil
	close(f.landed)
}

// alone does something that no renewal may cross.
func (r *Refresher) alone(ctx context.Context, do func() error) error {
	f := &flight{landed: make(chan struct{})}
	for !r.reserve(f) {
		if err := r.Settle(ctx); err != nil {
			return err
		}
	}
	err := do()
	r.land(f, err)
	return err
}

func (r *Refresher) reserve(f *flight) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flight != nil {
		return false
	}
	r.flight = f
	return true
}

// Settle waits for the renewal under way, if there is one. A daemon that stops
// calls it, so that a rotated token is not cut off from the keychain.
func (r *Refresher) Settle(ctx context.Context) error {
	r.mu.Lock()
	f := r.flight
	r.mu.Unlock()
	if f == nil {
		return nil
	}
	return f.wait(ctx)
}
