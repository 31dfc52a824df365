package sfauth_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sfauth"

	"github.com/google/go-cmp/cmp"
)

func TestASignIn(t *testing.T) {
	w := newWorld(t)
	attempt := w.begin(func(c *sfauth.Config) { c.LoginHint = w.sb.Rep().Username })
	query := authorization(t, attempt)
	for name, want := range map[string]string{
		"response_type": "code", "client_id": clientID, "scope": "api refresh_token",
		"code_challenge_method": "S256", "login_hint": w.sb.Rep().Username, "prompt": "", "client_secret": "",
	} {
		if got := query.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if len(query.Get("state")) < 22 || len(query.Get("code_challenge")) != 43 {
		t.Errorf("state %q, challenge %q", query.Get("state"), query.Get("code_challenge"))
	}
	status, header, body := browse(t, attempt.AuthorizeURL())
	grant, err := attempt.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w.account(), grant.Account); diff != "" {
		t.Error(diff)
	}
	if status != http.StatusOK || !strings.Contains(body, "Welcome "+w.sb.Rep().Username) || !strings.Contains(body, "&lt;b&gt;") {
		t.Errorf("page %d %s", status, body)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"} {
		if header.Get(name) != want {
			t.Errorf("%s: %q", name, header.Get(name))
		}
	}
	if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("policy %q", policy)
	}
	r := w.refresher()
	if err := r.Adopt(t.Context(), grant); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client(r).Limits(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{grant.AccessToken, grant.RefreshToken} {
		if strings.Contains(body+w.log.String()+fmt.Sprint(*grant), secret) {
			t.Errorf("%.12s… is told", secret)
		}
	}
}

func TestASignInThatFails(t *testing.T) {
	ours := url.Values{"state": {"ours"}}
	with := func(values url.Values, pairs ...string) url.Values {
		v := url.Values{}
		for name := range values {
			v.Set(name, values.Get(name))
		}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	cases := []struct {
		name string
		back url.Values
		code sfauth.Code
	}{
		{"consent refused", with(ours, "error", "access_denied", "error_description", "end-user denied authorization"), sfauth.ConsentRefused},
		{"as older documents print it", with(ours, "error", "access-denied"), sfauth.ConsentRefused},
		{"app not installed", with(ours, "error", "invalid_client", "error_description", "app must be installed into org"), sfauth.AppNotInstalled},
		{"app blocked", with(ours, "error", "OAUTH_APP_BLOCKED", "error_description", "this app is blocked by admin"), sfauth.AppBlocked},
		{"refused without a state", url.Values{"error": {"OAUTH_APP_BLOCKED"}}, sfauth.AppBlocked},
		{"no code", ours, sfauth.CodeMissing},
		{"a code that is not known", with(ours, "code", "aPrxother=="), sfauth.SignInExpired},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			attempt := w.begin()
			status, _, body := browse(t, redirectOf(t, attempt, c.back))
			_, err := attempt.Wait(t.Context())
			wantCode(t, err, c.code)
			if status != http.StatusBadRequest || !strings.Contains(body, "No: "+string(c.code)) {
				t.Errorf("page %d %s", status, body)
			}
		})
	}
}

func TestTheSecondHalfOfASignInFails(t *testing.T) {
	cases := []struct {
		name  string
		fault sandbox.Fault
		code  sfauth.Code
	}{
		{"ip restricted", sandbox.IPRestricted(), sfauth.IPRestricted},
		{"a secret is required", sandbox.RefuseSignIn("invalid_client", "invalid client credentials"), sfauth.SecretRequired},
		{"not approved", sandbox.RefuseSignIn("invalid_grant", "user hasn't approved this consumer"), sfauth.AppNotApproved},
		{"org inactive", sandbox.RefuseSignIn("inactive_org", ""), sfauth.OrgInactive},
		{"an error nobody knows", sandbox.RefuseSignIn("solar_flare", "too bright"), sfauth.SignInFailed},
		{"HTML", sandbox.HTML(503), sfauth.LoginForeign},
		{"captive portal", sandbox.CaptivePortal(), sfauth.LoginForeign},
		{"no connection", sandbox.Drop(), sfauth.LoginUnreachable},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.sb.Inject(c.fault.On(sandbox.Token))
			attempt := w.begin()
			browse(t, attempt.AuthorizeURL())
			_, err := attempt.Wait(t.Context())
			wantCode(t, err, c.code)
		})
	}
}

func TestAConsentRefusedOnThePage(t *testing.T) {
	w := newWorld(t)
	w.sb.Set(func(r *sandbox.Rules) { r.DenyConsent = true })
	attempt := w.begin()
	browse(t, attempt.AuthorizeURL())
	_, err := attempt.Wait(t.Context())
	wantCode(t, err, sfauth.ConsentRefused)
}

// failing is a way on which every call fails.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func TestTheLoginHostIsAskedBeforeTheRepIs(t *testing.T) {
	cases := []struct {
		name   string
		change func(*world, *sfauth.Config)
		code   sfauth.Code
	}{
		{"no client id", func(_ *world, c *sfauth.Config) { c.ClientID = "" }, sfauth.ClientIDMissing},
		{"wrong client id", func(_ *world, c *sfauth.Config) { c.ClientID = "OTHER" }, sfauth.WrongClientID},
		{"no such host", func(_ *world, c *sfauth.Config) { c.LoginURL = "http://127.0.0.1:1" }, sfauth.LoginUnreachable},
		{"no route", func(w *world, _ *sfauth.Config) { w.sb.Inject(sandbox.NoRoute()) }, sfauth.LoginUnreachable},
		{"a proxy that wants Kerberos", func(_ *world, c *sfauth.Config) {
			c.Transport = failing{&sfclient.ProxyError{Status: 407, Schemes: []string{"Negotiate"}}}
		}, "proxy_sign_in"},
		{"a certificate that is not trusted", func(_ *world, c *sfauth.Config) {
			c.Transport = failing{&tls.CertificateVerificationError{Err: io.EOF}}
		}, "certificate"},
		{"maintenance", func(w *world, _ *sfauth.Config) { w.sb.Inject(sandbox.HTML(503)) }, sfauth.LoginForeign},
		{"app blocked", func(w *world, _ *sfauth.Config) { w.sb.Inject(sandbox.AppBlocked()) }, sfauth.AppBlocked},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			_, err := sfauth.Begin(t.Context(), w.config(func(config *sfauth.Config) { c.change(w, config) }))
			wantCode(t, err, c.code)
		})
	}
}

func TestARedirectThatIsNotRegistered(t *testing.T) {
	w := newWorld(t)
	exact := w.sb // without anyPort: the port of this test is not registered
	server := newServer(t, exact)
	_, err := sfauth.Begin(t.Context(), w.config(func(c *sfauth.Config) { c.LoginURL = server }))
	wantCode(t, err, sfauth.RedirectMismatch)
}

func TestASignInNeedsAnInstanceOfSalesforces(t *testing.T) {
	w := newWorld(t)
	w.sb.Set(func(r *sandbox.Rules) { r.InstanceURL = "https://evil.example" })
	attempt := w.begin()
	browse(t, attempt.AuthorizeURL())
	_, err := attempt.Wait(t.Context())
	failure := wantCode(t, err, sfauth.InstanceRefused)
	if _, args := failure.Problem(); args["instance"] != "https://evil.example" {
		t.Errorf("names %q", args["instance"])
	}
}

func TestASignInGoesOnWithoutAUsername(t *testing.T) {
	w := newWorld(t)
	w.sb.Inject(sandbox.HTML(403).On(sandbox.Identity, sandbox.UserInfo))
	attempt := w.begin()
	browse(t, attempt.AuthorizeURL())
	grant, err := attempt.Wait(t.Context())
	if err != nil || grant.Account.UserID != w.sb.Rep().ID || grant.Account.Username != "" {
		t.Fatalf("%v, %v", grant, err)
	}
}

func TestTheUsernameIsAskedOfTheInstanceWhereTheIdentityFails(t *testing.T) {
	w := newWorld(t)
	w.sb.Inject(sandbox.HTML(403).On(sandbox.Identity))
	attempt := w.begin()
	browse(t, attempt.AuthorizeURL())
	grant, err := attempt.Wait(t.Context())
	if err != nil || grant.Account.Username != w.sb.Rep().Username {
		t.Fatalf("%v, %v", grant, err)
	}
}

func TestAFailureTellsAClientWhatToDo(t *testing.T) {
	for who, class := range map[sfauth.Who]sfclient.Class{
		sfauth.User: sfclient.Auth, sfauth.Admin: sfclient.Admin, sfauth.Setup: sfclient.Admin, sfauth.Wait: sfclient.Transient,
	} {
		if got := sfclient.ClassOf(&sfauth.Error{Who: who}); got != class {
			t.Errorf("%s: %s, want %s", who, got, class)
		}
	}
}

func TestAVisitThatIsNotOursIsRefusedAndEndsNothing(t *testing.T) {
	w := newWorld(t)
	attempt := w.begin()
	for _, stray := range []url.Values{
		{"error": {"access_denied"}, "state": {"theirs"}}, {"code": {"aPrx"}, "state": {"theirs"}}, {"code": {"aPrx"}},
	} {
		status, _, body := browse(t, redirectOf(t, attempt, stray))
		if status != http.StatusBadRequest || !strings.Contains(body, string(sfauth.StateMismatch)) {
			t.Errorf("%v: page %d %s", stray, status, body)
		}
	}
	browse(t, attempt.AuthorizeURL())
	if _, err := attempt.Wait(t.Context()); err != nil {
		t.Errorf("the sign-in itself ended with %v", err)
	}
}

func TestARepIsNotToldSignedInWhereTheTokensCouldNotBeKept(t *testing.T) {
	w := newWorld(t)
	locked := errors.New("the keychain is locked")
	attempt := w.begin(func(c *sfauth.Config) {
		c.Keep = func(context.Context, *sfauth.Grant) error { return locked }
	})
	status, _, body := browse(t, attempt.AuthorizeURL())
	if status != http.StatusBadRequest || !strings.Contains(body, "Not kept") {
		t.Errorf("the page says %d %s", status, body)
	}
	if _, err := attempt.Wait(t.Context()); !errors.Is(err, locked) {
		t.Errorf("the outcome is %v", err)
	}
	if n := len(w.sb.CallsFor(sandbox.Revoke)); n != 1 {
		t.Errorf("the grant was given back by %d calls, want 1", n)
	}
}
