package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"

	"fieldpost/daemon/localapi/apitype"
)

// maxEvent bounds one line of the stream: an item's text may have 256 KiB.
const maxEvent = 4 << 20

// Event is one change: of the status, or of an item (without its story).
type Event struct {
	Status *apitype.Status
	Item   *apitype.Item
}

// Events gives changes as they happen, the status first, until ctx ends or the
// daemon stops, which is io.EOF.
func (c *Client) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		request, err := c.request(ctx, http.MethodGet, "/v1/events", http.NoBody)
		if err != nil {
			yield(Event{}, err)
			return
		}
		answer, err := c.open(request)
		if err != nil {
			yield(Event{}, err)
			return
		}
		defer answer.Body.Close()
		readEvents(answer.Body, yield)
	}
}

// readEvents follows the HTML standard's event stream as far as the daemon uses
// it: one line of data per event, names before data.
func readEvents(r io.Reader, yield func(Event, error) bool) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxEvent)
	name := ""
	for lines.Scan() {
		if field, ok := bytes.CutPrefix(lines.Bytes(), []byte("event: ")); ok {
			name = string(field)
		}
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok {
			continue
		}
		event, known, err := decodeEvent(name, data)
		if known && !yield(event, err) {
			return
		}
	}
	err := lines.Err()
	if err == nil {
		err = io.EOF
	}
	yield(Event{}, err)
}

// decodeEvent passes over events that a later daemon may send.
func decodeEvent(name string, data []byte) (e Event, known bool, err error) {
	switch name {
	case "status":
		err = json.Unmarshal(data, &e.Status)
		return e, true, err
	case "activity":
		err = json.Unmarshal(data, &e.Item)
		return e, true, err
	}
	return e, false, nil
}
