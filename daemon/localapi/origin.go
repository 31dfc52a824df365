package localapi

import (
	"slices"
	"strings"
)

// allowedOrigin reports whether a page of this origin may ask to pair. A pattern
// is an origin ("https://acme.com") or one with "*." before its host, which
// stands for one or more labels. Origins are compared byte by byte: a browser
// writes them in one way only.
func allowedOrigin(origin string, patterns []string) bool {
	host, ok := strings.CutPrefix(origin, "https://")
	if !ok || !plainHost(host) {
		return false
	}
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if suffix, wild := strings.CutPrefix(pattern, "https://*."); wild {
			before, found := strings.CutSuffix(host, "."+suffix)
			return found && before != ""
		}
		return pattern == origin
	})
}

// plainHost accepts a host name in lower-case labels and nothing beside it: no
// port, path, user, trailing dot or letter that only looks like another.
func plainHost(host string) bool {
	if len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}
