package sfauth

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"fieldpost/sfclient"

	"golang.org/x/oauth2"
)

// SignInLimit is the time a rep has to sign in.
const SignInLimit = 2 * time.Minute

// Config is what a sign-in needs. LoginHint and Prompt are optional.
type Config struct {
	// LoginURL is the origin to sign in at, as ParseLoginURL gives it.
	LoginURL string
	// ClientID is the consumer key of the org's app.
	ClientID string
	// Ports are the loopback ports registered with the app, in order of trial.
	Ports []int
	// LoginHint fills in the username, Prompt ("login", "select_account") makes
	// Salesforce ask again.
	LoginHint, Prompt string
	Transport         http.RoundTripper
	Log               *slog.Logger
	// Keep, where set, makes what the sign-in brought safe before the rep's browser
	// is told of a success. Where it fails the grant is given back.
	Keep func(context.Context, *Grant) error
	// Page gives the texts for the rep's browser: of the failure, or of success,
	// when it is nil.
	Page func(failure error, account Account) Page
	// Limit overrides SignInLimit.
	Limit time.Duration
}

// Grant is what a sign-in brings. It prints as the account alone.
type Grant struct {
	Account      Account
	AccessToken  string
	RefreshToken string
}

// String leaves the tokens out.
func (g Grant) String() string { return g.Account.Username + " at " + g.Account.InstanceURL }

// LogValue leaves the tokens out.
func (g Grant) LogValue() slog.Value { return slog.StringValue(g.String()) }

// Attempt is one sign-in under way: the loopback listener is bound, the rep's
// browser is to open AuthorizeURL. It ends by the browser's return, by
// SignInLimit, or by Close, and then gives its port back.
type Attempt struct {
	endpoint *endpoint
	page     func(error, Account) Page
	keep     func(context.Context, *Grant) error
	log      *slog.Logger
	hosts    []string
	address  string
	state    string
	verifier string

	life     context.Context // ends with the time to sign in
	answered atomic.Bool     // the browser came back
	end      sync.Once
	ended    chan struct{} // closed once grant and failure are set
	closed   chan struct{} // closed once the ports are free again
	grant    *Grant
	failure  error
	server   *http.Server
	serving  sync.WaitGroup
}

// Begin binds a port, asks the login host whether it knows the app, and gives the
// attempt. The attempt outlives ctx. Every error is an *Error.
func Begin(ctx context.Context, c Config) (*Attempt, error) {
	if c.ClientID == "" {
		return nil, &Error{Code: ClientIDMissing, Who: Setup}
	}
	listeners, port, err := listen(c.Ports)
	if err != nil {
		return nil, err
	}
	e := newEndpoint(c.LoginURL, c.ClientID, c.Transport)
	e.config.RedirectURL = "http://localhost:" + strconv.Itoa(port) + "/callback"
	if err := e.probe(ctx); err != nil {
		closeAll(listeners)
		return nil, err
	}
	a := &Attempt{
		endpoint: e,
		page:     c.Page,
		keep:     c.Keep,
		log:      c.Log,
		hosts:    loopbackHosts(port),
		state:    rand.Text(),
		verifier: oauth2.GenerateVerifier(),
		ended:    make(chan struct{}),
		closed:   make(chan struct{}),
	}
	a.address = e.config.AuthCodeURL(a.state, c.options(a.verifier)...)
	a.serve(context.WithoutCancel(ctx), cmp.Or(c.Limit, SignInLimit), listeners)
	return a, nil
}

func (c Config) options(verifier string) []oauth2.AuthCodeOption {
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	for name, value := range map[string]string{"login_hint": c.LoginHint, "prompt": c.Prompt} {
		if value != "" {
			options = append(options, oauth2.SetAuthURLParam(name, value))
		}
	}
	return options
}

// AuthorizeURL is the page on which the rep signs in. It holds no secret.
func (a *Attempt) AuthorizeURL() string { return a.address }

// Wait gives the outcome, once the browser has been told as well. Every error is
// an *Error or what Keep said; the end of ctx is SignInCancelled.
func (a *Attempt) Wait(ctx context.Context) (*Grant, error) {
	select {
	case <-a.ended:
	case <-ctx.Done():
		a.finish(nil, &Error{Code: SignInCancelled, Who: User, Err: ctx.Err()})
	}
	<-a.closed
	if a.failure != nil {
		return nil, a.failure
	}
	return a.grant, nil
}

// Close gives the sign-in up.
func (a *Attempt) Close() {
	a.finish(nil, &Error{Code: SignInCancelled, Who: User})
	<-a.closed
}

// finish settles the outcome, the first one counting, and lets the port go as
// soon as the page under way is out.
func (a *Attempt) finish(grant *Grant, failure error) {
	a.end.Do(func() {
		a.grant, a.failure = grant, failure
		close(a.ended)
		go a.shutDown()
	})
}

// trade turns the code into a grant.
func (a *Attempt) trade(code string) (*Grant, *Error) {
	t, err := a.endpoint.exchange(a.life, code, a.verifier)
	if err != nil {
		return nil, a.endpoint.signInFailure(err)
	}
	if t.refresh == "" {
		return nil, &Error{Code: ScopeMissing, Who: Admin}
	}
	account, err := a.endpoint.account(a.life, t)
	if err != nil {
		return nil, a.endpoint.signInFailure(err)
	}
	return &Grant{Account: account, AccessToken: t.access, RefreshToken: t.refresh}, nil
}

// keepSafe lets the grant be kept; one that cannot be is given back, for an org
// allows a user few of them (salesforce.md section 1.1).
func (a *Attempt) keepSafe(grant *Grant) error {
	if a.keep == nil {
		return nil
	}
	err := a.keep(a.life, grant)
	if err != nil {
		if revoking := a.endpoint.revoke(a.life, grant.RefreshToken); revoking != nil {
			a.log.Warn("a grant that could not be kept could not be given back either", "err", revoking)
		}
	}
	return err
}

// signInFailure tells a failed call in terms of the sign-in.
func (e *endpoint) signInFailure(err error) *Error {
	var own *Error
	if errors.As(err, &own) {
		if own.Code == SignInNeeded {
			own.Code = SignInExpired // it is the code that has expired here
		}
		return own
	}
	host := map[string]string{"host": hostOf(e.login)}
	var transport *sfclient.TransportError
	if errors.As(err, &transport) {
		if transport.Kind == sfclient.NetworkCertificate || transport.Kind == sfclient.NetworkProxy {
			code, args := transport.Problem()
			return &Error{Code: Code(code), Who: Admin, Args: args, Err: transport}
		}
		return &Error{Code: LoginUnreachable, Who: User, Args: host, Err: transport}
	}
	return &Error{Code: LoginForeign, Who: Wait, Args: host, Err: err}
}

func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return origin
	}
	return u.Host
}
