package sfauth

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestOAuthErrors is the table of salesforce.md section 1.8.
func TestOAuthErrors(t *testing.T) {
	cases := []struct {
		name, description string
		code              Code
		who               Who
	}{
		{"invalid_grant", "expired access/refresh token", SignInNeeded, User},
		{"invalid_grant", "ip restricted", IPRestricted, Admin},
		{"invalid_grant", "authentication failure", SignInRefused, Admin},
		{"invalid_grant", "expired authorization code", SignInExpired, User},
		{"invalid_grant", "invalid authorization code", SignInExpired, User},
		{"invalid_grant", "missing required code_verifier", SignInTampered, User},
		{"invalid_request", "code_verifier does not match code_challenge", SignInTampered, User},
		{"invalid_grant", "user hasn't approved this consumer", AppNotApproved, Admin},
		{"inactive_user", "", UserInactive, Admin},
		{"inactive_org", "", OrgInactive, Admin},
		{"invalid_client", "invalid client credentials", SecretRequired, Admin},
		{"invalid_client_id", "client identifier invalid", WrongClientID, Setup},
		{"invalid_client", "app must be installed into org", AppNotInstalled, Admin},
		{"OAUTH_APP_BLOCKED", "this app is blocked by admin", AppBlocked, Admin},
		{"OAUTH_APPROVAL_ERROR_GENERIC", "unexpected error", AppNotInstalled, Admin},
		{"redirect_uri_mismatch", "redirect_uri must match configuration", RedirectMismatch, Admin},
		{"access_denied", "", ConsentRefused, User},
		{"access-denied", "", ConsentRefused, User},
		{"rate_limit_exceeded", "", SignInRateLimited, Wait},
		{"solar_flare", "", SignInFailed, Admin},
	}
	for _, c := range cases {
		got := oauthError(c.name, c.description)
		if got.Code != c.code || got.Who != c.who || got.OAuth != c.name || got.Message != c.description {
			t.Errorf("%s %q: %s by %s, want %s by %s", c.name, c.description, got.Code, got.Who, c.code, c.who)
		}
	}
	if wait := oauthError("rate_limit_exceeded", "").RetryAfter; wait < rateLimitWait {
		t.Errorf("back off %v", wait)
	}
}

func TestEachCodeHasItsSentences(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		data, err := os.ReadFile("../../daemon/words/" + lang + "/signin.json")
		if err != nil {
			t.Fatal(err)
		}
		var sentences map[string]string
		if err := json.Unmarshal(data, &sentences); err != nil {
			t.Fatal(err)
		}
		for _, code := range codes(t) {
			for _, part := range []string{"title", "detail", "remedy"} {
				if sentences["problem."+code+"."+part] == "" {
					t.Errorf("%s: problem.%s.%s is missing", lang, code, part)
				}
			}
		}
	}
}

// codes reads the constants of type Code from the source.
func codes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || spec.Type == nil {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Code" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, text)
		}
		return true
	})
	if len(all) < 25 {
		t.Fatalf("only %d codes found", len(all))
	}
	return all
}

func FuzzParseRefusal(f *testing.F) {
	f.Add(`{"error":"invalid_grant","error_description":"expired"}`)
	f.Add("error=invalid_token&error_description=token%20is%20unknown")
	f.Add("<html>error=x&amp;error_description=%zz</html>")
	f.Fuzz(func(t *testing.T, text string) {
		if refusal := parseRefusal(text); refusal != nil && (refusal.Code == "" || refusal.OAuth == "" || strings.Contains(refusal.Error(), "\n")) {
			t.Errorf("%q gives %+v", text, refusal)
		}
	})
}
