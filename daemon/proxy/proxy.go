// Package proxy tells which proxy leads to a host: the one that is named, or what the
// system says. It runs no proxy script itself; Windows does. It opens no connection and
// knows nothing of Salesforce.
package proxy

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"fieldpost/daemon/config"
)

// A Finder finds proxies. Its methods are safe for concurrent use.
type Finder struct {
	setting func() string
	system  *recent
}

// New makes a finder that follows the setting network.proxy as it is at each question.
func New(setting func() string) *Finder {
	return &Finder{setting: setting, system: newRecent(lookUp)}
}

// Find gives the proxy for a request, with the user name and the password that it wants;
// nil for none. This computer is never reached through one. It is meant for
// http.Transport.Proxy.
func (f *Finder) Find(r *http.Request) (*url.URL, error) {
	setting := f.setting()
	switch {
	case setting == config.ProxyNone, ownHost(r.URL.Hostname()):
		return nil, nil
	case setting != config.ProxySystem:
		return url.Parse(setting)
	}
	if environ := httpproxy.FromEnvironment(); named(environ) {
		return environ.ProxyFunc()(r.URL)
	}
	return f.system.of(r.Context(), r.URL.Hostname()), nil
}

// LeftOut names where this computer keeps settings of a proxy that Find does not follow,
// "" for nowhere.
func (f *Finder) LeftOut(ctx context.Context) string {
	if f.setting() != config.ProxySystem || named(httpproxy.FromEnvironment()) {
		return ""
	}
	return leftOut(ctx)
}

func named(environ *httpproxy.Config) bool {
	return environ.HTTPProxy != "" || environ.HTTPSProxy != ""
}

func ownHost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}
