package daemon

import (
	"context"
	"errors"
	"net/http"

	"fieldpost/sfclient/sfauth"
)

// SignIn signs in and out on an open home, for commands that work while no daemon
// runs.
type SignIn struct{ session *session }

// NewSignIn takes the home's sign-in up.
func NewSignIn(home *Home, transport http.RoundTripper, version string) (*SignIn, error) {
	s, err := newSession(home, transport, "fieldpost/"+version)
	if err != nil {
		return nil, err
	}
	return &SignIn{s}, nil
}

// Begin starts a sign-in; an empty org or client id is the settings'.
func (s *SignIn) Begin(ctx context.Context, org, clientID string) (*sfauth.Attempt, error) {
	return s.session.begin(ctx, org, clientID)
}

// Finish waits for the rep and keeps what the sign-in brought.
func (s *SignIn) Finish(ctx context.Context, attempt *sfauth.Attempt) (*sfauth.Account, error) {
	return s.session.finish(ctx, attempt)
}

// Leave ends the sign-in where fieldpost is taken off: Salesforce is told that the grant
// is over, and the tokens go. What waits is kept for the next sign-in of the same user.
// With erase, the key to the outbox goes as well: what was sealed to it stays shut.
func (s *SignIn) Leave(ctx context.Context, erase bool) error {
	err := errors.Join(s.session.refresher.Revoke(ctx), s.session.end(ctx))
	if erase {
		err = errors.Join(err, s.session.home.sealing.erase(ctx))
	}
	return err
}

// Out signs out; a *WaitingError refuses while items wait.
func (s *SignIn) Out(ctx context.Context, keepWaiting, discard bool) error {
	return s.session.signOut(ctx, keepWaiting, discard)
}
