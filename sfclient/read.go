package sfclient

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Get reads any resource into a value: a path under /services/data/vXX.X/
// ("sobjects/Task/00T…"), or an absolute one ("/services/oauth2/userinfo").
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) error {
	return c.get(ctx, read(path, query), into)
}

func (c *Client) get(ctx context.Context, k call, into any) error {
	a, err := c.do(ctx, k)
	if err != nil {
		return err
	}
	return a.decode(into)
}

// Retrieve reads fields of one record into a value; with no fields named, all
// that the user may see.
func (c *Client) Retrieve(ctx context.Context, object, id string, fields []string, into any) error {
	var query url.Values
	if len(fields) > 0 {
		query = url.Values{"fields": {strings.Join(fields, ",")}}
	}
	return c.get(ctx, read(recordPath(object, id), query), into)
}

func objectPath(object string) string     { return "sobjects/" + url.PathEscape(object) }
func recordPath(object, id string) string { return objectPath(object) + "/" + url.PathEscape(id) }

// Describe tells an object's fields as this user sees them, or nil where they
// have not changed since then (zero: tell in any case). Permissions may change
// without touching that date (salesforce.md section 5).
func (c *Client) Describe(ctx context.Context, object string, since time.Time) (*Object, error) {
	k := read(objectPath(object)+"/describe", nil)
	if !since.IsZero() {
		k.header = http.Header{"If-Modified-Since": {since.UTC().Format(http.TimeFormat)}}
	}
	a, err := c.do(ctx, k)
	if err != nil || a.status == http.StatusNotModified {
		return nil, err
	}
	described := &Object{LastModified: lastModified(a.header)}
	if err := a.decode(described); err != nil {
		return nil, err
	}
	return described, nil
}

func lastModified(header http.Header) time.Time {
	for _, name := range []string{"Last-Modified", "Date"} {
		if t, err := http.ParseTime(header.Get(name)); err == nil {
			return t
		}
	}
	return time.Time{}
}

// DescribeGlobal lists the objects that this user sees.
func (c *Client) DescribeGlobal(ctx context.Context) ([]ObjectSummary, error) {
	var global struct {
		Objects []ObjectSummary `json:"sobjects"`
	}
	return global.Objects, c.get(ctx, read("sobjects", nil), &global)
}
