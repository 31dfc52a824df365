package localapi

import (
	"net/http"

	"fieldpost/outbox/activity"
)

// draft answers with what was typed and not logged yet; nothing but its kind for none.
func (s *Server) draft(w http.ResponseWriter, c *call) error {
	kind, err := kindOf(c)
	if err != nil {
		return err
	}
	draft, err := s.Drafts.Draft(kind)
	if err != nil {
		return err
	}
	draft.Kind = kind
	return writeJSON(w, http.StatusOK, draft)
}

func (s *Server) keepDraft(w http.ResponseWriter, c *call) error {
	kind, err := kindOf(c)
	if err != nil {
		return err
	}
	if err := s.Drafts.KeepDraft(kind, c.data); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) dropDraft(w http.ResponseWriter, c *call) error {
	kind, err := kindOf(c)
	if err != nil {
		return err
	}
	if err := s.Drafts.DropDraft(kind); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func kindOf(c *call) (activity.Kind, error) {
	switch kind := activity.Kind(c.PathValue("kind")); kind {
	case activity.Share, activity.Meeting:
		return kind, nil
	}
	return "", refuse(http.StatusNotFound, codeNotFound)
}
