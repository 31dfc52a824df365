package sfclient_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"fieldpost/sfclient"
)

// over makes a creation over a transport of one's own, against an org that is
// said to be at url.
func over(t *testing.T, transport *http.Transport, url string) error {
	t.Helper()
	t.Cleanup(transport.CloseIdleConnections)
	c := client(t, &session{url: url}, func(c *sfclient.Config) { c.Transport = transport })
	_, err := c.Create(t.Context(), "Task", sfclient.Fields{})
	return err
}

func wantTransport(t *testing.T, err error, kind sfclient.NetworkKind) *sfclient.TransportError {
	t.Helper()
	var failure *sfclient.TransportError
	if !errors.As(err, &failure) || failure.Kind != kind || sfclient.ClassOf(err) != sfclient.Transient {
		t.Fatalf("%T %v, want %s", err, err, kind)
	}
	return failure
}

func TestACallWithoutAConnectionIsSurelyUnsent(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(untrusted.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	through := func(address string) func(*http.Request) (*url.URL, error) {
		return func(*http.Request) (*url.URL, error) { return url.Parse(address) }
	}
	noName := sfclient.NewTransport(nil)
	noName.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Name: "acme", IsNotFound: true}}
	}
	slowDial := sfclient.NewTransport(nil)
	slowDial.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}
	}
	cases := []struct {
		name      string
		transport *http.Transport
		url       string
		kind      sfclient.NetworkKind
	}{
		{"refused", sfclient.NewTransport(nil), closed.URL, sfclient.NetworkDown},
		{"no such name", noName, "https://acme.my.salesforce.com", sfclient.NetworkDNS},
		{"dialling takes too long", slowDial, "https://acme.my.salesforce.com", sfclient.NetworkTimeout},
		{"untrusted certificate", sfclient.NewTransport(nil), untrusted.URL, sfclient.NetworkCertificate},
		{"proxy out of reach", sfclient.NewTransport(through(closed.URL)), "https://acme.my.salesforce.com", sfclient.NetworkProxy},
		{"proxy refuses CONNECT", sfclient.NewTransport(through(proxy.URL)), "https://acme.my.salesforce.com", sfclient.NetworkProxy},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := over(t, c.transport, c.url)
			failure := wantTransport(t, err, c.kind)
			if failure.Sent || !sfclient.Unsent(err) || sfclient.Doubtful(err) {
				t.Errorf("sent %v, doubtful %v", failure.Sent, sfclient.Doubtful(err))
			}
			if issuer := failure.Issuer(); (issuer != "") != (c.kind == sfclient.NetworkCertificate) {
				t.Errorf("issuer %q", issuer)
			}
		})
	}
}

func TestAProxyThatWantsASignInIsToldByWhatItOffers(t *testing.T) {
	cases := []struct {
		challenges []string
		code, told string
	}{
		{[]string{"Negotiate", "NTLM"}, "proxy_sign_in", "Negotiate, NTLM"},
		{[]string{`Digest realm="x", nonce="y"`}, "proxy_sign_in", "Digest"},
		{[]string{"Negotiate", `basic realm="acme"`}, "proxy_password", ""},
		{[]string{"<script>", strings.Repeat("x", 99)}, "proxy_sign_in", strings.Repeat("x", 20)},
		{nil, "proxy_sign_in", "?"},
	}
	for _, c := range cases {
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Proxy-Authenticate"] = c.challenges
			w.WriteHeader(http.StatusProxyAuthRequired)
		}))
		t.Cleanup(proxy.Close)
		address, err := url.Parse(proxy.URL)
		if err != nil {
			t.Fatal(err)
		}
		address.User = url.UserPassword("ana", "canary")
		failure := wantTransport(t, over(t, sfclient.NewTransport(http.ProxyURL(address)), "https://acme.my.salesforce.com"), sfclient.NetworkProxy)
		if code, args := failure.Problem(); code != c.code || args["scheme"] != c.told {
			t.Errorf("%q: %s %q", c.challenges, code, args)
		}
		if strings.Contains(failure.Error(), "canary") {
			t.Errorf("the password is told: %v", failure)
		}
	}
}

// TestOnlyTheSystemSaysWhomToTrust: an untrusted certificate is refused above; nothing may
// loosen that.
func TestOnlyTheSystemSaysWhomToTrust(t *testing.T) {
	if trust := sfclient.NewTransport(nil).TLSClientConfig; trust != nil {
		t.Errorf("TLS is configured: %+v", trust)
	}
}

func TestACallThatReachedAConnectionIsDoubtful(t *testing.T) {
	cases := map[string]http.HandlerFunc{
		"no answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"half an answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"id":"00T`)
			panic(http.ErrAbortHandler)
		},
		"half a refusal": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `[{"errorCode":`)
			panic(http.ErrAbortHandler)
		},
	}
	for name, handler := range cases {
		t.Run(name, func(t *testing.T) {
			o := newOrg(t)
			o.HandleFunc("POST /services/data/v66.0/sobjects/Task", handler)
			err := over(t, sfclient.NewTransport(nil), o.server.URL)
			if failure := wantTransport(t, err, sfclient.NetworkDown); !failure.Sent || !sfclient.Doubtful(err) || sfclient.Unsent(err) {
				t.Errorf("sent %v", failure.Sent)
			}
		})
	}
}

func TestACallerThatGivesUpLeavesADoubt(t *testing.T) {
	o := newOrg(t)
	arrived, over := make(chan struct{}), make(chan struct{})
	o.HandleFunc("POST /services/data/v66.0/sobjects/Task", func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-over
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	go func() {
		<-arrived
		cancel()
	}()
	_, err := o.client(t).Create(ctx, "Task", sfclient.Fields{})
	close(over)
	if !errors.Is(err, context.Canceled) || !sfclient.Doubtful(err) {
		t.Fatalf("%v, doubtful %v", err, sfclient.Doubtful(err))
	}
}

// TestADoubtBeforeTheWriteIsNone loses the answer to the question for versions:
// the write itself was not made.
func TestADoubtBeforeTheWriteIsNone(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(server.Close)
	err := over(t, sfclient.NewTransport(nil), server.URL)
	if wantTransport(t, err, sfclient.NetworkDown); sfclient.Doubtful(err) || !sfclient.Unsent(err) {
		t.Fatalf("%v", err)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the call went on to %s with %q", r.Host, r.Header.Get("Authorization"))
	}))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 307, 308} {
		o := newOrg(t)
		o.HandleFunc("/services/data/v66.0/", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, status)
		})
		_, err := o.client(t).Limits(t.Context())
		var foreign *sfclient.ForeignError
		if !errors.As(err, &foreign) || foreign.Kind != sfclient.Portal {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestNoErrorTellsTheQuery(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	o := newOrg(t)
	c := o.client(t)
	if _, err := c.Versions(t.Context()); err != nil {
		t.Fatal(err)
	}
	closed.Close()
	lost := client(t, &session{url: closed.URL})
	for _, c := range []*sfclient.Client{c, lost} {
		for _, err := range c.Query(t.Context(), "SELECT Id FROM Contact WHERE Email = 'ana@acme.test'", 0) {
			if err == nil || strings.Contains(err.Error(), "acme.test") {
				t.Errorf("%v", err)
			}
		}
	}
}
