package localapi

import (
	"encoding/json"
	"net/http"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

func (s *Server) checkOutbox(w http.ResponseWriter, c *call) error {
	if err := readObject(c.data, fields(nil)); err != nil {
		return err
	}
	report, err := s.Upkeep.Check(c.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, report)
}

func (s *Server) compactOutbox(w http.ResponseWriter, c *call) error {
	if err := readObject(c.data, fields(nil)); err != nil {
		return err
	}
	sizes, err := s.Upkeep.Compact(c.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, sizes)
}

func (s *Server) recoverOutbox(w http.ResponseWriter, c *call) error {
	var asked apitype.RecoverRequest
	if err := readObject(c.data, fields(map[string]any{"identity": &asked.Identity})); err != nil {
		return err
	}
	if asked.Identity == "" {
		return invalid(codeRequired, "identity")
	}
	done, err := s.Upkeep.Recover(c.Context(), asked.Identity)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, done)
}

func (s *Server) forget(w http.ResponseWriter, c *call) error {
	var asked apitype.ForgetRequest
	if err := readObject(c.data, fields(map[string]any{"email": &asked.Email, "record": &asked.Record})); err != nil {
		return err
	}
	done, err := s.Upkeep.Forget(c.Context(), asked)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, done)
}

func (s *Server) export(w http.ResponseWriter, c *call) error {
	items, err := s.Upkeep.Export(c.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, items)
}

func (s *Server) importItems(w http.ResponseWriter, c *call) error {
	var items []outbox.Exported
	if err := readObject(c.data, fields(map[string]any{"items": &items})); err != nil {
		return err
	}
	if items == nil {
		return invalid(codeRequired, "items")
	}
	done, err := s.Upkeep.Import(c.Context(), items)
	if err != nil {
		return s.notDurable(c.words, err)
	}
	return writeJSON(w, http.StatusOK, done)
}

// edit changes an item before it is sent; with ?delivered=true its record as well.
func (s *Server) edit(w http.ResponseWriter, c *call) error {
	id, asked := c.PathValue("id"), c.URL.Query().Get("delivered")
	if asked != "" && asked != "true" && asked != "false" {
		return invalid(codeInvalidValue, "delivered")
	}
	// The changes are read by who knows the fields; that each comes once, and none is too
	// deep, holds for every body.
	if err := readObject(c.data, func(string) any { return new(json.RawMessage) }); err != nil {
		return err
	}
	if err := s.Upkeep.Edit(id, asked == "true", c.data); err != nil {
		return s.withRecord(c, err)
	}
	item, err := s.Outbox.Get(id)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apitype.ItemOf(c.words, item))
}

// withdraw takes a delivered item's record out of Salesforce again.
func (s *Server) withdraw(w http.ResponseWriter, c *call) error {
	withdraw := func(id string) error { return s.Upkeep.Withdraw(c.Context(), id) }
	return s.verb(withdraw)(w, c)
}

// claim gives what was captured while nobody was signed in to who is signed in now.
func (s *Server) claim(w http.ResponseWriter, c *call) error {
	if err := readObject(c.data, fields(nil)); err != nil {
		return err
	}
	n, err := s.Upkeep.Claim(c.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apitype.Changed{Count: n})
}
