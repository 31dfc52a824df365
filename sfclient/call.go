package sfclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Limits on the size of an answer, in bytes. Reads carry up to 2,000 rows or the
// describe of an object with hundreds of fields.
const (
	maxWriteAnswer = 1 << 20
	maxReadAnswer  = 32 << 20
)

// call is one request before it has a host.
type call struct {
	method string
	// path lies under /services/data/vXX.X/, or is absolute if it starts with "/".
	path   string
	query  url.Values
	header http.Header
	body   []byte
	// bodyUnder builds a body that names the version.
	bodyUnder func(version string) ([]byte, error)
	limit     int64
}

// under fills in what depends on the API version.
func (k call) under(version string) (call, error) {
	k.path = under(version, k.path)
	if k.bodyUnder == nil {
		return k, nil
	}
	var err error
	k.body, err = k.bodyUnder(version)
	return k, err
}

func read(path string, query url.Values) call {
	return call{method: http.MethodGet, path: path, query: query, limit: maxReadAnswer}
}

func write(method, path string, body []byte) call {
	return call{method: method, path: path, body: body, limit: maxWriteAnswer}
}

// answer is what came back, whole, with a status below 400.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// decode reads the body into a value; a body of another shape is foreign.
func (a answer) decode(into any) error {
	if err := json.Unmarshal(a.body, into); err != nil {
		return a.foreign()
	}
	return nil
}

// do makes the call, renewing the session once if it has expired. The call is
// replayed only after a 401, which Salesforce gives before it acts.
func (c *Client) do(ctx context.Context, k call) (answer, error) {
	grant, err := c.session.Current(ctx)
	if err != nil {
		return answer{}, &PreparationError{Step: "session", Err: err}
	}
	a, err := c.versioned(ctx, grant, k)
	if !expired(err) {
		return a, err
	}
	fresh, err := c.session.Renew(ctx, grant)
	if err != nil {
		return answer{}, &PreparationError{Step: "session", Err: err}
	}
	a, err = c.versioned(ctx, fresh, k)
	var refusal *Error
	if expired(err) && errors.As(err, &refusal) {
		return answer{}, &SessionRefusedError{Answer: refusal}
	}
	return a, err
}

// exchange makes one call with one grant, within CallTimeout.
func (c *Client) exchange(ctx context.Context, grant Grant, k call) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, CallTimeout)
	defer cancel()
	request, err := c.request(ctx, grant, k)
	if err != nil {
		return answer{}, err
	}
	start := time.Now()
	a, err := c.send(request, k.limit)
	c.log.DebugContext(ctx, "salesforce call", "method", k.method, "path", k.path,
		"status", a.status, "duration", time.Since(start), "err", err)
	return a, err
}

func (c *Client) request(ctx context.Context, grant Grant, k call) (*http.Request, error) {
	target := strings.TrimSuffix(grant.InstanceURL, "/") + k.path
	if len(k.query) > 0 {
		target += "?" + k.query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, k.method, target, bytes.NewReader(k.body))
	if err != nil {
		return nil, &PreparationError{Step: "session", Err: errors.New("the instance URL is not a URL")}
	}
	header := request.Header
	header.Set("Authorization", "Bearer "+grant.AccessToken)
	header.Set("Accept", "application/json")
	header.Set("User-Agent", c.userAgent)
	header.Set("Sforce-Call-Options", "client=fieldpost")
	if k.body != nil {
		header.Set("Content-Type", "application/json; charset=UTF-8")
	}
	for name, values := range k.header {
		header[name] = values
	}
	return request, nil
}

func (c *Client) send(request *http.Request, limit int64) (answer, error) {
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, transportOnly(err)
	}
	defer response.Body.Close()
	if usage, ok := parseUsage(response.Header.Get("Sforce-Limit-Info")); ok {
		c.onUsage(usage)
	}
	a := answer{status: response.StatusCode, header: response.Header}
	if a.status >= 400 {
		limit = maxWriteAnswer
	}
	a.body, err = io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil:
		return a, err
	case int64(len(a.body)) > limit:
		return a, a.foreignOf(TooBig)
	case a.status >= 300 && a.status != http.StatusNotModified:
		return a, a.failure()
	case a.isHTML():
		return a, a.foreign()
	}
	return a, nil
}

// transportOnly strips what net/http wraps round a failure: the URL, which may
// hold a query with an address in it.
func transportOnly(err error) error {
	var transport *TransportError
	if errors.As(err, &transport) {
		return transport
	}
	return &TransportError{Kind: networkKind(err), Err: errors.New("the request could not be made")}
}
