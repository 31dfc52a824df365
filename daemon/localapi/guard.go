package localapi

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"

	"fieldpost/daemon/localapi/access"
)

// caller is who sends a request, as far as the guard could tell.
type caller struct {
	access.Grant
	// origin is the allowed origin of a page that is not ours, else empty.
	origin string
	token  string
}

// guard decides whether a request may go on. It looks at nothing but the request,
// the table of routes and who has access, and changes nothing but their allowance.
type guard struct {
	port    int
	origins func() []string
	access  *access.Access
}

// admit checks what holds for every request: that it comes from this machine, was
// meant for us, and does not come from a page that has no business here. It gives
// the origin of an allowed foreign page.
func (g *guard) admit(r *http.Request, route *route) (origin string, err error) {
	for _, check := range []func(*http.Request) error{checkPeer, g.checkHost, checkTarget, checkUpgrade} {
		if err := check(r); err != nil {
			return "", err
		}
	}
	origin, err = g.origin(r)
	if err != nil {
		return "", err
	}
	return origin, checkFetchSite(r, origin, route)
}

func checkPeer(r *http.Request) error {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return refuse(http.StatusForbidden, codeNotLocal)
	}
	return nil
}

// checkHost wants one of our three names, byte by byte: a page that rebinds its
// own name to this machine sends that name.
func (g *guard) checkHost(r *http.Request) error {
	for _, name := range []string{"127.0.0.1", "localhost", "[::1]"} {
		if r.Host == fmt.Sprintf("%s:%d", name, g.port) {
			return nil
		}
	}
	return refuse(http.StatusMisdirectedRequest, codeWrongHost)
}

// checkTarget wants a plain path as it will be routed: no proxy's form, nothing
// to be cleaned, so that no answer is ever a redirect.
func checkTarget(r *http.Request) error {
	plain := r.URL.Scheme == "" && r.URL.Host == "" && strings.HasPrefix(r.RequestURI, "/") &&
		path.Clean(r.URL.Path) == r.URL.Path && !strings.Contains(r.URL.Path, "\x00")
	if !plain {
		return refuse(http.StatusBadRequest, codeBadTarget)
	}
	return nil
}

func checkUpgrade(r *http.Request) error {
	if len(r.Header["Upgrade"]) > 0 || strings.Contains(strings.ToLower(r.Header.Get("Connection")), "upgrade") {
		return refuse(http.StatusBadRequest, codeUpgrade)
	}
	return nil
}

// origin gives the allowed foreign origin of a request, "" where it names none or
// our own.
func (g *guard) origin(r *http.Request) (string, error) {
	given := r.Header["Origin"]
	switch {
	case len(given) == 0:
		return "", nil
	case len(given) > 1:
		return "", refuse(http.StatusForbidden, codeOrigin)
	case given[0] == "http://"+r.Host:
		return "", nil
	case allowedOrigin(given[0], g.origins()):
		return given[0], nil
	}
	return "", refuse(http.StatusForbidden, codeOrigin)
}

// checkFetchSite refuses what a browser says comes from elsewhere, but for the
// calls made for allowed pages and a link that opens the page itself, which holds
// no data (Fetch Metadata; programs send none of these headers).
func checkFetchSite(r *http.Request, origin string, route *route) error {
	switch site := r.Header.Get("Sec-Fetch-Site"); {
	case site == "" || site == "same-origin" || site == "none":
		return nil
	case origin != "" && (route == nil || route.may&fromSites != 0):
		return nil
	case origin == "" && r.URL.Path == "/" && r.Method == http.MethodGet &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document":
		return nil
	}
	return refuse(http.StatusForbidden, codeCrossSite)
}

// identify tells who calls and whether they may call this route.
func (g *guard) identify(r *http.Request, route *route, origin string) (caller, error) {
	c := caller{origin: origin}
	if route.may&anyone != 0 {
		if origin != "" && route.may&fromSites == 0 {
			return c, refuse(http.StatusForbidden, codeOrigin)
		}
		return c, nil
	}
	c.token = bearer(r)
	if c.token != "" {
		c.Grant = g.access.Identify(c.token)
	}
	switch {
	case c.Kind == access.Owner:
	case c.Kind == access.Page && origin == "":
	case c.Kind == access.Paired && origin == c.Pairing.Origin:
	default:
		return caller{origin: origin}, refuse(http.StatusUnauthorized, codeUnauthorized)
	}
	if route.may&rightsOf[c.Kind] == 0 {
		return c, refuse(http.StatusForbidden, codeForbidden)
	}
	if c.Kind == access.Paired && !g.access.Spend(c.Pairing.ID) {
		return c, refuse(http.StatusTooManyRequests, codeTooMany)
	}
	return c, nil
}

// bearer gives the token of the one Authorization header, or "".
func bearer(r *http.Request) string {
	given := r.Header["Authorization"]
	if len(given) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(given[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return token
}

// checkBody wants the type of body that the route takes.
func checkBody(r *http.Request, route *route) error {
	switch {
	case route.body == noBody:
		return nil
	case route.body == filesBody:
		return checkType(r, "multipart/form-data")
	}
	return checkType(r, "application/json")
}

// isLoopback reports whether an address to listen on stays on this machine.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
