package localapi

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
)

const (
	maxSiteName = 100
	maxNonce    = 200
)

// newCode makes the link by which "fieldpost open" signs a status page in.
func (s *Server) newCode(w http.ResponseWriter, c *call) error {
	if err := readObject(c.data, fields(nil)); err != nil {
		return err
	}
	code, expires := s.Access.NewCode()
	return writeJSON(w, http.StatusCreated, apitype.SessionLink{URL: PageLink(s.Port, code), ExpiresAt: expires})
}

// PageLink is the address that opens the status page with a one-time code.
func PageLink(port int, code string) string {
	return "http://127.0.0.1:" + strconv.Itoa(port) + "/#code=" + code
}

func (s *Server) trade(w http.ResponseWriter, c *call) error {
	var code string
	if err := readObject(c.data, fields(map[string]any{"code": &code})); err != nil {
		return err
	}
	if code == "" {
		return invalid(codeRequired, "code")
	}
	token, err := s.Access.Trade(code)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apitype.Session{Token: token})
}

// hello proves that this is the daemon that the caller knows: a page by its
// pairings, the status page by its own token, a program of the owner by api.json.
func (s *Server) hello(w http.ResponseWriter, c *call) error {
	nonce := c.URL.Query().Get("n")
	if nonce == "" || len(nonce) > maxNonce {
		return invalid(codeInvalidValue, "n")
	}
	return writeJSON(w, http.StatusOK, apitype.Hello{Proofs: s.Access.Proofs(c.caller.origin, nonce)})
}

func (s *Server) ask(w http.ResponseWriter, c *call) error {
	if c.caller.origin == "" {
		return refuse(http.StatusForbidden, codeOrigin)
	}
	var name string
	if err := readObject(c.data, fields(map[string]any{"name": &name})); err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	if name == "" {
		return invalid(codeRequired, "name")
	}
	if utf8.RuneCountInString(name) > maxSiteName || strings.ContainsFunc(name, isHidden) {
		return invalid(codeInvalidValue, "name")
	}
	opened, err := s.Access.Ask(c.caller.origin, name)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusAccepted, apitype.PairStarted{ID: opened.ID, Poll: "/v1/pair/" + opened.ID})
}

// isHidden finds what a name could mislead the rep with: line breaks, marks that
// turn the direction of writing, letters of no width.
func isHidden(r rune) bool { return !unicode.IsGraphic(r) }

func (s *Server) poll(w http.ResponseWriter, c *call) error {
	if c.caller.origin == "" {
		return refuse(http.StatusForbidden, codeOrigin)
	}
	state, token, err := s.Access.Poll(c.PathValue("id"), c.caller.origin)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apitype.PairPoll{State: string(state), Token: token})
}

func (s *Server) asks(w http.ResponseWriter, _ *call) error {
	return writeJSON(w, http.StatusOK, apitype.PairAsks{Items: s.openAsks()})
}

func (s *Server) openAsks() []apitype.PairAsk {
	open := []apitype.PairAsk{}
	for _, a := range s.Access.Asks() {
		open = append(open, apitype.PairAsk{ID: a.ID, Origin: a.Origin, Name: a.Name, AskedAt: a.AskedAt, ExpiresAt: a.ExpiresAt})
	}
	return open
}

func (s *Server) approve(w http.ResponseWriter, c *call) error {
	if err := readObject(c.data, fields(nil)); err != nil {
		return err
	}
	paired, err := s.Access.Approve(c.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, pairingOf(paired))
}

func (s *Server) deny(w http.ResponseWriter, c *call) error {
	if err := readObject(c.data, fields(nil)); err != nil {
		return err
	}
	if err := s.Access.Deny(c.PathValue("id")); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct{}{})
}

func (s *Server) pairings(w http.ResponseWriter, _ *call) error {
	return writeJSON(w, http.StatusOK, apitype.Pairings{Items: s.allPairings()})
}

func (s *Server) allPairings() []apitype.Pairing {
	all := []apitype.Pairing{}
	for _, p := range s.Access.Pairings() {
		all = append(all, pairingOf(p))
	}
	return all
}

func pairingOf(p access.Pairing) apitype.Pairing {
	return apitype.Pairing{ID: p.ID, Origin: p.Origin, Name: p.Name, CreatedAt: p.CreatedAt}
}

func (s *Server) unpair(w http.ResponseWriter, c *call) error {
	if err := s.Access.Unpair(c.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// setRetryAfter says when it is worth asking again, where that is known.
func setRetryAfter(h http.Header, err error) {
	var own *fault
	if errors.As(err, &own) && own.code == codeTooMany {
		h.Set("Retry-After", "1")
	}
}
