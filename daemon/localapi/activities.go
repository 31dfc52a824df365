package localapi

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// maxList bounds a page of a list; less is given where less is asked.
const maxList = 500

func (s *Server) list(w http.ResponseWriter, c *call) error {
	query, err := readQuery(c)
	if err != nil {
		return err
	}
	items, next, err := s.Outbox.List(query)
	if errors.Is(err, outbox.ErrNotFound) {
		return invalid(codeInvalidValue, "cursor")
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apitype.ItemsOf(c.words, items, next))
}

func readQuery(c *call) (outbox.Query, error) {
	asked := c.URL.Query()
	query := outbox.Query{
		State: outbox.State(asked.Get("state")), Kind: activity.Kind(asked.Get("kind")),
		Text: asked.Get("q"), Cursor: asked.Get("cursor"),
	}
	if query.State != "" && !slices.Contains(outbox.States, query.State) {
		return query, invalid(codeInvalidValue, "state")
	}
	if query.Kind != "" && query.Kind != activity.Share && query.Kind != activity.Meeting {
		return query, invalid(codeInvalidValue, "kind")
	}
	var err error
	query.Limit, err = readLimit(c)
	return query, err
}

// readLimit gives 0 where no limit is asked for.
func readLimit(c *call) (int, error) {
	text := c.URL.Query().Get("limit")
	if text == "" {
		return 0, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 {
		return 0, invalid(codeInvalidValue, "limit")
	}
	return min(limit, maxList), nil
}

// get gives an item: whole to the rep, cut down to the page that captured it. A
// page is not told whether other items exist.
func (s *Server) get(w http.ResponseWriter, c *call) error {
	item, err := s.Outbox.Get(c.PathValue("id"))
	if err != nil {
		return err
	}
	if c.caller.Kind != access.Paired {
		return writeJSON(w, http.StatusOK, apitype.ItemOf(c.words, item))
	}
	if !capturedBy(item, c.caller.Pairing.ID) {
		return refuse(http.StatusNotFound, codeNotFound)
	}
	return writeJSON(w, http.StatusOK, apitype.OwnItemOf(item))
}

func (s *Server) preview(w http.ResponseWriter, c *call) error {
	told, err := s.Preview.Preview(c.words, c.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, told)
}

// verb answers with the item as it is after an action on it.
func (s *Server) verb(act func(id string) error) func(http.ResponseWriter, *call) error {
	return func(w http.ResponseWriter, c *call) error {
		if err := readObject(c.data, fields(nil)); err != nil {
			return err
		}
		return s.act(w, c, act)
	}
}

// act does something to an item and answers with it as it is then.
func (s *Server) act(w http.ResponseWriter, c *call, act func(id string) error) error {
	id := c.PathValue("id")
	if err := act(id); err != nil {
		return s.withRecord(c, err)
	}
	item, err := s.Outbox.Get(id)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apitype.ItemOf(c.words, item))
}

// withRecord tells a verb that came too late where the record is.
func (s *Server) withRecord(c *call, err error) error {
	var state *outbox.StateError
	if !errors.As(err, &state) || state.State != outbox.Delivered {
		return err
	}
	item, getErr := s.Outbox.Get(state.ID)
	if getErr != nil {
		return errors.Join(err, getErr)
	}
	problem := s.problem(c.words, refuse(http.StatusConflict, codeDelivered))
	problem.Record = apitype.ItemOf(c.words, item).Record
	return problem
}

// retryAll makes every item with a problem due; without a code, every item that
// waits or needs attention.
func (s *Server) retryAll(w http.ResponseWriter, c *call) error {
	var code string
	if err := readObject(c.data, fields(map[string]any{"code": &code})); err != nil {
		return err
	}
	return writeCount(w, s.Outbox.RetryAll, code)
}

func (s *Server) releaseAll(w http.ResponseWriter, c *call) error {
	var code string
	if err := readObject(c.data, fields(map[string]any{"code": &code})); err != nil {
		return err
	}
	if code == "" {
		return invalid(codeRequired, "code")
	}
	return writeCount(w, s.Outbox.ReleaseAll, code)
}

func writeCount(w http.ResponseWriter, act func(code string) (int, error), code string) error {
	n, err := act(code)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, apitype.Changed{Count: n})
}
