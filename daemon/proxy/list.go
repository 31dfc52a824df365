package proxy

import (
	"net/url"
	"path"
	"strings"
)

// list is how Windows and macOS name proxies, and the hosts that are reached without.
type list struct {
	// proxies are like "proxy:8080", or "http=a:80;https=b:81"; a row of them is in the
	// order of preference.
	proxies string
	// bypass are patterns like "*.acme.com"; "<local>" is every host without a dot.
	bypass string
}

// to gives the proxy to a host by https, nil for none.
func (l list) to(host string) *url.URL {
	if l.spares(strings.ToLower(host)) {
		return nil
	}
	plain := ""
	for _, entry := range strings.FieldsFunc(l.proxies, separates) {
		scheme, address, labelled := strings.Cut(entry, "=")
		switch {
		case labelled && strings.EqualFold(scheme, "https"):
			return at(address)
		case !labelled && plain == "":
			plain = entry
		}
	}
	return at(plain)
}

func (l list) spares(host string) bool {
	for _, pattern := range strings.FieldsFunc(strings.ToLower(l.bypass), separates) {
		if pattern == "<local>" && !strings.Contains(host, ".") {
			return true
		}
		if fits, err := path.Match(pattern, host); err == nil && fits {
			return true
		}
	}
	return false
}

func separates(r rune) bool {
	return r == ';' || r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r'
}

// at is a proxy's address, which mostly lacks its scheme; nil where it is none.
func at(address string) *url.URL {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	proxy, err := url.Parse(address)
	if err != nil || proxy.Host == "" {
		return nil
	}
	return proxy
}
