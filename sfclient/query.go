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
	return func(yield func(json.RawMessage, error) bool) {
		for got, err := range c.QueryPages(ctx, soql, batch) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range got.Rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// QueryPages is Query page by page: one call each.
func (c *Client) QueryPages(ctx context.Context, soql string, batch int) iter.Seq2[Page, error] {
	return c.pages(ctx, "query", soql, batch)
}

// QueryAllPages is QueryPages with deleted and archived rows as well.
func (c *Client) QueryAllPages(ctx context.Context, soql string, batch int) iter.Seq2[Page, error] {
	return c.pages(ctx, "queryAll", soql, batch)
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

// DecodePage turns each row of a page into a T.
func DecodePage[T any](p Page) ([]T, error) {
	values := make([]T, len(p.Rows))
	for i, row := range p.Rows {
		if err := decodeRow(row, &values[i]); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// decodeRow keeps the content of a row out of the error.
func decodeRow(row json.RawMessage, into any) error {
	if json.Unmarshal(row, into) != nil {
		return &ForeignError{Status: http.StatusOK, Kind: Garbled, ContentType: "application/json"}
	}
	return nil
}

// Page is some of the rows that a query finds; Total is how many it finds in all
// (salesforce.md section 7.1).
type Page struct {
	Total int               `json:"totalSize"`
	Rows  []json.RawMessage `json:"records"`
}

type page struct {
	Page
	Next string `json:"nextRecordsUrl"`
}

func (c *Client) pages(ctx context.Context, path, soql string, batch int) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		next := read(path, url.Values{"q": {soql}})
		if batch > 0 {
			next.header = http.Header{"Sforce-Query-Options": {fmt.Sprintf("batchSize=%d", batch)}}
		}
		for {
			got, err := c.page(ctx, next)
			if !yield(got.Page, err) || err != nil || got.Next == "" {
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
