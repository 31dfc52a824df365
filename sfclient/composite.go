package sfclient

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// MaxSubcalls is the most calls of one composite (salesforce.md section 6.4).
const MaxSubcalls = 25

// Subcall is one read of a composite: a path under /services/data/vXX.X/ with
// its query, and a name for it (letters, digits, underscores). With Since set, what
// has not changed since then is answered by a Subanswer that is Unchanged.
type Subcall struct {
	Name  string
	Path  string
	Since time.Time
}

// Subanswer is what one subcall brought.
type Subanswer struct {
	Name   string          `json:"referenceId"`
	Status int             `json:"httpStatusCode"`
	Body   json.RawMessage `json:"body"`
	Header map[string]any  `json:"httpHeaders"`
}

// Unchanged reports whether nothing changed since the subcall's Since.
func (s Subanswer) Unchanged() bool { return s.Status == http.StatusNotModified }

// LastModified is the moment to ask from the next time, zero where it is not told.
func (s Subanswer) LastModified() time.Time {
	header := http.Header{}
	for name, value := range s.Header {
		if text, ok := value.(string); ok {
			header.Set(name, text)
		}
	}
	return lastModified(header)
}

// Err is nil for a success, else an *Error or a *ForeignError.
func (s Subanswer) Err() error {
	if s.Status >= 200 && s.Status < 300 || s.Unchanged() {
		return nil
	}
	return answer{status: s.Status, body: s.Body}.failure()
}

// ReadTogether makes up to MaxSubcalls reads that count as one call, each for
// itself. The answers stand in the order of the subcalls.
func (c *Client) ReadTogether(ctx context.Context, subcalls []Subcall) ([]Subanswer, error) {
	k := write(http.MethodPost, "composite", nil)
	k.limit = maxReadAnswer
	k.bodyUnder = func(version string) ([]byte, error) { return compositeBody(version, subcalls) }
	a, err := c.do(ctx, k)
	if err != nil {
		return nil, err
	}
	var told struct {
		Answers []Subanswer `json:"compositeResponse"`
	}
	if err := a.decode(&told); err != nil {
		return nil, err
	}
	if len(told.Answers) != len(subcalls) {
		return nil, a.foreignOf(Garbled)
	}
	return told.Answers, nil
}

func compositeBody(version string, subcalls []Subcall) ([]byte, error) {
	type request struct {
		Method string            `json:"method"`
		URL    string            `json:"url"`
		Name   string            `json:"referenceId"`
		Header map[string]string `json:"httpHeaders,omitempty"`
	}
	requests := make([]request, len(subcalls))
	for i, s := range subcalls {
		requests[i] = request{Method: http.MethodGet, URL: under(version, s.Path), Name: s.Name}
		if !s.Since.IsZero() {
			requests[i].Header = map[string]string{"If-Modified-Since": s.Since.UTC().Format(http.TimeFormat)}
		}
	}
	return json.Marshal(map[string]any{"allOrNone": false, "compositeRequest": requests})
}
