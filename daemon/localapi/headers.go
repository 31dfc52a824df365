package localapi

import (
	"net/http"
	"strings"
)

// contentPolicy lets the page use its own files and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// setHeaders puts on every answer what keeps other pages from using it.
func setHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Vary", "Origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
}

// allowOrigin lets an allowed foreign page read the answer. Its origin is echoed,
// never "*", and no credentials are allowed: a token is given by hand.
func allowOrigin(h http.Header, origin string) {
	if origin != "" {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "Retry-After")
	}
}

// preflight answers a browser that asks on behalf of an allowed page: it names
// the methods that are open to such pages at this path.
func preflight(w http.ResponseWriter, r *http.Request, origin string, at []*route) {
	h := w.Header()
	allowOrigin(h, origin)
	h.Set("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	var methods []string
	for _, route := range at {
		if route.may&fromSites != 0 {
			methods = append(methods, route.method)
		}
	}
	if len(methods) > 0 {
		h.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
		h.Set("Access-Control-Allow-Headers", "authorization, content-type")
		h.Set("Access-Control-Max-Age", "600")
		if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
			h.Set("Access-Control-Allow-Private-Network", "true")
		}
	}
	w.WriteHeader(http.StatusNoContent)
}
