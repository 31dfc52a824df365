package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

const codeLife = 15 * time.Minute

// anyClient marks a grant that no app asked for: any may use it.
const anyClient = ""

// signIns remembers who may do what: codes, grants, sessions.
type signIns struct {
	codes    map[string]*code
	grants   []*grant
	refresh  map[string]*grant // by every refresh token ever given, rotated-away ones included
	sessions map[string]*session
}

// A code is what the browser brings back, to be traded once.
type code struct {
	user      *record
	client    string
	redirect  string
	challenge string
	scope     string
	expires   time.Time
}

// A grant is a user's consent to an app: one refresh token and its sessions.
type grant struct {
	user     *record
	client   string
	scope    string
	refresh  string // the current one
	lastUsed time.Time
	revoked  bool
}

// A session is an access token.
type session struct {
	grant    *grant
	user     *record
	source   string // the address it was given to
	lastUsed time.Time
}

func newSignIns() *signIns {
	return &signIns{codes: map[string]*code{}, refresh: map[string]*grant{}, sessions: map[string]*session{}}
}

// open makes a grant; beyond the cap the oldest grant of the same user and app
// silently loses its refresh token (salesforce.md section 1.1).
func (si *signIns) open(user *record, client, scope string, limit int, now time.Time) *grant {
	g := &grant{user: user, client: client, scope: scope, lastUsed: now}
	si.grants = append(si.grants, g)
	si.rotate(g)
	var live []*grant
	for _, other := range si.grants {
		if other.user == user && other.client == client && !other.revoked {
			live = append(live, other)
		}
	}
	if limit > 0 && len(live) > limit {
		live[0].revoked = true
	}
	return g
}

func (si *signIns) rotate(g *grant) {
	g.refresh = "5Aep861" + secret(60)
	si.refresh[g.refresh] = g
}

func (si *signIns) session(g *grant, org, source string, now time.Time) string {
	token := org[:shortID] + "!AQoAQ" + secret(72)
	si.sessions[token] = &session{grant: g, user: g.user, source: source, lastUsed: now}
	return token
}

// end revokes a grant with all its access tokens.
func (si *signIns) end(g *grant) {
	g.revoked = true
	for token, session := range si.sessions {
		if session.grant == g {
			delete(si.sessions, token)
		}
	}
}

func secret(bytes int) string {
	random := make([]byte, bytes)
	_, _ = rand.Read(random) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(random)
}

// Grant signs a user in without a browser and gives an access and a refresh token
// that work with any client id. An empty user id means the rep, an unknown one gives
// nothing.
func (s *Sandbox) Grant(userID string) (access, refresh string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user := s.org.rep
	if userID != "" {
		found := false
		if user, found = s.org.find(userID); !found {
			return "", ""
		}
	}
	now := s.org.now()
	g := s.signIns.open(user, anyClient, "refresh_token api", s.org.rules.GrantCap, now)
	return s.signIns.session(g, s.org.id, s.org.rules.Source, now), g.refresh
}

// ExpireSessions makes every access token invalid; the refresh tokens live on.
func (s *Sandbox) ExpireSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.signIns.sessions)
}

// RevokeGrants ends all sign-ins of a user, as an admin can. An empty id means
// everybody's.
func (s *Sandbox) RevokeGrants(userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.signIns.grants {
		if userID == "" || g.user.id() == userID {
			s.signIns.end(g)
		}
	}
}

// Grants counts the refresh tokens of a user that are still good.
func (s *Sandbox) Grants(userID string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	live := slices.DeleteFunc(slices.Clone(s.signIns.grants), func(g *grant) bool { return g.revoked || g.user.id() != userID })
	return len(live)
}

// admit checks the session of a data call. Another address than the one that the
// token was given to looks just like expiry (salesforce.md section 2).
func (s *Sandbox) admit(req *request) *apiError {
	session, err := s.sessionOf(bearer(req), req.source)
	if err != nil {
		return err
	}
	req.session, req.user = session, session.user
	if !s.loginAllowed(req.source) && !s.org.rules.RelaxForRefresh {
		return sessionInvalid("This session is not valid for use with the REST API")
	}
	return nil
}

func (s *Sandbox) sessionOf(token, source string) (*session, *apiError) {
	expired := sessionInvalid("Session expired or invalid")
	session, found := s.signIns.sessions[token]
	if !found {
		return nil, expired
	}
	rules, now := &s.org.rules, s.org.now()
	idle := rules.SessionIdle > 0 && now.Sub(session.lastUsed) > rules.SessionIdle
	if idle || !session.user.truth("IsActive") {
		delete(s.signIns.sessions, token)
		return nil, expired
	}
	if session.source == "" { // given by Grant: the first user's address counts
		session.source = source
	}
	if rules.LockSessionsToIP && session.source != source {
		return nil, expired
	}
	session.lastUsed = now
	return session, nil
}

func bearer(req *request) string {
	scheme, token, _ := strings.Cut(req.header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "OAuth") {
		return ""
	}
	return token
}
