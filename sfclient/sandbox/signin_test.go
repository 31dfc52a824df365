package sandbox_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"fieldpost/sfclient/sandbox"
)

const (
	verifier = "a-verifier-of-the-forty-three-characters-or-more-x"
	callback = "http://localhost:17170/callback"
)

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func authorization(changes ...string) url.Values {
	values := url.Values{
		"response_type": {"code"}, "client_id": {"KEY"}, "redirect_uri": {callback}, "scope": {"api refresh_token"},
		"state": {"st"}, "code_challenge": {challenge(verifier)}, "code_challenge_method": {"S256"},
	}
	return changed(values, changes)
}

// changed sets pairs of name and value; an empty value deletes.
func changed(values url.Values, changes []string) url.Values {
	for i := 0; i < len(changes); i += 2 {
		values.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			values.Del(changes[i])
		}
	}
	return values
}

// authorize gives the parameters with which the browser is sent back.
func (c *caller) authorize(changes ...string) url.Values {
	c.t.Helper()
	resp := c.do("GET", "/services/oauth2/authorize?"+authorization(changes...).Encode(), "").want(http.StatusFound)
	target, err := url.Parse(resp.header.Get("Location"))
	if err != nil {
		c.t.Fatal(err)
	}
	return target.Query()
}

func (c *caller) trade(code string, changes ...string) *response {
	c.t.Helper()
	return c.form("/services/oauth2/token", changed(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {"KEY"}, "redirect_uri": {callback}, "code_verifier": {verifier},
	}, changes))
}

func (c *caller) refresh(token string, changes ...string) *response {
	c.t.Helper()
	return c.form("/services/oauth2/token", changed(url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {"KEY"},
	}, changes))
}

// signIn goes the whole way and uses the new token from then on.
func (c *caller) signIn() (refresh string) {
	c.t.Helper()
	tokens := c.trade(c.authorize().Get("code")).want(http.StatusOK).object()
	c.token = tokens["access_token"].(string)
	return tokens["refresh_token"].(string)
}

func (r *response) oauthError(code, description string) {
	r.t.Helper()
	r.want(http.StatusBadRequest)
	if o := r.object(); o["error"] != code || !strings.Contains(o["error_description"].(string), description) {
		r.t.Fatalf("got %s, want %s: %s", r.body, code, description)
	}
}

func TestSignInGivesTokensForTheRep(t *testing.T) {
	c := start(t)
	back := c.authorize()
	if back.Get("state") != "st" || !strings.HasPrefix(back.Get("code"), "aPrx") || !strings.HasSuffix(back.Get("code"), "==") {
		t.Fatalf("sent back with %v", back)
	}
	resp := c.trade(back.Get("code")).want(http.StatusOK)
	tokens := resp.object()
	wantID := c.url + "/id/" + c.sb.Org().ID + "/" + c.sb.Rep().ID
	if tokens["id"] != wantID || tokens["instance_url"] != c.url || tokens["token_type"] != "Bearer" {
		t.Errorf("tokens %v", tokens)
	}
	if _, hasExpiry := tokens["expires_in"]; hasExpiry {
		t.Error("Salesforce tells no expires_in")
	}
	if issued := tokens["issued_at"].(string); len(issued) != 13 {
		t.Errorf("issued_at %q is not in milliseconds", issued)
	}
	if resp.header.Get("Cache-Control") != "no-store" {
		t.Error("the answer may be stored")
	}
	c.token = tokens["access_token"].(string)
	c.get("/limits").want(http.StatusOK)
}

func TestAuthorizeShowsAPageWhileTheAppIsUnknown(t *testing.T) {
	c := startWith(t, sandbox.Config{ClientIDs: []string{"KEY"}})
	for name, test := range map[string]struct{ parameter, value, want string }{
		"wrong client":       {"client_id", "other", "invalid_client_id"},
		"no client":          {"client_id", "", "invalid_client_id"},
		"127.0.0.1":          {"redirect_uri", "http://127.0.0.1:17170/callback", "redirect_uri_mismatch"},
		"another port":       {"redirect_uri", "http://localhost:17171/callback", "redirect_uri_mismatch"},
		"another path":       {"redirect_uri", "http://localhost:17170/", "redirect_uri_mismatch"},
		"no redirect at all": {"redirect_uri", "", "redirect_uri_mismatch"},
	} {
		t.Run(name, func(t *testing.T) {
			resp := c.do("GET", "/services/oauth2/authorize?"+authorization(test.parameter, test.value).Encode(), "").want(http.StatusBadRequest)
			if !strings.Contains(resp.body, "error="+test.want) {
				t.Errorf("page %s", resp.body)
			}
		})
	}
	for _, good := range []string{"http://localhost:27170/callback", "http://localhost:37170/callback", "http://localhost:1717/OauthRedirect"} {
		c.authorize("redirect_uri", good)
	}
}

func TestAuthorizeSendsRefusalsBackToTheApp(t *testing.T) {
	c := start(t)
	inactive := insert(t, c.sb, "User", map[string]any{"Username": "gone@acme.example", "LastName": "Gone", "IsActive": false})
	if inactive == "" {
		t.Fatal("no user")
	}
	for name, test := range map[string]struct {
		rules   func(*sandbox.Rules)
		changes []string
		want    string
	}{
		"no challenge":   {nil, []string{"code_challenge", ""}, "invalid_request"},
		"plain":          {nil, []string{"code_challenge_method", "plain"}, "invalid_request"},
		"implicit":       {nil, []string{"response_type", "token"}, "unsupported_response_type"},
		"the person":     {func(r *sandbox.Rules) { r.DenyConsent = true }, nil, "access_denied"},
		"inactive user":  {nil, []string{"login_hint", "gone@acme.example"}, "inactive_user"},
		"nobody by name": {func(r *sandbox.Rules) { r.SignInAs = "nobody" }, nil, "inactive_user"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.rules != nil {
				c.set(test.rules)
				defer c.set(func(r *sandbox.Rules) { r.DenyConsent, r.SignInAs = false, "" })
			}
			back := c.authorize(test.changes...)
			if back.Get("error") != test.want || back.Get("state") != "st" || back.Has("code") {
				t.Errorf("sent back with %v, want %s", back, test.want)
			}
		})
	}
}

func TestAConsentPageWaitsForAPerson(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) { r.AutoConsent = false })
	page := c.do("GET", "/services/oauth2/authorize?"+authorization().Encode(), "").want(http.StatusOK)
	if !strings.Contains(page.body, "consent=allow") || !strings.Contains(page.body, "ana.ruiz@acme.example") {
		t.Errorf("page %s", page.body)
	}
	if !c.authorize("consent", "allow").Has("code") {
		t.Error("a yes gives no code")
	}
	if c.authorize("consent", "deny").Get("error") != "access_denied" {
		t.Error("a no is not told")
	}
}

func TestLoginHintAndRuleChooseTheUser(t *testing.T) {
	c := start(t)
	other := c.sb.AddUser("bo@acme.example", "Bo", "Berg")
	id := c.trade(c.authorize("login_hint", "BO@acme.example").Get("code")).object()["id"].(string)
	if !strings.HasSuffix(id, other) {
		t.Errorf("hint ignored: %s", id)
	}
	rep := c.sb.Rep()
	c.set(func(r *sandbox.Rules) { r.SignInAs = rep.Username })
	id = c.trade(c.authorize("login_hint", "bo@acme.example").Get("code")).object()["id"].(string)
	if !strings.HasSuffix(id, rep.ID) {
		t.Errorf("rule ignored: %s", id)
	}
}

func TestACodeIsTradedOnceAndOnlyByItsOwner(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	for name, test := range map[string]struct {
		changes           []string
		code, description string
	}{
		"no verifier":    {[]string{"code_verifier", ""}, "invalid_grant", "verifier"},
		"wrong verifier": {[]string{"code_verifier", strings.Repeat("x", 43)}, "invalid_request", "verifier"},
		"short verifier": {[]string{"code_verifier", "short"}, "invalid_request", "verifier"},
		"other redirect": {[]string{"redirect_uri", "http://localhost:27170/callback"}, "redirect_uri_mismatch", ""},
		"other client":   {[]string{"client_id", "other"}, "invalid_grant", "invalid authorization code"},
		"no client":      {[]string{"client_id", ""}, "invalid_client_id", ""},
		"unknown code":   {[]string{"code", "aPrxNothing"}, "invalid_grant", "invalid authorization code"},
		"password grant": {[]string{"grant_type", "password"}, "unsupported_grant_type", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.trade(c.authorize().Get("code"), test.changes...).oauthError(test.code, test.description)
		})
	}
	code := c.authorize().Get("code")
	c.trade(code).want(http.StatusOK)
	c.trade(code).oauthError("invalid_grant", "invalid authorization code")
	code = c.authorize().Get("code")
	clock.pass(16 * time.Minute)
	c.trade(code).oauthError("invalid_grant", "expired authorization code")
}

func TestPKCEToleratesWhatJsforceSends(t *testing.T) {
	c := start(t)
	long := strings.Repeat("v", 171)
	code := c.authorize("code_challenge_method", "", "code_challenge", challenge(long)).Get("code")
	tokens := c.trade(code, "code_verifier", long).want(http.StatusOK).object()
	c.refresh(tokens["refresh_token"].(string), "code_verifier", long).want(http.StatusOK)
}

func TestTokenCallsAreForms(t *testing.T) {
	c := start(t)
	c.with("Content-Type", "application/json").do("POST", "/services/oauth2/token", `{"grant_type":"refresh_token"}`).oauthError("invalid_request", "form")
}

func TestAppsThatWantASecretRefuseADesktop(t *testing.T) {
	c := start(t)
	c.trade(c.authorize().Get("code"), "client_secret", "guessed").oauthError("invalid_client", "invalid client credentials")
	c.set(func(r *sandbox.Rules) { r.SecretRequired = true })
	c.trade(c.authorize().Get("code")).oauthError("invalid_client", "invalid client credentials")
}

func TestRefreshWithoutRotationKeepsTheToken(t *testing.T) {
	c := start(t)
	refresh := c.signIn()
	tokens := c.refresh(refresh).want(http.StatusOK).object()
	if _, replaced := tokens["refresh_token"]; replaced {
		t.Error("a refresh token came without rotation")
	}
	c.refresh(refresh).want(http.StatusOK)
}

func TestRotationReplacesAndReuseRevokesAll(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) { r.RotateRefresh = true })
	first := c.signIn()
	tokens := c.refresh(first).want(http.StatusOK).object()
	second := tokens["refresh_token"].(string)
	c.token = tokens["access_token"].(string)
	if second == first {
		t.Fatal("the token was not replaced")
	}
	c.get("/limits").want(http.StatusOK)
	c.refresh(first).oauthError("invalid_grant", "expired access/refresh token")
	c.refresh(second).oauthError("invalid_grant", "expired access/refresh token")
	c.get("/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID", "Session expired or invalid")
}

func TestTheSixthGrantSilentlyEndsTheFirst(t *testing.T) {
	c := start(t)
	first := c.signIn()
	for range 4 {
		c.signIn()
	}
	c.refresh(first).want(http.StatusOK)
	c.signIn()
	c.refresh(first).oauthError("invalid_grant", "expired")
	// Grant, which start used, is no app's sign-in and does not count.
	if n := c.sb.Grants(c.sb.Rep().ID); n != 6 {
		t.Errorf("%d grants live", n)
	}
}

func TestIdleTokensDie(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	c.set(func(r *sandbox.Rules) { r.RefreshIdle = 30 * 24 * time.Hour })
	refresh := c.signIn()
	clock.pass(time.Hour + 59*time.Minute)
	c.get("/limits").want(http.StatusOK)
	clock.pass(2*time.Hour + time.Minute)
	c.get("/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID", "")
	clock.pass(29 * 24 * time.Hour)
	c.refresh(refresh).want(http.StatusOK)
	clock.pass(31 * 24 * time.Hour)
	c.refresh(refresh).oauthError("invalid_grant", "expired")
}

func TestTheIPLockLooksLikeExpiry(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) { r.LockSessionsToIP = true })
	refresh := c.signIn()
	c.get("/limits").want(http.StatusOK)
	c.set(func(r *sandbox.Rules) { r.Source = "10.1.2.3" })
	c.get("/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID", "Session expired or invalid")
	c.token = c.refresh(refresh).object()["access_token"].(string)
	c.get("/limits").want(http.StatusOK)
	c.set(func(r *sandbox.Rules) { r.Source = "" })
	c.with(sandbox.SourceHeader, "10.1.2.3").get("/limits").want(http.StatusOK)
	c.with(sandbox.SourceHeader, "10.1.2.4").get("/limits").want(http.StatusUnauthorized)
}

func TestLoginRanges(t *testing.T) {
	c := start(t)
	refresh := c.signIn()
	c.set(func(r *sandbox.Rules) { r.LoginRanges = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	c.trade(c.authorize().Get("code")).oauthError("invalid_grant", "ip restricted")
	c.refresh(refresh).oauthError("invalid_grant", "ip restricted")
	c.get("/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID", "This session is not valid for use with the REST API")
	c.set(func(r *sandbox.Rules) { r.RelaxForRefresh = true })
	c.trade(c.authorize().Get("code")).oauthError("invalid_grant", "ip restricted")
	c.refresh(refresh).want(http.StatusOK)
	c.get("/limits").want(http.StatusOK)
	c.set(func(r *sandbox.Rules) { r.Source = "10.9.9.9" })
	c.signIn()
}

func TestRevoke(t *testing.T) {
	c := start(t)
	refresh := c.signIn()
	other := c.refresh(refresh).object()["access_token"].(string)
	c.form("/services/oauth2/revoke", url.Values{"token": {c.token}}).want(http.StatusOK)
	c.get("/limits").want(http.StatusUnauthorized)
	c.token = other
	c.get("/limits").want(http.StatusOK)
	c.form("/services/oauth2/revoke", url.Values{"token": {refresh}}).want(http.StatusOK)
	c.get("/limits").want(http.StatusUnauthorized)
	c.refresh(refresh).oauthError("invalid_grant", "expired")
	resp := c.form("/services/oauth2/revoke", url.Values{"token": {refresh}}).want(http.StatusBadRequest)
	if failure, err := url.ParseQuery(resp.body); err != nil || failure.Get("error") == "" {
		t.Errorf("the failure is not form-encoded: %s", resp.body)
	}
}

func TestAGrantWithoutABrowserWorksWithAnyClient(t *testing.T) {
	c := startWith(t, sandbox.Config{ClientIDs: []string{"KEY"}, Empty: true})
	access, refresh := c.sb.Grant("")
	c.token = access
	c.get("/limits").want(http.StatusOK)
	c.refresh(refresh).want(http.StatusOK)
	if access, refresh = c.sb.Grant("005000000000009AAA"); access != "" || refresh != "" {
		t.Error("an unknown user got tokens")
	}
}

func TestAdminsEndSignIns(t *testing.T) {
	c := start(t)
	refresh := c.signIn()
	c.sb.ExpireSessions()
	c.get("/limits").want(http.StatusUnauthorized)
	c.refresh(refresh).want(http.StatusOK)
	if err := c.sb.Update(c.sb.Rep().ID, map[string]any{"IsActive": false}); err != nil {
		t.Fatal(err)
	}
	c.refresh(refresh).oauthError("inactive_user", "")
	if err := c.sb.Update(c.sb.Rep().ID, map[string]any{"IsActive": true}); err != nil {
		t.Fatal(err)
	}
	c.sb.RevokeGrants("")
	c.refresh(refresh).oauthError("invalid_grant", "expired")
}

func TestIdentityRefusesInPlainText(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) {
		r.Permissions, r.Attributes = []string{"Log_Activities"}, map[string]string{"Region": "Nord"}
	})
	path := "/id/" + c.sb.Org().ID + "/" + c.sb.Rep().ID
	identity := c.do("GET", path+"?format=json", "").want(http.StatusOK).object()
	if identity["username"] != "ana.ruiz@acme.example" || identity["custom_permissions"].(map[string]any)["Log_Activities"] != true ||
		identity["custom_attributes"].(map[string]any)["Region"] != "Nord" {
		t.Errorf("identity %v", identity)
	}
	info := c.do("GET", "/services/oauth2/userinfo", "").want(http.StatusOK).object()
	if info["user_id"] != c.sb.Rep().ID || info["organization_id"] != c.sb.Org().ID || info["preferred_username"] != "ana.ruiz@acme.example" {
		t.Errorf("userinfo %v", info)
	}
	token := c.token
	c.token = ""
	c.do("GET", path+"?oauth_token="+url.QueryEscape(token), "").want(http.StatusOK)
	for _, test := range []struct {
		path   string
		status int
		text   string
	}{
		{path, 403, "Missing_OAuth_Token"},
		{path + "?oauth_token=dead", 403, "Bad_OAuth_Token"},
		{"/id/00D000000000001AAA/" + c.sb.Rep().ID + "?oauth_token=" + url.QueryEscape(token), 403, "Wrong_Org"},
		{"/id/" + c.sb.Org().ID + "/005000000000001AAA?oauth_token=" + url.QueryEscape(token), 404, "Bad_Id"},
	} {
		if resp := c.do("GET", test.path, "").want(test.status); resp.body != test.text {
			t.Errorf("%s: %q, want %q", test.path, resp.body, test.text)
		}
	}
}

func TestAChangedInstanceAnswersAtItsNewHostOnly(t *testing.T) {
	c := start(t)
	refresh := c.signIn()
	moved := strings.Replace(c.url, "127.0.0.1", "localhost", 1)
	c.set(func(r *sandbox.Rules) { r.InstanceURL = moved })
	c.get("/limits").want(420)
	if got := c.refresh(refresh).object()["instance_url"]; got != moved {
		t.Errorf("instance_url %v", got)
	}
	c.url = moved
	c.get("/limits").want(http.StatusOK)
}
