package sandbox

import (
	"html/template"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// callbacks are the addresses registered for the app. The match is exact, port and
// path included, and 127.0.0.1 is never one (salesforce.md section 1.3).
func callbacks() []string {
	return []string{
		"http://localhost:17170/callback", "http://localhost:27170/callback", "http://localhost:37170/callback",
		"http://localhost:1717/OauthRedirect", // the Salesforce CLI's
	}
}

// authorize answers the browser: an error page while the app is not known for sure,
// the redirect afterwards.
func (s *Sandbox) authorize(req *request) reply {
	if !s.knowsClient(req.query.Get("client_id")) {
		return errorPage("invalid_client_id", "client identifier invalid")
	}
	if !slices.Contains(callbacks(), req.query.Get("redirect_uri")) {
		return errorPage("redirect_uri_mismatch", "redirect_uri must match configuration")
	}
	if problem := s.badAuthorization(req); problem != nil {
		return req.backToApp(problem...)
	}
	user := s.whoSignsIn(req.query.Get("login_hint"))
	rules := &s.org.rules
	switch {
	case user == nil || !user.truth("IsActive"):
		return req.backToApp("error", "inactive_user", "error_description", "user is inactive")
	case rules.DenyConsent || req.query.Get("consent") == "deny":
		return req.backToApp("error", "access_denied", "error_description", "end-user denied authorization")
	case !rules.AutoConsent && req.query.Get("consent") != "allow":
		return consentPage(req, user)
	}
	return req.backToApp("code", s.issueCode(req, user))
}

func (s *Sandbox) knowsClient(id string) bool {
	return id != "" && (len(s.clientIDs) == 0 || slices.Contains(s.clientIDs, id))
}

func (s *Sandbox) badAuthorization(req *request) []string {
	switch method := req.query.Get("code_challenge_method"); {
	case req.query.Get("response_type") != "code":
		return []string{"error", "unsupported_response_type", "error_description", "response type must be code"}
	case req.query.Get("code_challenge") == "" && !s.org.rules.PKCEOptional:
		return []string{"error", "invalid_request", "error_description", "missing required code challenge"}
	case method != "" && method != "S256":
		return []string{"error", "invalid_request", "error_description", "code challenge method must be S256"}
	}
	return nil
}

// whoSignsIn is the user whom the rules or the app name, else the rep.
func (s *Sandbox) whoSignsIn(hint string) *record {
	for _, name := range []string{s.org.rules.SignInAs, hint} {
		if name == "" {
			continue
		}
		for _, user := range s.org.table("User").rows {
			if strings.EqualFold(user.text("Username"), name) {
				return user
			}
		}
		if name == s.org.rules.SignInAs {
			return nil
		}
	}
	return s.org.rep
}

func (s *Sandbox) issueCode(req *request, user *record) string {
	value := "aPrx" + secret(42) + "=="
	s.signIns.codes[value] = &code{
		user: user, client: req.query.Get("client_id"), redirect: req.query.Get("redirect_uri"),
		challenge: req.query.Get("code_challenge"), scope: req.query.Get("scope"),
		expires: s.org.now().Add(codeLife),
	}
	return value
}

// backToApp redirects to the app's listener with these parameters and the state.
func (req *request) backToApp(pairs ...string) reply {
	answer := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		answer.Set(pairs[i], pairs[i+1])
	}
	if state := req.query.Get("state"); state != "" {
		answer.Set("state", state)
	}
	return redirect(req.query.Get("redirect_uri") + "?" + answer.Encode())
}

func errorPage(code, description string) reply {
	return page(http.StatusBadRequest, "<html><body>error="+code+"&amp;error_description="+description+"</body></html>")
}

var consentTemplate = template.Must(template.New("consent").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Allow access? (sandbox)</title></head>
<body style="font: 16px sans-serif; max-width: 26em; margin: 4em auto">
<h1>Allow access?</h1>
<p>The app <b>{{.Client}}</b> asks to read and write as <b>{{.Name}}</b> ({{.Username}}).</p>
<p>This is fieldpost's sandbox, not Salesforce.</p>
<p><a href="{{.Allow}}">Allow</a> · <a href="{{.Deny}}">Deny</a></p>
</body></html>`))

func consentPage(req *request, user *record) reply {
	link := func(answer string) string {
		query := url.Values{}
		for name, values := range req.query {
			query[name] = values
		}
		query.Set("consent", answer)
		return req.path + "?" + query.Encode()
	}
	var html strings.Builder
	err := consentTemplate.Execute(&html, map[string]string{
		"Client": req.query.Get("client_id"), "Name": user.text("Name"), "Username": user.text("Username"),
		"Allow": link("allow"), "Deny": link("deny"),
	})
	if err != nil {
		return page(http.StatusInternalServerError, "")
	}
	return page(http.StatusOK, html.String())
}

// loginAllowed holds the profile's login ranges against an address.
func (s *Sandbox) loginAllowed(source string) bool {
	ranges := s.org.rules.LoginRanges
	if len(ranges) == 0 {
		return true
	}
	address, err := netip.ParseAddr(source)
	return err == nil && slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(address) })
}
