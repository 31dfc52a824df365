package sfclient

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// MaxRows is the most rows of one collections call (salesforce.md section 6.3).
const MaxRows = 200

// Row is one record of a collections call. The ID is empty in a creation.
type Row struct {
	Object string
	ID     string
	Fields Fields
}

// Result is what became of one row: the record's id, or an *Error.
type Result struct {
	ID  string
	Err error
}

// CreateAll writes up to MaxRows records, of several objects if need be, each for
// itself: one row's refusal leaves the others alone. The results stand in the
// order of the rows. An error means that the call failed as a whole; Doubtful
// tells whether rows may have been written nevertheless.
func (c *Client) CreateAll(ctx context.Context, rows []Row) ([]Result, error) {
	return c.collection(ctx, http.MethodPost, rows)
}

// UpdateAll changes up to MaxRows records, each for itself, as CreateAll does.
func (c *Client) UpdateAll(ctx context.Context, rows []Row) ([]Result, error) {
	return c.collection(ctx, http.MethodPatch, rows)
}

func (c *Client) collection(ctx context.Context, method string, rows []Row) ([]Result, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	if len(rows) > MaxRows {
		return nil, fmt.Errorf("%d rows in one call, %d at most", len(rows), MaxRows)
	}
	body, err := collectionBody(rows)
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, write(method, "composite/sobjects", body))
	if err != nil {
		return nil, err
	}
	return a.results(len(rows))
}

// results reads one result per row; anything else leaves all rows in doubt.
func (a answer) results(rows int) ([]Result, error) {
	var told []rowAnswer
	if err := a.decode(&told); err != nil {
		return nil, err
	}
	if len(told) != rows {
		return nil, a.foreignOf(Garbled)
	}
	results := make([]Result, rows)
	for i, row := range told {
		result, ok := row.result(a.status)
		if !ok {
			return nil, a.foreignOf(Garbled)
		}
		results[i] = result
	}
	return results, nil
}

type rowAnswer struct {
	ID      string        `json:"id"`
	Success bool          `json:"success"`
	Errors  []failureBody `json:"errors"`
}

// result is false where the answer names neither a record nor a reason.
func (r rowAnswer) result(status int) (Result, bool) {
	switch {
	case r.Success && r.ID != "":
		return Result{ID: r.ID}, true
	case !r.Success && len(r.Errors) > 0:
		return Result{Err: r.Errors[0].error(status)}, true
	}
	return Result{}, false
}

// collectionBody puts each row's type in front of its fields. It writes the JSON
// itself, for rows are sent by the ten thousand.
func collectionBody(rows []Row) ([]byte, error) {
	var body bytes.Buffer
	body.Grow(len(rows) * 512)
	body.WriteString(`{"allOrNone":false,"records":[`)
	for i, row := range rows {
		if i > 0 {
			body.WriteByte(',')
		}
		if err := row.appendTo(&body); err != nil {
			return nil, err
		}
	}
	body.WriteString(`]}`)
	return body.Bytes(), nil
}

func (r Row) appendTo(body *bytes.Buffer) error {
	body.WriteString(`{"attributes":{"type":`)
	if err := appendJSON(body, r.Object); err != nil {
		return err
	}
	body.WriteByte('}')
	if r.ID != "" {
		body.WriteString(`,"Id":`)
		if err := appendJSON(body, r.ID); err != nil {
			return err
		}
	}
	fields, err := json.Marshal(r.Fields)
	if err != nil {
		return err
	}
	if len(r.Fields) > 0 {
		body.WriteByte(',')
		body.Write(fields[1 : len(fields)-1])
	}
	body.WriteByte('}')
	return nil
}

func appendJSON(body *bytes.Buffer, value string) error {
	text, err := json.Marshal(value)
	body.Write(text)
	return err
}
