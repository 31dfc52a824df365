package localapi

import (
	_ "embed"
	"net/http"
	"time"

	"fieldpost/daemon/localapi/apitype"
)

//go:embed openapi.json
var openAPI []byte

func (s *Server) health(w http.ResponseWriter, _ *call) error {
	return writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *Server) openAPI(w http.ResponseWriter, _ *call) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openAPI) // who hung up does not need it
	return nil
}

func (s *Server) status(w http.ResponseWriter, c *call) error {
	status, err := s.Status.Status(c.Context(), c.words)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, status)
}

func (s *Server) people(w http.ResponseWriter, c *call) error {
	most, err := readLimit(c)
	if err != nil {
		return err
	}
	found, err := s.Directory.People(c.URL.Query().Get("q"), most)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, found)
}

func (s *Server) records(w http.ResponseWriter, c *call) error {
	most, err := readLimit(c)
	if err != nil {
		return err
	}
	found, err := s.Directory.Records(c.URL.Query().Get("q"), c.URL.Query().Get("object"), most)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, found)
}

func (s *Server) settings(w http.ResponseWriter, c *call) error {
	all, err := s.Settings.List(c.words)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apitype.Settings{Items: all})
}

// changeSettings answers with every setting as it is now: one change may move
// another's value.
func (s *Server) changeSettings(w http.ResponseWriter, c *call) error {
	given := map[string]*any{}
	err := readObject(c.data, func(name string) any {
		if given[name] == nil {
			given[name] = new(any)
		}
		return given[name]
	})
	if err != nil {
		return err
	}
	changes := make(map[string]any, len(given))
	for key, value := range given {
		changes[key] = *value
	}
	if err := s.Settings.Change(c.Context(), changes); err != nil {
		return err
	}
	s.Feed.Status()
	return s.settings(w, c)
}

func (s *Server) doctor(w http.ResponseWriter, c *call) error {
	checks, err := s.Doctor.Check(c.Context(), c.words)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apitype.Doctor{Items: checks})
}

// writeTest answers with what the test found. Salesforce or the network refuses, not
// the caller.
func (s *Server) writeTest(w http.ResponseWriter, c *call) error {
	if err := readObject(c.data, fields(nil)); err != nil {
		return err
	}
	checks, err := s.Doctor.WriteTest(c.Context(), c.words)
	if err != nil {
		return s.upstream(c, err)
	}
	return writeJSON(w, http.StatusOK, apitype.Doctor{Items: checks})
}

// upstream tells a refusal of Salesforce's or the network's.
func (s *Server) upstream(c *call, err error) error {
	problem := s.problem(c.words, err)
	if problem.Status == http.StatusBadRequest {
		problem.Status = http.StatusBadGateway
	}
	return problem
}

func (s *Server) login(w http.ResponseWriter, c *call) error {
	var asked apitype.LoginRequest
	if err := readObject(c.data, fields(map[string]any{"org": &asked.Org, "client_id": &asked.ClientID})); err != nil {
		return err
	}
	url, err := s.SignIn.Login(c.Context(), asked)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apitype.LoginStarted{AuthorizeURL: url})
}

func (s *Server) lastLogin(w http.ResponseWriter, c *call) error {
	return writeJSON(w, http.StatusOK, s.SignIn.Last(c.words))
}

func (s *Server) logout(w http.ResponseWriter, c *call) error {
	var asked apitype.LogoutRequest
	if err := readObject(c.data, fields(map[string]any{"keep_waiting": &asked.KeepWaiting, "discard": &asked.Discard})); err != nil {
		return err
	}
	if asked.KeepWaiting && asked.Discard {
		return invalid(codeInvalidValue, "discard")
	}
	if err := s.SignIn.Logout(c.Context(), asked); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct{}{})
}

func (s *Server) sync(w http.ResponseWriter, c *call) error {
	if err := readObject(c.data, fields(nil)); err != nil {
		return err
	}
	if err := s.Sync.Sync(c.Context()); err != nil {
		return err
	}
	return writeJSON(w, http.StatusAccepted, struct{}{})
}

// refreshTime is how long a refresh may take: an org may have very many people.
const refreshTime = 10 * time.Minute

// refresh answers once the org was read again. A refusal is Salesforce's or the
// network's, not the caller's.
func (s *Server) refresh(w http.ResponseWriter, c *call) error {
	if err := readObject(c.data, fields(nil)); err != nil {
		return err
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(refreshTime)) // not every connection has one
	read, err := s.Refresh.Refresh(c.Context())
	if err != nil {
		return s.upstream(c, err)
	}
	return writeJSON(w, http.StatusOK, read)
}

func (s *Server) org(w http.ResponseWriter, c *call) error {
	told, err := s.Org.Org(c.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, told)
}

// stop answers first: the daemon waits for requests in flight.
func (s *Server) stop(w http.ResponseWriter, c *call) error {
	if err := readObject(c.data, fields(nil)); err != nil {
		return err
	}
	defer s.Stop()
	return writeJSON(w, http.StatusAccepted, struct{}{})
}
