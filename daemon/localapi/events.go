package localapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

// pulse is how often a silent stream shows that it lives, and is checked for
// still being allowed.
const pulse = 15 * time.Second

// events streams "status" (the status) and "activity" (an item without its story)
// as server-sent events, the status first.
func (s *Server) events(w http.ResponseWriter, c *call) error {
	w.Header().Set("Content-Type", "text/event-stream")
	if c.Method == http.MethodHead {
		return nil
	}
	l := s.Feed.listen()
	defer l.close()
	beat := time.NewTicker(pulse)
	defer beat.Stop()
	stream := &stream{w: w, control: http.NewResponseController(w)}
	for {
		select {
		case <-c.Context().Done():
			return nil
		case <-s.stopping:
			return nil
		case <-beat.C:
			if s.Access.Identify(c.caller.token).Kind == access.Nobody {
				return nil
			}
			stream.text(": \n\n")
		case <-l.wake:
			s.tellChanges(c, stream, l)
		}
		if stream.flush() != nil {
			return nil
		}
	}
}

// tellChanges sends what changed as it is now. What cannot be read now is told by
// the next change, or by the item's own page.
func (s *Server) tellChanges(c *call, to *stream, l *listener) {
	status, ids := l.take()
	for _, id := range ids {
		item, err := s.Outbox.Get(id)
		if errors.Is(err, outbox.ErrNotFound) {
			continue
		}
		if err != nil {
			s.Log.Error("an event could not be told", "error", err)
			continue
		}
		item.History = nil
		to.event("activity", apitype.ItemOf(c.words, item))
	}
	if !status {
		return
	}
	now, err := s.Status.Status(c.Context(), c.words)
	if err != nil {
		s.Log.Error("the status could not be told", "error", err)
		return
	}
	to.event("status", now)
}

// stream writes server-sent events and remembers that it failed.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	err     error
}

func (t *stream) event(name string, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		t.err = errors.Join(t.err, err)
		return
	}
	t.text(fmt.Sprintf("event: %s\ndata: %s\n\n", name, data))
}

func (t *stream) text(text string) {
	if t.err != nil {
		return
	}
	_ = t.control.SetWriteDeadline(time.Now().Add(pulse)) // not every connection has one
	_, t.err = t.w.Write([]byte(text))
}

func (t *stream) flush() error {
	if t.err == nil {
		t.err = t.control.Flush()
	}
	return t.err
}
