package sfauth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sfauth"
)

func TestADeadGrantIsNotPresentedAgain(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	w.sb.RevokeGrants("")
	for range 3 {
		if _, err := r.Current(t.Context()); !errors.Is(err, sfauth.ErrSignInNeeded) {
			t.Fatalf("%v", err)
		}
	}
	if n := w.tokenCalls(); n != 1 {
		t.Errorf("%d token calls, want 1", n)
	}
	if err := r.Adopt(t.Context(), w.grant()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client(r).Limits(t.Context()); err != nil {
		t.Errorf("after a new sign-in: %v", err)
	}
}

func TestNothingButSalesforceEndsAGrant(t *testing.T) {
	cases := []struct {
		name  string
		fault sandbox.Fault
		class sfclient.Class
	}{
		{"HTML 503", sandbox.HTML(503), sfclient.Transient},
		{"HTML 403 of a proxy", sandbox.HTML(403), sfclient.Transient},
		{"empty 502", sandbox.Empty(502), sfclient.Transient},
		{"429", sandbox.Empty(429), sfclient.Transient},
		{"captive portal", sandbox.CaptivePortal(), sfclient.Transient},
		{"420", sandbox.NoRoute(), sfclient.Transient},
		{"no connection", sandbox.Drop(), sfclient.Transient},
		{"ip restricted", sandbox.IPRestricted(), sfclient.Admin},
		{"rate limit", sandbox.RefuseSignIn("rate_limit_exceeded", ""), sfclient.Transient},
		{"inactive user", sandbox.RefuseSignIn("inactive_user", "user is inactive"), sfclient.Admin},
		{"an error nobody knows", sandbox.RefuseSignIn("solar_flare", ""), sfclient.Admin},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			r := w.signedIn()
			remove := w.sb.Inject(c.fault.On(sandbox.Token))
			_, err := r.Current(t.Context())
			if err == nil || errors.Is(err, sfauth.ErrSignInNeeded) || sfclient.ClassOf(err) != c.class {
				t.Errorf("%v, class %s, want %s", err, sfclient.ClassOf(err), c.class)
			}
			remove()
			if _, err := r.Current(t.Context()); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func TestAnEdgeThatSpeaksOAuthEndsNoGrant(t *testing.T) {
	const dead = `{"error":"invalid_grant","error_description":"expired access/refresh token"}`
	cases := []struct {
		status            int
		contentType, body string
	}{
		{503, "application/json", dead},
		{429, "application/json", dead},
		{400, "text/plain", "error=invalid_grant&error_description=expired"},
		{400, "text/html", "<html>" + dead},
	}
	for _, c := range cases {
		w := newWorld(t)
		r := w.signedIn(func(config *sfauth.RefresherConfig) {
			config.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
				answer := httptest.NewRecorder()
				answer.Header().Set("Content-Type", c.contentType)
				answer.WriteHeader(c.status)
				_, _ = answer.WriteString(c.body)
				return answer.Result(), nil
			})
		})
		if _, err := r.Current(t.Context()); err == nil || errors.Is(err, sfauth.ErrSignInNeeded) || !sfclient.Retryable(err) {
			t.Errorf("%d %s: %v", c.status, c.contentType, err)
		}
	}
}
