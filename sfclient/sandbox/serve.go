package sandbox

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Bytes of the URI, and of the URI with the headers (salesforce.md section 6.5).
const maxURI = 16 << 10

// ServeHTTP answers one call. It waits without holding the lock and does the work
// under it.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, err := s.read(r)
	if err != nil { // the caller broke off in the middle of its body
		abort()
	}
	rep := s.serve(r.Context(), req)
	if rep.drop {
		abort()
	}
	write(w, r.Method, rep)
}

func (s *Sandbox) serve(ctx context.Context, req *request) reply {
	if !s.delay(ctx, req.purpose) {
		return reply{drop: true}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	req.at = s.org.now()
	if s.org.rules.Source != "" {
		req.source = s.org.rules.Source
	}
	rep := s.carryOut(req)
	status := rep.status
	if rep.drop {
		status = 0
	}
	s.record(req, status)
	return rep
}

// delay waits for the faults that slow the call, and tells whether it still counts.
func (s *Sandbox) delay(ctx context.Context, purpose Purpose) bool {
	s.mu.Lock()
	fault := s.next(purpose, isWait)
	s.mu.Unlock()
	if fault == nil {
		return true
	}
	if fault.stubborn {
		ctx = context.WithoutCancel(ctx)
	}
	timer := time.NewTimer(fault.wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Sandbox) carryOut(req *request) reply {
	if early := s.next(req.purpose, isEarly); early != nil {
		return early.strike(req, reply{})
	}
	rep := s.handle(req)
	if late := s.next(req.purpose, isLate); late != nil {
		return late.strike(req, rep)
	}
	return rep
}

func (s *Sandbox) handle(req *request) reply {
	switch {
	case req.uriBytes > maxURI:
		return page(http.StatusRequestURITooLong, "<html><body>URI Too Long</body></html>")
	case req.uriBytes+headerBytes(req.header) > maxURI:
		return page(http.StatusRequestHeaderFieldsTooLarge, "<html><body>Request Header Fields Too Large</body></html>")
	case req.route == nil:
		return s.noRoute(req)
	case req.route.open:
		return req.route.handle(s, req)
	case req.route.takesJSON && !req.sendsJSON():
		return (&apiError{http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Content is not in a supported format.", nil}).reply()
	}
	if err := s.admit(req); err != nil {
		return err.reply()
	}
	rep := s.guarded(req)
	if rep.header == nil {
		rep.header = http.Header{}
	}
	rep.header.Set("Sforce-Limit-Info", s.org.rules.usage())
	if origin := req.header.Get("Origin"); origin != "" && s.originAllowed(origin) {
		rep.header.Set("Access-Control-Allow-Origin", origin)
		rep.header.Set("Vary", "Origin")
	}
	return rep
}

// guarded answers a call with a valid session, if the org lets it.
func (s *Sandbox) guarded(req *request) reply {
	if err := s.spend(); err != nil {
		return err.reply()
	}
	if !s.originAllowed(req.header.Get("Origin")) {
		return plainText(http.StatusForbidden, "")
	}
	if instance := s.org.rules.InstanceURL; instance != "" && !strings.HasSuffix(instance, "://"+req.host) {
		return page(420, "<html><body>No such host</body></html>")
	}
	if err := s.checkVersion(req); err != nil {
		return err.reply()
	}
	return req.route.handle(s, req)
}

var versionShape = regexp.MustCompile(`^v(\d{2,3})\.0$`)

func (s *Sandbox) checkVersion(req *request) *apiError {
	digits := versionShape.FindStringSubmatch(req.vars["version"])
	if digits == nil {
		return noResource()
	}
	req.version, _ = strconv.Atoi(digits[1])
	switch {
	case req.version < s.org.rules.OldestVersion:
		return &apiError{http.StatusGone, "UNSUPPORTED_API_VERSION", "API version " + req.vars["version"] + " is retired", nil}
	case req.version > s.org.rules.NewestVersion:
		return noResource()
	}
	return nil
}

func (s *Sandbox) noRoute(req *request) reply {
	methods := methodsFor(s.routes, req.path)
	if len(methods) == 0 {
		return noResource().reply()
	}
	return (&apiError{
		http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED",
		"HTTP Method '" + req.method + "' not allowed. Allowed are " + strings.Join(methods, ","), nil,
	}).reply()
}

func headerBytes(header http.Header) int {
	n := 0
	for name, values := range header {
		for _, value := range values {
			n += len(name) + len(value)
		}
	}
	return n
}

func write(w http.ResponseWriter, method string, rep reply) {
	kind, body := rep.encode()
	for name, values := range rep.header {
		w.Header()[name] = values
	}
	if kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if rep.status == http.StatusNoContent || rep.status == http.StatusNotModified {
		w.Header().Del("Content-Length")
	}
	w.WriteHeader(rep.status)
	if method == http.MethodHead {
		return
	}
	if rep.cut {
		body = body[:len(body)/2]
	}
	if _, err := w.Write(body); err != nil {
		return // the caller has gone
	}
	if rep.cut {
		_ = http.NewResponseController(w).Flush()
		abort()
	}
}

// abort closes the connection without (the rest of) an answer: the panic that
// net/http reserves for it.
func abort() { panic(http.ErrAbortHandler) }
