package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"fieldpost/daemon/localapi/apitype"
)

type answer struct {
	status int
	header http.Header
	body   []byte
}

// send makes a call. Of a stream of events it takes the first.
func (p *port) send(r *request) (answer, error) {
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	call, err := http.NewRequestWithContext(ctx, r.method, p.address.URL+r.target, bytes.NewReader(r.body))
	if err != nil {
		return answer{}, err
	}
	call.Header = r.header.Clone()
	if host := r.header.Get("Host"); host != "" {
		call.Host = host
	}
	got, err := p.client.Do(call)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	told := answer{status: got.StatusCode, header: got.Header}
	if got.Header.Get("Content-Type") == "text/event-stream" {
		first := make([]byte, 1<<16)
		n, err := got.Body.Read(first)
		told.body = first[:n]
		return told, err
	}
	told.body, err = io.ReadAll(got.Body)
	return told, err
}

// judge gives what is wrong with an answer.
func (p *port) judge(r *request, got answer) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	refused := got.status >= 400
	described, listed := r.op.answers[got.status]
	switch {
	case got.status == http.StatusMethodNotAllowed && r.method != r.op.method:
		described, listed = p.problem, true
	case !listed:
		fault("the document does not list %d", got.status)
		if refused {
			described = p.problem
		}
	}
	faults = append(faults, p.misshapen(described, got)...)
	for name, want := range securityHeaders {
		if !strings.Contains(got.header.Get(name), want) {
			fault("%s is %q", name, got.header.Get(name))
		}
	}
	if allowed := got.header.Get("Access-Control-Allow-Origin"); allowed != "" && allowed != r.header.Get("Origin") {
		fault("another origin may read it: %s", allowed)
	}
	var problem apitype.Error
	if refused && json.Unmarshal(got.body, &problem) == nil && problem.Status != got.status {
		fault("the problem speaks of %d", problem.Status)
	}
	known := r.op.id == "capture" && got.status == http.StatusOK // the key of an earlier one: its receipt, whatever the body
	if r.expected == mustRefuse && !refused && !known {
		fault("it is accepted with %d", got.status)
	}
	if r.expected == mustPass && slices.Contains(ofForm, problem.Code) {
		fault("its form is refused: %s %s", problem.Code, problem.Field)
	}
	return faults
}

// ofForm are the refusals of a request that is not as described.
var ofForm = []string{
	"unknown_field", "duplicate_field", "wrong_type", "required", "not_json", "not_multipart", "media_type", "bad_target",
	"unauthorized", "forbidden", "method_not_allowed", "too_large",
}

var securityHeaders = map[string]string{
	"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'", "Cross-Origin-Opener-Policy": "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer", "Vary": "Origin",
	"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
}

// misshapen holds a body against what the document says of it.
func (p *port) misshapen(described content, got answer) []string {
	given := got.header.Get("Content-Type")
	if len(described) == 0 {
		if len(got.body) > 0 {
			return []string{fmt.Sprintf("a body that the document does not know: %s", given)}
		}
		return nil
	}
	kind, _, err := mime.ParseMediaType(given)
	schema, ok := described[kind]
	if !ok {
		_, ok = described["*/*"]
	}
	if err != nil || !ok {
		return []string{fmt.Sprintf("the document does not know the type %q", given)}
	}
	if schema == nil || !strings.HasSuffix(kind, "json") {
		return nil
	}
	if err := fits(schema, got.body); err != nil {
		return []string{fmt.Sprintf("the answer is not as described: %v", err)}
	}
	return nil
}
