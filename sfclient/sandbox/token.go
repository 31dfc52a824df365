package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// The verifier's length by RFC 7636 is 43 to 128; jsforce sends 171 characters.
const (
	shortestVerifier = 43
	longestVerifier  = 171
)

// token trades a code or a refresh token (salesforce.md sections 1.4 and 1.5).
func (s *Sandbox) token(req *request) reply {
	if !strings.HasPrefix(req.header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return oauthError("invalid_request", "the token request must be form-encoded")
	}
	form := req.form()
	if !s.knowsClient(form.Get("client_id")) {
		return oauthError("invalid_client_id", "client identifier invalid")
	}
	// A desktop knows no secret: what it sends is not the app's (section 1.4).
	if s.org.rules.SecretRequired != form.Has("client_secret") {
		return oauthError("invalid_client", "invalid client credentials")
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		return s.tradeCode(req, form)
	case "refresh_token":
		return s.tradeRefresh(req, form)
	}
	return oauthError("unsupported_grant_type", "grant type not supported")
}

func (s *Sandbox) tradeCode(req *request, form url.Values) reply {
	code, found := s.signIns.codes[form.Get("code")]
	delete(s.signIns.codes, form.Get("code"))
	switch {
	case !found || code.client != form.Get("client_id"):
		return oauthError("invalid_grant", "invalid authorization code")
	case s.org.now().After(code.expires):
		return oauthError("invalid_grant", "expired authorization code")
	case code.redirect != form.Get("redirect_uri"):
		return oauthError("redirect_uri_mismatch", "redirect_uri must match configuration")
	case !s.loginAllowed(req.source):
		return oauthError("invalid_grant", "ip restricted")
	}
	if code.challenge != "" {
		if rep, wrong := checkVerifier(code.challenge, form.Get("code_verifier")); wrong {
			return rep
		}
	}
	g := s.signIns.open(code.user, code.client, code.scope, s.org.rules.GrantCap, s.org.now())
	return s.tokenAnswer(req, g, true)
}

// checkVerifier always hashes: jsforce and the Salesforce CLI send a hashed
// challenge without naming the method.
func checkVerifier(challenge, verifier string) (rep reply, wrong bool) {
	sum := sha256.Sum256([]byte(verifier))
	switch {
	case verifier == "":
		return oauthError("invalid_grant", "missing required code verifier"), true
	case len(verifier) < shortestVerifier || len(verifier) > longestVerifier,
		strings.TrimRight(challenge, "=") != base64.RawURLEncoding.EncodeToString(sum[:]):
		return oauthError("invalid_request", "invalid code verifier"), true
	}
	return reply{}, false
}

// tradeRefresh gives a new access token. A refresh token that was rotated away and
// comes again ends the whole grant at once.
func (s *Sandbox) tradeRefresh(req *request, form url.Values) reply {
	presented, rules, now := form.Get("refresh_token"), &s.org.rules, s.org.now()
	dead := oauthError("invalid_grant", "expired access/refresh token")
	g, found := s.signIns.refresh[presented]
	switch {
	case !found || g.client != anyClient && g.client != form.Get("client_id"):
		return dead
	case g.refresh != presented:
		s.signIns.end(g)
		return dead
	case g.revoked || rules.RefreshIdle > 0 && now.Sub(g.lastUsed) > rules.RefreshIdle:
		return dead
	case !g.user.truth("IsActive"):
		return oauthError("inactive_user", "user is inactive")
	case !rules.RelaxForRefresh && !s.loginAllowed(req.source):
		return oauthError("invalid_grant", "ip restricted")
	}
	g.lastUsed = now
	if rules.RotateRefresh {
		s.signIns.rotate(g)
	}
	return s.tokenAnswer(req, g, rules.RotateRefresh)
}

func (s *Sandbox) tokenAnswer(req *request, g *grant, withRefresh bool) reply {
	now := s.org.now()
	req.user = g.user
	instance := req.base
	if s.org.rules.InstanceURL != "" {
		instance = s.org.rules.InstanceURL
	}
	scope := g.scope
	if scope == "" {
		scope = "refresh_token api"
	}
	body := entries{{"access_token", s.signIns.session(g, s.org.id, req.source, now)}}
	if withRefresh {
		body = append(body, entry{"refresh_token", g.refresh})
	}
	body = append(body, entries{
		{"signature", base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf("%032d", now.UnixMilli())))},
		{"scope", scope},
		{"token_format", "opaque"},
		{"instance_url", instance},
		{"id", s.identityURL(req, g.user)},
		{"token_type", "Bearer"},
		{"issued_at", strconv.FormatInt(now.UnixMilli(), 10)},
	}...)
	rep := answer(body)
	rep.header = http.Header{"Cache-Control": {"no-store"}}
	return rep
}

// revoke ends a grant by its refresh token, or one session by its access token.
func (s *Sandbox) revoke(req *request) reply {
	token := req.form().Get("token")
	if g, found := s.signIns.refresh[token]; found && !g.revoked {
		s.signIns.end(g)
		return reply{status: http.StatusOK}
	}
	if _, found := s.signIns.sessions[token]; found {
		delete(s.signIns.sessions, token)
		return reply{status: http.StatusOK}
	}
	rep := plainText(http.StatusBadRequest, "error=unsupported_token_type&error_description=this+token+type+is+not+supported")
	rep.kind = "application/x-www-form-urlencoded"
	return rep
}
