package sfauth

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"fieldpost/sfclient"
)

// Adopt takes over what a sign-in brought: the refresh token is kept, whatever an
// earlier sign-in left is forgotten, and the session is at hand.
func (r *Refresher) Adopt(ctx context.Context, g *Grant) error {
	return r.alone(ctx, func() error {
		if err := r.vault.save(ctx, g.Account, g.RefreshToken); err != nil {
			return err
		}
		if err := r.vault.dropOlder(ctx); err != nil {
			return err
		}
		r.become(g.Account, g.AccessToken, nil)
		return nil
	})
}

// Forget removes the tokens from memory and from the keychain. Salesforce is not
// told: see Revoke.
func (r *Refresher) Forget(ctx context.Context) error {
	return r.alone(ctx, func() error {
		r.become(Account{}, "", ErrSignInNeeded)
		return r.vault.clear(ctx)
	})
}

func (r *Refresher) become(account Account, access string, dead error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.account, r.access, r.dead = account, access, dead
	r.unkept, r.renewals = nil, nil
	r.renewedAt = r.now()
}

// Revoke tells Salesforce that the grant is over, its access tokens with it. A
// sign-out goes on where this fails: the grant then ends by the org's own policy.
func (r *Refresher) Revoke(ctx context.Context) error {
	return r.alone(ctx, func() error {
		account := r.Account()
		known, err := r.vault.load(ctx, account)
		if err != nil || len(known) == 0 {
			return err
		}
		return newEndpoint(account.LoginURL, account.ClientID, r.transport).revoke(ctx, known[0])
	})
}

func (e *endpoint) revoke(ctx context.Context, token string) error {
	ctx, cancel := e.within(ctx)
	defer cancel()
	form := strings.NewReader(url.Values{"token": {token}}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.login+"/services/oauth2/revoke", form)
	if err != nil {
		return e.signInFailure(&HostError{Given: e.login, Why: "host"})
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := e.http.Do(request)
	if err != nil {
		return tokenFailure(err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return tokenFailure(err)
	}
	if refusal := parseRefusal(string(body)); refusal != nil {
		return refusal
	}
	return sfclient.Foreign(response.StatusCode, response.Header)
}
