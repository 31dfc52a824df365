package daemon

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"fieldpost/daemon/config"
	"fieldpost/daemon/proxy"
	"fieldpost/outbox"
	"fieldpost/sfclient"
	"fieldpost/sfclient/sfauth"
)

// session is who is signed in and how to become so. The tokens are the
// refresher's; the account stands in the outbox, for items belong to it.
type session struct {
	home      *Home
	transport http.RoundTripper
	refresher *sfauth.Refresher
	client    *sfclient.Client
	locks     *locks
	clock     *clock
	usage     usage
	// onSignIn is called once a rep has signed in.
	onSignIn func()
	// atRest runs a change of who is signed in while nothing is being sent.
	atRest func(ctx context.Context, change func() error) error

	mu      sync.Mutex
	attempt *sfauth.Attempt
	last    signInResult
}

// signInResult is how the sign-in begun last goes.
type signInResult struct {
	pending bool
	account *sfauth.Account
	err     error
}

// newSession takes up the sign-in that the home remembers.
func newSession(home *Home, transport http.RoundTripper, userAgent string) (*session, error) {
	_, profile, err := home.Outbox.Current()
	if err != nil {
		return nil, err
	}
	account, err := parseProfile(profile)
	if err != nil {
		return nil, err
	}
	s := &session{home: home, onSignIn: func() {}, clock: &clock{next: transport, now: home.Now}}
	s.usage.now = home.Now
	s.transport = s.clock
	s.atRest = func(_ context.Context, change func() error) error { return change() }
	s.refresher = sfauth.NewRefresher(sfauth.RefresherConfig{
		Account: account, Store: home.sealing.current().Store, Secrets: home.secrets, Transport: s.transport,
		Now: home.Now, Log: home.Log, OnAccount: func(a sfauth.Account) { s.remember(a) },
	})
	s.locks = &locks{Session: s.refresher, now: home.Now}
	s.client = sfclient.New(sfclient.Config{
		Session: s.locks, Transport: s.transport, Log: home.Log, UserAgent: userAgent,
		Version: home.Config.Settings().Salesforce.APIVersion, OnUsage: s.usage.note,
	})
	return s, nil
}

// parseProfile reads the account that the outbox keeps beside its own; nil is nobody.
func parseProfile(profile []byte) (account sfauth.Account, err error) {
	if profile == nil {
		return account, nil
	}
	if err := json.Unmarshal(profile, &account); err != nil {
		return account, fmt.Errorf("daemon: the account is unreadable: %w", err)
	}
	return account, nil
}

// NewTransport connects to Salesforce through the proxy that the settings name.
func NewTransport(settings *config.Config) http.RoundTripper {
	return sfclient.NewTransport(proxies(settings).Find)
}

func proxies(settings *config.Config) *proxy.Finder {
	return proxy.New(func() string { return settings.Settings().Network.Proxy })
}

// remember stores an account whose facts a renewal changed.
func (s *session) remember(a sfauth.Account) {
	if err := s.store(a); err != nil {
		s.home.Log.Error("the account could not be stored", "error", err)
	}
}

func (s *session) store(a sfauth.Account) error {
	profile, err := json.Marshal(a)
	if err != nil {
		return err
	}
	account := outbox.Account{OrgID: a.OrgID, UserID: a.UserID, Username: a.Username, InstanceURL: a.InstanceURL}
	return s.home.Outbox.SignIn(account, profile)
}

// begin starts a sign-in; one begun before is given up. Without an org or a client
// id those of the settings hold, else those of the last sign-in. A keychain that
// would not keep the tokens is told before the rep signs in in vain.
func (s *session) begin(ctx context.Context, organisation, clientID string) (*sfauth.Attempt, error) {
	settings := s.home.Config.Settings()
	login, clientID, err := s.where(organisation, clientID)
	if err != nil {
		return nil, err
	}
	if err := s.home.sealing.ask(ctx); err != nil {
		return nil, err
	}
	s.giveUp()
	attempt, err := sfauth.Begin(ctx, sfauth.Config{
		LoginURL: login, ClientID: clientID, Ports: settings.Salesforce.RedirectPorts,
		LoginHint: s.refresher.Account().Username, Transport: s.transport, Log: s.home.Log,
		Keep: s.adopt, Page: s.page,
	})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.attempt, s.last = attempt, signInResult{pending: true}
	s.mu.Unlock()
	return attempt, nil
}

// where tells at which host to sign in and as which app.
func (s *session) where(organisation, clientID string) (login, client string, err error) {
	settings, last := s.home.Config.Settings().Salesforce, s.refresher.Account()
	login = settings.LoginURL
	switch {
	case organisation != "":
		if login, err = sfauth.ParseLoginURL(organisation); err != nil {
			return "", "", err
		}
	case last.LoginURL != "" && s.home.Config.SourceOf("salesforce.login_url") == config.FromDefault:
		login = last.LoginURL
	}
	return login, cmp.Or(clientID, settings.ClientID, last.ClientID), nil
}

// page is what the rep's browser shows at the end.
func (s *session) page(failure error, account sfauth.Account) sfauth.Page {
	return signInPage(s.home.Words(), failure, account)
}

// giveUp ends a sign-in under way and frees its port.
func (s *session) giveUp() {
	s.mu.Lock()
	attempt := s.attempt
	s.attempt = nil
	s.mu.Unlock()
	if attempt != nil {
		attempt.Close()
	}
}

// finish waits for the rep; the attempt itself has let the sign-in be taken over.
func (s *session) finish(ctx context.Context, attempt *sfauth.Attempt) (*sfauth.Account, error) {
	grant, err := attempt.Wait(ctx)
	result := signInResult{err: err}
	if err == nil {
		result.account = &grant.Account
	}
	s.mu.Lock()
	if s.attempt == attempt {
		s.attempt, s.last = nil, result
	}
	s.mu.Unlock()
	return result.account, err
}

// adopt keeps the tokens before it says who is signed in: a crash between the two
// costs a sign-in, never an account without a token.
func (s *session) adopt(ctx context.Context, grant *sfauth.Grant) error {
	before := s.refresher.Account()
	take := func() error { return s.take(ctx, grant, before) }
	if before.UserID == "" || before.Same(grant.Account) {
		return take()
	}
	return s.atRest(ctx, take)
}

func (s *session) take(ctx context.Context, grant *sfauth.Grant, before sfauth.Account) error {
	if err := s.refresher.Adopt(ctx, grant); err != nil {
		return err
	}
	if err := s.store(grant.Account); err != nil {
		return err
	}
	if !before.Same(grant.Account) {
		if err := s.home.forgetOrg(); err != nil {
			return err
		}
	}
	s.onSignIn()
	return nil
}

// result tells how the sign-in begun last goes.
func (s *session) result() signInResult {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// WaitingError refuses to sign out, or to uninstall, while items wait.
type WaitingError struct{ N int }

func (e *WaitingError) Error() string {
	return fmt.Sprintf("%d activities are not in Salesforce yet", e.N)
}

// Problem names the sentence in daemon/words.
func (e *WaitingError) Problem() (code string, args map[string]string) {
	return "items_waiting", map[string]string{"n": fmt.Sprint(e.N)}
}

// signOut ends the session. While items wait it refuses, unless they are kept for
// the next sign-in of the same user or discarded. A revocation that fails is only
// logged: the grant then ends by the org's own policy.
func (s *session) signOut(ctx context.Context, keep, discard bool) error {
	waiting, err := s.home.Undelivered()
	if err != nil {
		return err
	}
	if waiting > 0 && !keep && !discard {
		return &WaitingError{N: waiting}
	}
	if discard {
		if _, err := s.home.Outbox.DiscardAll(); err != nil {
			return err
		}
	}
	if err := s.refresher.Revoke(ctx); err != nil {
		s.home.Log.Warn("the grant could not be revoked", "error", err)
	}
	return s.end(ctx)
}

// end forgets who is signed in, and what belongs to that account.
func (s *session) end(ctx context.Context) error {
	return s.atRest(ctx, func() error {
		return errors.Join(s.refresher.Forget(ctx), s.home.Outbox.SignOut(), s.home.forgetOrg())
	})
}

// Undelivered counts the items that exist nowhere else.
func (h *Home) Undelivered() (int, error) {
	counts, err := h.Outbox.Counts()
	if err != nil {
		return 0, err
	}
	return counts.ByState[outbox.Waiting] + counts.ByState[outbox.Sending] +
		counts.ByState[outbox.NeedsAttention] + counts.ByState[outbox.Held], nil
}
