package sfauth_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"fieldpost/sfclient/sfauth"
)

func TestATimeLimitEndsTheSignIn(t *testing.T) {
	w := newWorld(t)
	attempt := w.begin(func(c *sfauth.Config) { c.Limit = time.Millisecond })
	_, err := attempt.Wait(t.Context())
	wantCode(t, err, sfauth.SignInTimedOut)
}

func TestAnAttemptGivesItsPortBack(t *testing.T) {
	w := newWorld(t)
	attempt := w.begin()
	address := mustURL(t, authorization(t, attempt).Get("redirect_uri"))
	attempt.Close()
	_, err := attempt.Wait(t.Context())
	wantCode(t, err, sfauth.SignInCancelled)
	for _, host := range []string{"127.0.0.1", "::1"} {
		listener, err := net.Listen("tcp", net.JoinHostPort(host, address.Port()))
		if err != nil && (host == "127.0.0.1" || hasIPv6(t)) {
			t.Errorf("%s: %v", host, err)
			continue
		}
		if err == nil {
			listener.Close()
		}
	}
}

func TestATakenPortIsPassedOver(t *testing.T) {
	families := []string{"127.0.0.1"}
	if hasIPv6(t) {
		families = append(families, "::1")
	}
	for _, family := range families {
		t.Run(family, func(t *testing.T) {
			w := newWorld(t)
			taken := take(t, family)
			attempt := w.begin(func(c *sfauth.Config) { c.Ports = []int{taken, 0} })
			if port := mustURL(t, authorization(t, attempt).Get("redirect_uri")).Port(); port == fmt.Sprint(taken) {
				t.Errorf("took port %s", port)
			}
			if family == "::1" {
				other, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", taken))
				if err != nil {
					t.Fatalf("the other family was not given back: %v", err)
				}
				other.Close()
			}
		})
	}
}

func TestAllPortsTakenAreNamed(t *testing.T) {
	w := newWorld(t)
	one, two := take(t, "127.0.0.1"), take(t, "127.0.0.1")
	_, err := sfauth.Begin(t.Context(), w.config(func(c *sfauth.Config) { c.Ports = []int{one, two} }))
	failure := wantCode(t, err, sfauth.PortsTaken)
	if _, args := failure.Problem(); args["ports"] != fmt.Sprintf("%d, %d", one, two) {
		t.Errorf("names %q", args["ports"])
	}
}

func TestBothLoopbackFamiliesAnswer(t *testing.T) {
	if !hasIPv6(t) {
		t.Skip("SKIP: this machine has no IPv6 loopback")
	}
	w := newWorld(t)
	attempt := w.begin()
	port := mustURL(t, authorization(t, attempt).Get("redirect_uri")).Port()
	for _, host := range []string{"127.0.0.1", "[::1]", "localhost"} {
		if status, _, _ := browse(t, "http://"+host+":"+port+"/favicon.ico"); status != http.StatusNoContent {
			t.Errorf("%s: %d", host, status)
		}
	}
}

func TestTheListenerTakesNothingButTheBrowsersReturn(t *testing.T) {
	w := newWorld(t)
	attempt := w.begin()
	back := mustURL(t, authorization(t, attempt).Get("redirect_uri"))
	state := authorization(t, attempt).Get("state")
	cases := []struct {
		name, method, path string
		header             http.Header
		status             int
		allow              string
	}{
		{"a bare visit", "GET", "/callback", nil, 404, ""},
		{"another path", "GET", "/?code=x&state=" + state, nil, 404, ""},
		{"a post", "POST", "/callback?code=x&state=" + state, nil, 405, ""},
		{"a link preview", "HEAD", "/callback?code=x&state=" + state, nil, 404, ""},
		{"another host name", "GET", "/callback?code=x&state=" + state, http.Header{"Host": {"evil.example:" + back.Port()}}, 421, ""},
		{"an icon", "GET", "/favicon.ico", nil, 204, ""},
		{"Salesforce's preflight", "OPTIONS", "/callback", http.Header{
			"Origin": {"https://acme.my.salesforce.com"}, "Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Private-Network": {"true"},
		}, 204, "true"},
		{"anybody's preflight", "OPTIONS", "/callback", http.Header{
			"Origin": {"https://evil.example"}, "Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Private-Network": {"true"},
		}, 403, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			request, err := http.NewRequest(c.method, "http://127.0.0.1:"+back.Port()+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, values := range c.header {
				request.Header[name] = values
			}
			request.Host = c.header.Get("Host")
			answer, err := w.transport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != c.status || answer.Header.Get("Access-Control-Allow-Private-Network") != c.allow {
				t.Errorf("%d, allow %q", answer.StatusCode, answer.Header.Get("Access-Control-Allow-Private-Network"))
			}
		})
	}
	browse(t, attempt.AuthorizeURL())
	if _, err := attempt.Wait(t.Context()); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

func take(t *testing.T, host string) (port int) {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

func hasIPv6(t *testing.T) bool {
	t.Helper()
	listener, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	listener.Close()
	return true
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
