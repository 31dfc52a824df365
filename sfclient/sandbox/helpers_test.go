package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"fieldpost/sfclient/sandbox"
)

const data = "/services/data/v66.0"

// A caller talks to a sandbox as a signed-in client does.
type caller struct {
	t      *testing.T
	sb     *sandbox.Sandbox
	url    string
	token  string
	header http.Header
}

// A response is an answer with its body read.
type response struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

// start serves an org that holds nothing but its people and gives a signed-in caller.
func start(t *testing.T) *caller { return startWith(t, sandbox.Config{Empty: true}) }

func startWith(t *testing.T, config sandbox.Config) *caller {
	t.Helper()
	sb := sandbox.New(config)
	server := httptest.NewServer(sb)
	t.Cleanup(server.Close)
	token, _ := sb.Grant("")
	return &caller{t: t, sb: sb, url: server.URL, token: token, header: http.Header{}}
}

// clock is a time that only the test moves.
type clock struct{ now time.Time }

func newClock() *clock                       { return &clock{time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)} }
func (c *clock) Now() time.Time              { return c.now }
func (c *clock) pass(d time.Duration)        { c.now = c.now.Add(d) }
func (c *caller) set(f func(*sandbox.Rules)) { c.sb.Set(f) }

// with gives a caller that sends one more header.
func (c *caller) with(name, value string) *caller {
	other := *c
	other.header = c.header.Clone()
	other.header.Set(name, value)
	return &other
}

func (c *caller) request(method, path, body string) *http.Request {
	c.t.Helper()
	req, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for name, values := range c.header {
		req.Header[name] = values
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req
}

// try makes a call that may get no answer at all.
func (c *caller) try(method, path, body string) (*response, error) {
	c.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(c.request(method, path, body))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return &response{c.t, resp.StatusCode, resp.Header, string(text)}, err
}

func (c *caller) do(method, path, body string) *response {
	c.t.Helper()
	resp, err := c.try(method, path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp
}

func (c *caller) get(path string) *response { c.t.Helper(); return c.do("GET", data+path, "") }

func (c *caller) create(object, fields string) *response {
	c.t.Helper()
	return c.do("POST", data+"/sobjects/"+object, fields)
}

// made creates a record that must succeed and gives its id.
func (c *caller) made(object, fields string) string {
	c.t.Helper()
	resp := c.create(object, fields)
	resp.want(http.StatusCreated)
	return resp.object()["id"].(string)
}

func (c *caller) query(soql string) *response {
	c.t.Helper()
	return c.get("/query?q=" + url.QueryEscape(soql))
}

// column selects one field and gives its values.
func (c *caller) column(field, soql string) []any {
	c.t.Helper()
	resp := c.query(soql)
	resp.want(http.StatusOK)
	values := []any{}
	for _, row := range resp.records() {
		values = append(values, row[field])
	}
	return values
}

func (c *caller) form(path string, values url.Values) *response {
	c.t.Helper()
	return c.with("Content-Type", "application/x-www-form-urlencoded").do("POST", path, values.Encode())
}

func (r *response) want(status int) *response {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

// refused asserts one error of the data API.
func (r *response) refused(status int, code, message string) {
	r.t.Helper()
	r.want(status)
	var errors []struct{ Message, ErrorCode string }
	if err := json.Unmarshal([]byte(r.body), &errors); err != nil || len(errors) != 1 {
		r.t.Fatalf("not an array of one error: %s", r.body)
	}
	if errors[0].ErrorCode != code || !strings.Contains(errors[0].Message, message) {
		r.t.Fatalf("got %+v, want %s with %q", errors[0], code, message)
	}
}

func (r *response) object() map[string]any {
	r.t.Helper()
	var object map[string]any
	r.decode(&object)
	return object
}

func (r *response) list() []map[string]any {
	r.t.Helper()
	var list []map[string]any
	r.decode(&list)
	return list
}

func (r *response) records() []map[string]any {
	r.t.Helper()
	var page struct{ Records []map[string]any }
	r.decode(&page)
	return page.Records
}

func (r *response) decode(v any) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.body), v); err != nil {
		r.t.Fatalf("%v: %s", err, r.body)
	}
}

func insert(t *testing.T, sb *sandbox.Sandbox, object string, fields map[string]any) string {
	t.Helper()
	id, err := sb.Insert(object, fields)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
