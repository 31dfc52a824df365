package sfclient

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// Query yields the rows of a SOQL query, page by page as they are asked for. A
// batch of 200 to 2,000 sets the page size, 0 leaves it to Salesforce. The first
// error ends the rows; INVALID_QUERY_LOCATOR says that the cursor has expired and
// the query must start over.
func (c *Client) Query(ctx context.Context, soql string, batch int) iter.Seq2[json.RawMessage, error] {
	return c.rows(ctx, "query", soql, batch)
}

// QueryAll is Query with deleted and archived rows as well.
func (c *Client) QueryAll(ctx context.Context, soql string, batch int) iter.Seq2[json.RawMessage, error] {
	return c.rows(ctx, "queryAll", soql, batch)
}

// Decode turns each row into a T.
func Decode[T any](rows iter.Seq2[json.RawMessage, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			var value T
			if err == nil {
				err = decodeRow(row, &value)
			}
			if !yield(value, err) || err != nil {
				return
			}
		}
	}
}

// decodeRow keeps the content of a row out of the error.
func decodeRow(row json.RawMessage, into any) error {
	if json.Unmarshal(row, into) != nil {
		return &ForeignError{Status: http.StatusOK, Kind: Garbled, ContentType: "application/json"}
	}
	return nil
}

type page struct {
	Records []json.RawMessage `json:"records"`
	Next    string            `json:"nextRecordsUrl"`
}

func (c *Client) rows(ctx context.Context, path, soql string, batch int) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		next := read(path, url.Values{"q": {soql}})
		if batch > 0 {
			next.header = http.Header{"Sforce-Query-Options": {fmt.Sprintf("batchSize=%d", batch)}}
		}
		for {
			got, err := c.page(ctx, next)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range got.Records {
				if !yield(row, nil) {
					return
				}
			}
			if got.Next == "" {
				return
			}
			next.path, next.query = got.Next, nil
		}
	}
}

// page reads one page. The path of the next one is taken only if it stays on this
// server's data API: it decides where the token goes.
func (c *Client) page(ctx context.Context, k call) (page, error) {
	var got page
	a, err := c.do(ctx, k)
	if err != nil {
		return got, err
	}
	if err := a.decode(&got); err != nil {
		return got, err
	}
	if got.Next != "" && !strings.HasPrefix(got.Next, "/services/data/") {
		return got, a.foreignOf(Garbled)
	}
	return got, nil
}
