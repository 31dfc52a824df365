package sfauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// shutDownLimit bounds the wait for the last page to reach the browser.
const shutDownLimit = 2 * time.Second

func loopbackHosts(port int) []string {
	hosts := make([]string, 0, 3)
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		hosts = append(hosts, net.JoinHostPort(host, strconv.Itoa(port)))
	}
	return hosts
}

// serve answers the browser until the attempt ends.
func (a *Attempt) serve(ctx context.Context, limit time.Duration, listeners []net.Listener) {
	var stop context.CancelFunc
	a.life, stop = context.WithTimeout(ctx, limit)
	a.server = &http.Server{
		Handler:           a.routes(),
		ReadHeaderTimeout: 5 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	a.server.SetKeepAlivesEnabled(false)
	a.server.RegisterOnShutdown(stop)
	for _, l := range listeners {
		a.serving.Go(func() { a.listen(l) })
	}
	context.AfterFunc(a.life, func() {
		a.finish(nil, &Error{Code: SignInTimedOut, Who: User})
	})
}

func (a *Attempt) listen(l net.Listener) {
	if err := a.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		a.log.Debug("sign-in listener ended", "err", err)
	}
}

func (a *Attempt) shutDown() {
	defer close(a.closed)
	ctx, cancel := context.WithTimeout(context.Background(), shutDownLimit)
	defer cancel()
	if a.server.Shutdown(ctx) != nil {
		_ = a.server.Close()
	}
	a.serving.Wait()
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

// routes knows the callback, the browser's icon request, and the preflight that a
// browser sends when a public page leads to this machine.
func (a *Attempt) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /callback", a.callback)
	mux.HandleFunc("OPTIONS /callback", a.preflight)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(a.hosts, r.Host) {
			http.Error(w, "misdirected", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (a *Attempt) preflight(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	if _, ok := trustedOrigin(origin, a.endpoint.login); !ok {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Allow-Methods", http.MethodGet)
	header.Set("Vary", "Origin")
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		header.Set("Access-Control-Allow-Private-Network", "true")
	}
	w.WriteHeader(http.StatusNoContent)
}

// callback takes the browser's return, once. A visit that brings nothing is not
// one.
func (a *Attempt) callback(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if r.Method != http.MethodGet || !query.Has("code") && !query.Has("error") && !query.Has("state") {
		http.NotFound(w, r)
		return
	}
	if !a.ours(query) {
		// An old tab, or a page that loads addresses of this machine: it ends nothing.
		writePage(w, a.page(&Error{Code: StateMismatch, Who: User}, Account{}), false)
		return
	}
	if !a.answered.CompareAndSwap(false, true) {
		w.WriteHeader(http.StatusConflict)
		return
	}
	grant, err := a.outcome(query)
	var account Account
	if grant != nil {
		account = grant.Account
	}
	writePage(w, a.page(err, account), err == nil)
	a.finish(grant, err)
}

func (a *Attempt) outcome(query url.Values) (*Grant, error) {
	grant, refused := a.judge(query)
	if refused != nil {
		return nil, refused
	}
	if err := a.keepSafe(grant); err != nil {
		return nil, err
	}
	return grant, nil
}

// ours reports whether a visit belongs to this attempt. A refusal without any state is
// taken as one: it can end the attempt and nothing more.
func (a *Attempt) ours(query url.Values) bool {
	if !query.Has("state") {
		return query.Has("error")
	}
	return subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(a.state)) == 1
}

// judge reads the answer that came by the browser.
func (a *Attempt) judge(query url.Values) (*Grant, *Error) {
	refusal := query.Get("error")
	switch {
	case refusal != "":
		return nil, oauthError(refusal, query.Get("error_description"))
	case query.Get("code") == "":
		return nil, &Error{Code: CodeMissing, Who: User}
	}
	return a.trade(query.Get("code"))
}
