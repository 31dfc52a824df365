package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"fieldpost/sfclient/sandbox"
)

// A refusal of OAuth, wherever it shows.
type oauthRefusal struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// tradedWith trades a fresh code for tokens that it does not get.
func (c *caller) tradedWith(changes ...string) oauthRefusal {
	c.t.Helper()
	return c.trade(c.authorize().Get("code"), changes...).asRefusal(http.StatusBadRequest)
}

func (c *caller) sentBack(changes ...string) oauthRefusal {
	c.t.Helper()
	back := c.authorize(changes...)
	return oauthRefusal{back.Get("error"), back.Get("error_description")}
}

// onPage reads a refusal that the browser stays on.
func (c *caller) onPage(changes ...string) oauthRefusal {
	c.t.Helper()
	resp := c.do("GET", "/services/oauth2/authorize?"+authorization(changes...).Encode(), "").want(http.StatusBadRequest)
	_, text, _ := strings.Cut(strings.TrimSuffix(resp.body, "</body></html>"), "error=")
	code, description, _ := strings.Cut(text, "&amp;error_description=")
	return oauthRefusal{code, description}
}

func (r *response) asRefusal(status int) (told oauthRefusal) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.want(status).body), &told); err != nil {
		r.t.Fatalf("%v: %s", err, r.body)
	}
	return told
}

// TestEachErrorOfOAuthCanBeMet is the table of salesforce.md section 1.8.
func TestEachErrorOfOAuthCanBeMet(t *testing.T) {
	met := map[string]func(c *caller, clock *clock, refresh string) oauthRefusal{
		"invalid_grant: expired access/refresh token": func(c *caller, _ *clock, refresh string) oauthRefusal {
			c.sb.RevokeGrants("")
			return c.refresh(refresh).asRefusal(400)
		},
		"invalid_grant: ip restricted": func(c *caller, _ *clock, refresh string) oauthRefusal {
			c.set(func(r *sandbox.Rules) { r.LoginRanges = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
			return c.refresh(refresh).asRefusal(400)
		},
		"invalid_grant: authentication failure": func(c *caller, _ *clock, refresh string) oauthRefusal {
			c.sb.Inject(sandbox.RefuseToken(401, "invalid_grant", "authentication failure"))
			return c.refresh(refresh).asRefusal(401)
		},
		"invalid_grant: expired authorization code": func(c *caller, clock *clock, _ string) oauthRefusal {
			code := c.authorize().Get("code")
			clock.pass(16 * time.Minute)
			return c.trade(code).asRefusal(400)
		},
		"invalid_grant: invalid authorization code": func(c *caller, _ *clock, _ string) oauthRefusal { return c.tradedWith("code", "aPrxNothing") },
		"invalid_grant: missing required code verifier": func(c *caller, _ *clock, _ string) oauthRefusal {
			return c.tradedWith("code_verifier", "")
		},
		"invalid_request: invalid code verifier": func(c *caller, _ *clock, _ string) oauthRefusal {
			return c.tradedWith("code_verifier", strings.Repeat("x", 43))
		},
		"invalid_grant: user hasn't approved this consumer": func(c *caller, _ *clock, refresh string) oauthRefusal {
			c.sb.Inject(sandbox.RefuseToken(403, "invalid_grant", "user hasn't approved this consumer"))
			return c.refresh(refresh).asRefusal(403)
		},
		"inactive_user: user is inactive": func(c *caller, _ *clock, refresh string) oauthRefusal {
			if err := c.sb.Update(c.sb.Rep().ID, map[string]any{"IsActive": false}); err != nil {
				c.t.Fatal(err)
			}
			return c.refresh(refresh).asRefusal(400)
		},
		"inactive_org: organization is inactive": func(c *caller, _ *clock, refresh string) oauthRefusal {
			c.sb.Inject(sandbox.RefuseSignIn("inactive_org", "organization is inactive"))
			return c.refresh(refresh).asRefusal(400)
		},
		"invalid_client: invalid client credentials": func(c *caller, _ *clock, _ string) oauthRefusal {
			c.set(func(r *sandbox.Rules) { r.SecretRequired = true })
			return c.tradedWith()
		},
		"invalid_client_id: client identifier invalid": func(c *caller, _ *clock, _ string) oauthRefusal { return c.onPage("client_id", "unknown") },
		"invalid_client: app must be installed into org": func(c *caller, _ *clock, _ string) oauthRefusal {
			c.sb.Inject(sandbox.AppNotInstalled())
			return c.sentBack()
		},
		"OAUTH_APP_BLOCKED: this app is blocked by admin": func(c *caller, _ *clock, _ string) oauthRefusal {
			c.sb.Inject(sandbox.AppBlocked())
			return c.sentBack()
		},
		"OAUTH_APPROVAL_ERROR_GENERIC: unexpected error": func(c *caller, _ *clock, _ string) oauthRefusal {
			c.sb.Inject(sandbox.RefuseOnPage("OAUTH_APPROVAL_ERROR_GENERIC", "unexpected error"))
			return c.onPage()
		},
		"redirect_uri_mismatch: redirect_uri must match configuration": func(c *caller, _ *clock, _ string) oauthRefusal {
			return c.onPage("redirect_uri", "http://127.0.0.1:17170/callback")
		},
		"access_denied: end-user denied authorization": func(c *caller, _ *clock, _ string) oauthRefusal {
			c.set(func(r *sandbox.Rules) { r.DenyConsent = true })
			return c.sentBack()
		},
		"access-denied: as the documentation also prints it": func(c *caller, _ *clock, _ string) oauthRefusal {
			c.sb.Inject(sandbox.RefuseSignIn("access-denied", "as the documentation also prints it"))
			return c.sentBack()
		},
		"rate_limit_exceeded: login rate exceeded": func(c *caller, _ *clock, refresh string) oauthRefusal {
			c.sb.Inject(sandbox.RefuseSignIn("rate_limit_exceeded", "login rate exceeded"))
			return c.refresh(refresh).asRefusal(400)
		},
	}
	for want, meet := range met {
		t.Run(want, func(t *testing.T) {
			clock := newClock()
			c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true, ClientIDs: []string{"KEY"}})
			if got := meet(c, clock, c.signIn()); got.Error+": "+got.Description != want {
				t.Errorf("got %+v", got)
			}
		})
	}
}
