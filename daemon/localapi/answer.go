package localapi

import (
	"encoding/json"
	"errors"
	"net/http"

	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// writeJSON answers with a value of apitype.
func writeJSON(w http.ResponseWriter, status int, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n')) // who hung up does not need it
	return nil
}

// writeError answers with problem+json.
func (s *Server) writeError(w http.ResponseWriter, p *words.Printer, err error) {
	problem := s.problem(p, err)
	if problem.Status == http.StatusInternalServerError {
		s.Log.Error("a request failed", "code", problem.Code, "error", err)
	}
	data, err := json.Marshal(problem)
	if err != nil {
		s.Log.Error("a problem could not be told", "error", err)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Language", p.Lang())
	w.WriteHeader(problem.Status)
	_, _ = w.Write(append(data, '\n')) // who hung up does not need it
}

// problem tells an error in the shape of RFC 9457.
func (s *Server) problem(p *words.Printer, err error) *apitype.Error {
	var shaped *apitype.Error
	if errors.As(err, &shaped) {
		return shaped
	}
	if told, ok := s.Explain(p, err); ok {
		return shape(statusOf(told.Code), told)
	}
	f := faultOf(p, err)
	return shape(f.status, Told{Code: f.code, Field: f.field, Explained: p.Explain(f.code, f.args)})
}

func shape(status int, told Told) *apitype.Error {
	return &apitype.Error{
		Status: status, Code: told.Code, Field: told.Field, Title: told.Title, Detail: told.Detail, Remedy: told.Remedy, Who: told.Who,
	}
}

// faultOf finds the refusal that an error of the rooms below stands for.
func faultOf(p *words.Printer, err error) *fault {
	var own *fault
	var state *outbox.StateError
	var tooLarge *http.MaxBytesError
	var denied *access.DeniedError
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, outbox.ErrNotFound), errors.Is(err, access.ErrUnknown):
		return refuse(http.StatusNotFound, codeNotFound)
	case errors.As(err, &state):
		is := p.Text("api.state." + string(state.State))
		return &fault{status: http.StatusConflict, code: codeWrongState, args: map[string]string{"state": is}}
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge, codeTooLarge)
	case errors.Is(err, access.ErrWrongCode):
		return refuse(http.StatusUnauthorized, codeWrongCode)
	case errors.Is(err, access.ErrManyWrong):
		return refuse(http.StatusTooManyRequests, codeTooMany)
	case errors.Is(err, access.ErrAskOpen):
		return refuse(http.StatusTooManyRequests, codeAskOpen)
	case errors.As(err, &denied):
		return refuse(http.StatusForbidden, codeAskDenied)
	case errors.Is(err, access.ErrAskOver):
		return refuse(http.StatusGone, codeAskOver)
	}
	return refuse(http.StatusInternalServerError, codeInternal)
}
