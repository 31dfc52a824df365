package localapi

import (
	"encoding/json"
	"net/http"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox/activity"
)

// unresolved lists, by address, what waits for the rep to say who somebody is.
func (s *Server) unresolved(w http.ResponseWriter, c *call) error {
	list, err := s.People.Unresolved()
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, list)
}

// resolve takes the answer who an address is, for this activity and all others.
func (s *Server) resolve(w http.ResponseWriter, c *call) error {
	var asked apitype.ResolveRequest
	var create json.RawMessage
	err := readObject(c.data, fields(map[string]any{"address": &asked.Address, "id": &asked.ID, "ignore": &asked.Ignore, "create": &create}))
	if err == nil && create != nil && string(create) != "null" {
		asked.Create = &apitype.NewPerson{}
		err = readObject(create, fields(map[string]any{
			"object": &asked.Create.Object, "first_name": &asked.Create.FirstName, "last_name": &asked.Create.LastName,
			"company": &asked.Create.Company, "account_id": &asked.Create.AccountID,
		}))
	}
	if err != nil {
		return err
	}
	return s.act(w, c, func(id string) error { return s.People.Resolve(c.Context(), id, asked) })
}

func (s *Server) card(w http.ResponseWriter, c *call) error {
	card, err := s.People.Card(c.words, c.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, card)
}

func (s *Server) suggested(w http.ResponseWriter, c *call) error {
	kind := activity.Kind(c.URL.Query().Get("kind"))
	switch kind {
	case "":
		kind = activity.Share
	case activity.Share, activity.Meeting:
	default:
		return invalid(codeInvalidValue, "kind")
	}
	list, err := s.People.Suggest(c.words, c.URL.Query().Get("person"), kind)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, list)
}

func (s *Server) answers(w http.ResponseWriter, c *call) error {
	list, err := s.People.Answers()
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, list)
}

func (s *Server) unanswer(w http.ResponseWriter, c *call) error {
	if err := s.People.Unanswer(c.PathValue("address")); err != nil {
		return err
	}
	return s.answers(w, c)
}
