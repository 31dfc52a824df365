package file

import (
	"net/url"
	"strings"

	"fieldpost/outbox/activity"
)

// recipientLink finds the first link that opens a share on an allowed origin.
func recipientLink(links, origins []string) string {
	for _, link := range links {
		u, err := url.Parse(link)
		if err != nil || len(link) > activity.MaxURL || !strings.HasPrefix(u.Path, "/share") {
			continue
		}
		for _, origin := range origins {
			if matches(u, origin) {
				return link
			}
		}
	}
	return ""
}

// matches holds a link against an origin, whose host may begin with "*." for
// any subdomain.
func matches(link *url.URL, origin string) bool {
	scheme, host, ok := strings.Cut(origin, "://")
	if !ok || !strings.EqualFold(link.Scheme, scheme) {
		return false
	}
	host = strings.ToLower(host)
	if parent, wild := strings.CutPrefix(host, "*"); wild {
		return strings.HasSuffix(strings.ToLower(link.Host), parent)
	}
	return strings.EqualFold(link.Host, host)
}
