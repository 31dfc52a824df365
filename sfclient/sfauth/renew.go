package sfauth

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"fieldpost/sfclient"
)

// At most maxRenewals in renewalWindow: an egress that changes its address
// between renewal and call would otherwise renew for ever (salesforce.md
// section 2).
const (
	maxRenewals   = 3
	renewalWindow = 5 * time.Minute
)

// renew fetches an access token and keeps the refresh token that came with it
// before anybody gets to use the former.
func (r *Refresher) renew(ctx context.Context) error {
	account, fresh, err := r.begin()
	if err != nil {
		return err
	}
	if fresh == nil {
		if fresh, err = r.fetch(ctx, account); err != nil {
			return r.note(err)
		}
	}
	if err := r.keep(ctx, account, fresh); err != nil {
		return err
	}
	r.use(fresh)
	return nil
}

// begin tells whom to renew for, and the tokens that an earlier renewal brought
// but could not keep.
func (r *Refresher) begin() (Account, *tokens, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unkept != nil {
		return r.account, r.unkept, nil
	}
	now := r.now()
	r.renewals = slices.DeleteFunc(r.renewals, func(t time.Time) bool { return now.Sub(t) >= renewalWindow })
	if len(r.renewals) >= maxRenewals {
		return Account{}, nil, &Error{Code: SessionUnstable, Who: Wait, RetryAfter: renewalWindow - now.Sub(r.renewals[0])}
	}
	return r.account, nil, nil
}

// fetch presents the newest refresh token. Where Salesforce knows it no more, the
// one before is presented once: the newest may never have reached Salesforce's
// books, or not ours.
func (r *Refresher) fetch(ctx context.Context, account Account) (*tokens, error) {
	known, err := r.vault.load(ctx, account)
	if err != nil {
		return nil, err
	}
	failure := error(ErrSignInNeeded)
	for _, token := range known {
		fresh, err := r.present(ctx, account, token)
		if err == nil {
			return fresh, nil
		}
		failure = err
		if !errors.Is(err, ErrSignInNeeded) {
			break
		}
	}
	return nil, failure
}

// present trades one refresh token, twice if the first answer was lost: after a
// rotation that nobody saw, only the second answer tells (reliability.md W13).
func (r *Refresher) present(ctx context.Context, account Account, token string) (*tokens, error) {
	e := newEndpoint(account.LoginURL, account.ClientID, r.transport)
	fresh, err := e.renew(ctx, token)
	if lost(err) {
		r.log.InfoContext(ctx, "answer to a token refresh lost, asking again")
		fresh, err = e.renew(ctx, token)
	}
	if err != nil {
		return nil, err
	}
	if fresh.org != "" && !account.Same(Account{OrgID: fresh.org, UserID: fresh.user}) {
		return nil, &Error{Code: SignInOtherUser, Who: User}
	}
	return &fresh, nil
}

func lost(err error) bool {
	var transport *sfclient.TransportError
	if errors.As(err, &transport) {
		return transport.Sent
	}
	var foreign *sfclient.ForeignError
	return errors.As(err, &foreign) && foreign.Status == http.StatusOK
}

// note remembers a failure that only a new sign-in ends.
func (r *Refresher) note(err error) error {
	if errors.Is(err, ErrSignInNeeded) || errors.Is(err, &Error{Code: SignInOtherUser}) {
		r.mu.Lock()
		r.dead, r.access = err, ""
		r.mu.Unlock()
	}
	return err
}

// keep makes a rotated refresh token safe. Should the keychain not take it now,
// the tokens wait in memory for the next attempt, and are not used before.
func (r *Refresher) keep(ctx context.Context, account Account, fresh *tokens) error {
	known, err := r.vault.load(ctx, account)
	if err == nil && (len(known) == 0 || known[0] != fresh.refresh) {
		err = r.vault.save(ctx, account, fresh.refresh)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unkept = nil
	if err != nil {
		r.unkept = fresh
	}
	return err
}

// use makes the access token the one at hand.
func (r *Refresher) use(fresh *tokens) {
	r.mu.Lock()
	r.access = fresh.access
	r.renewedAt = r.now()
	r.renewals = append(r.renewals, r.renewedAt)
	moved := r.account.InstanceURL != fresh.instance
	r.account.InstanceURL = fresh.instance
	account := r.account
	r.mu.Unlock()
	if moved {
		r.onAccount(account)
	}
}
