package sfauth_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"fieldpost/keychain"
	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sfauth"
)

const clientID = "KEY"

// world is an org, a laptop's keychain, and the time.
type world struct {
	t         *testing.T
	sb        *sandbox.Sandbox
	url       string
	transport http.RoundTripper
	secrets   *keychain.Memory
	now       time.Time
	log       lockedBuffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t:       t,
		sb:      sandbox.New(sandbox.Config{Empty: true, ClientIDs: []string{clientID}}),
		secrets: &keychain.Memory{},
		now:     time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
	}
	w.url = newServer(t, anyPort(w.sb))
	w.sb.Set(func(r *sandbox.Rules) { r.RotateRefresh, r.AutoConsent = true, true })
	transport := sfclient.NewTransport(nil)
	t.Cleanup(transport.CloseIdleConnections)
	w.transport = transport
	return w
}

func (w *world) account() sfauth.Account {
	return sfauth.Account{
		OrgID: w.sb.Org().ID, UserID: w.sb.Rep().ID, Username: w.sb.Rep().Username, Email: w.sb.Rep().Email,
		InstanceURL: w.url, LoginURL: w.url, ClientID: clientID,
	}
}

// refresher is the one of a process that starts now, for whoever is signed in.
func (w *world) refresher(change ...func(*sfauth.RefresherConfig)) *sfauth.Refresher {
	config := sfauth.RefresherConfig{
		Account:   w.account(),
		Store:     "home-1",
		Secrets:   w.secrets,
		Transport: w.transport,
		Now:       func() time.Time { return w.now },
		Log:       w.logger(),
	}
	for _, c := range change {
		c(&config)
	}
	return sfauth.NewRefresher(config)
}

// signedIn is a refresher after a sign-in, and a process that has started anew
// since: the access token is gone.
func (w *world) signedIn(change ...func(*sfauth.RefresherConfig)) *sfauth.Refresher {
	w.t.Helper()
	if err := w.refresher().Adopt(w.t.Context(), w.grant()); err != nil {
		w.t.Fatal(err)
	}
	return w.refresher(change...)
}

// grant signs the rep in without a browser.
func (w *world) grant() *sfauth.Grant {
	access, refresh := w.sb.Grant("")
	return &sfauth.Grant{Account: w.account(), AccessToken: access, RefreshToken: refresh}
}

func (w *world) client(s sfclient.Session) *sfclient.Client {
	return sfclient.New(sfclient.Config{Session: s, Transport: w.transport, Log: w.logger(), UserAgent: "fieldpost/test"})
}

func (w *world) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (w *world) tokenCalls() int { return len(w.sb.CallsFor(sandbox.Token)) }

// lockedBuffer is a log that may be written from anywhere.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// anyPort lets the org's app be registered with whatever port a test got, so that
// tests need not fight for the product's three.
func anyPort(org http.Handler) http.Handler {
	const registered = "http://localhost:17170/callback"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		given := query.Get("redirect_uri")
		if strings.HasPrefix(given, "http://localhost:") && strings.HasSuffix(given, "/callback") {
			query.Set("redirect_uri", registered)
			r.URL.RawQuery = query.Encode()
		}
		if body, err := io.ReadAll(r.Body); err == nil {
			if form, err := url.ParseQuery(string(body)); err == nil && form.Has("redirect_uri") {
				form.Set("redirect_uri", registered)
				body = []byte(form.Encode())
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}
		answer := httptest.NewRecorder()
		if r.URL.Path != "/services/oauth2/authorize" {
			org.ServeHTTP(w, r)
			return
		}
		org.ServeHTTP(answer, r)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		if to := answer.Header().Get("Location"); to != "" {
			w.Header().Set("Location", strings.Replace(to, registered, given, 1))
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// before does something ahead of each call.
func before(next http.RoundTripper, do func(*http.Request)) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		do(r)
		return next.RoundTrip(r)
	})
}

func newServer(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}
