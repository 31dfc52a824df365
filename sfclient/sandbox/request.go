package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// SourceHeader lets a test say from which address a request comes.
const SourceHeader = "Sandbox-Source-Address"

const maxBody = 50 << 20

// A request is a call on its way through the org: over the network, or one of a
// composite's.
type request struct {
	at       time.Time
	method   string
	host     string
	base     string // scheme and host that the caller used
	path     string
	query    url.Values
	header   http.Header
	body     []byte
	json     any
	jsonErr  error
	source   string
	purpose  Purpose
	route    *route
	vars     map[string]string
	version  int
	session  *session
	user     *record
	rows     int
	uriBytes int
	shared   *tx // of a composite, whose parts are taken back together
}

func (s *Sandbox) read(r *http.Request) (*request, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	req := &request{
		at: s.org.now(), method: r.Method, host: r.Host, base: baseOf(r),
		query: r.URL.Query(), header: r.Header, body: body, source: sourceOf(r), uriBytes: len(r.RequestURI),
	}
	s.route(req, r.URL.EscapedPath())
	if req.route != nil && req.route.takesJSON {
		req.jsonErr = json.Unmarshal(body, &req.json)
	}
	return req, nil
}

func baseOf(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host
}

func sourceOf(r *http.Request) string {
	if source := r.Header.Get(SourceHeader); source != "" {
		return source
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// route finds who answers. The path may hold doubled slashes, which clients send;
// they are collapsed here rather than by a redirect.
func (s *Sandbox) route(req *request, escapedPath string) {
	segments := strings.FieldsFunc(escapedPath, func(c rune) bool { return c == '/' })
	req.path = "/" + strings.Join(segments, "/")
	req.route, req.purpose = nil, Unknown
	for i := range s.routes {
		if vars, ok := s.routes[i].match(req.method, segments); ok {
			req.route, req.vars, req.purpose = &s.routes[i], vars, s.routes[i].purpose
			return
		}
	}
}

// form reads the parameters of an OAuth call: those of the body, else of the URL.
func (req *request) form() url.Values {
	form, err := url.ParseQuery(string(req.body))
	if err != nil || len(form) == 0 {
		return req.query
	}
	return form
}

func (req *request) tokenInURL() bool {
	return req.query.Has("oauth_token") || req.query.Has("access_token") || req.query.Has("refresh_token")
}

func (req *request) sendsJSON() bool {
	kind, _, err := mime.ParseMediaType(req.header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// object gives the body as a JSON object.
func (req *request) object() (map[string]any, *apiError) {
	if req.jsonErr != nil {
		return nil, unparsable(fmt.Sprintf("Unexpected character or end of input: %v at [line:1, column:1]", req.jsonErr))
	}
	fields, ok := req.json.(map[string]any)
	if !ok {
		return nil, unparsable("The HTTP entity body is required to be a JSON object at [line:1, column:1]")
	}
	return fields, nil
}

// resource is the path of a data resource in the caller's version.
func (req *request) resource(parts ...string) string {
	return "/services/data/" + req.vars["version"] + "/" + strings.Join(parts, "/")
}
