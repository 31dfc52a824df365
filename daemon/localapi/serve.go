package localapi

import (
	"net/http"
	"strings"
	"time"

	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/words"
)

// answerTime bounds how long an answer may take to be read; events set their own.
const answerTime = 2 * time.Minute

// call is a request that the guard let through.
type call struct {
	*http.Request
	caller caller
	words  *words.Printer
	// data is the JSON body, where the route takes one.
	data []byte
}

// handler puts the guard before the table of routes.
func (s *Server) handler() http.Handler {
	byPath := map[string][]*route{}
	for _, r := range s.routes() {
		byPath[r.path] = append(byPath[r.path], r)
	}
	mux := http.NewServeMux()
	for path, at := range byPath {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, at) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, nil) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime)) // not every connection has one
		defer s.survive(w, r)
		if err := checkTarget(r); err != nil { // before the mux, which would redirect
			s.writeError(w, s.printer(r, caller{}), err)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// serve answers a request for a path, where the table has the given routes.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, at []*route) {
	found := choose(r.Method, at)
	origin, err := s.guard.admit(r, found)
	if err != nil {
		s.writeError(w, s.printer(r, caller{}), err)
		return
	}
	if r.Method == http.MethodOptions && origin != "" && r.Header.Get("Access-Control-Request-Method") != "" {
		preflight(w, r, origin, at)
		return
	}
	allowOrigin(w.Header(), origin)
	who := caller{origin: origin}
	if found == nil {
		err = missing(w.Header(), at)
	} else {
		who, err = s.guard.identify(r, found, origin)
	}
	sent := r.Body
	if err == nil {
		err = s.answer(w, r, found, who)
	}
	if isTooLarge(err) {
		drain(w, sent)
	}
	if err != nil {
		setRetryAfter(w.Header(), err)
		s.writeError(w, s.printer(r, who), err)
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, found *route, who caller) error {
	if err := checkBody(r, found); err != nil {
		return err
	}
	c := &call{Request: r, caller: who, words: s.printer(r, who)}
	if found.body == jsonBody {
		var err error
		if c.data, err = takeBody(w, r); err != nil {
			return err
		}
	}
	return found.serve(w, c)
}

// choose picks the route of a method; HEAD is GET without the answer's body.
func choose(method string, at []*route) *route {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, r := range at {
		if r.method == method {
			return r
		}
	}
	return nil
}

// missing tells a path that is not there from a method that it does not take.
func missing(h http.Header, at []*route) error {
	if len(at) == 0 {
		return refuse(http.StatusNotFound, codeNotFound)
	}
	methods := make([]string, len(at))
	for i, r := range at {
		methods[i] = r.method
	}
	h.Set("Allow", strings.Join(methods, ", "))
	return refuse(http.StatusMethodNotAllowed, codeMethod)
}

// printer tells in the language that the rep set or the browser wishes. A program
// that holds the owner's token and names a language means it; a browser names one
// always.
func (s *Server) printer(r *http.Request, who caller) *words.Printer {
	wish := r.Header.Get("Accept-Language")
	if who.Kind == access.Owner && wish != "" {
		return words.In(words.Match(wish))
	}
	return words.In(s.Language(wish))
}

// survive turns a panic into an answer: one request must not end the daemon, nor
// a browser see a connection that broke.
func (s *Server) survive(w http.ResponseWriter, r *http.Request) {
	if cause := recover(); cause != nil {
		s.Log.Error("a request panicked", "method", r.Method, "cause", cause)
		s.writeError(w, s.printer(r, caller{}), refuse(http.StatusInternalServerError, codeInternal))
	}
}
