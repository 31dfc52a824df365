package sfauth

import (
	"net/url"
	"regexp"
	"strings"
)

// Account is who is signed in and where: facts for the caller to store, no secret
// among them.
type Account struct {
	OrgID    string `json:"org_id"`
	UserID   string `json:"user_id"`
	Username string `json:"username"`
	// Email is the user's own address, "" where the org does not tell it.
	Email string `json:"email,omitempty"`
	// InstanceURL is the origin that serves the org's data; it may change whenever
	// the session is renewed.
	InstanceURL string `json:"instance_url"`
	// LoginURL is the origin of the sign-in; the session is renewed there.
	LoginURL string `json:"login_url"`
	ClientID string `json:"client_id"`
}

// Same reports whether both are the same user of the same org.
func (a Account) Same(b Account) bool {
	return sameID(a.OrgID, b.OrgID) && sameID(a.UserID, b.UserID)
}

// key names the account in what is kept secret.
func (a Account) key() string { return short(a.OrgID) + "/" + short(a.UserID) }

// sameID compares the 15 characters that count.
func sameID(a, b string) bool { return a != "" && short(a) == short(b) }

func short(id string) string { return id[:min(15, len(id))] }

var identityPath = regexp.MustCompile(`/id/(00D(?:\w{12}|\w{15}))/(005(?:\w{12}|\w{15}))$`)

// parseIdentity reads org and user off a token's "id", a URL that ends in
// /id/ORG/USER.
func parseIdentity(id string) (org, user string, ok bool) {
	u, err := url.Parse(id)
	if err != nil {
		return "", "", false
	}
	parts := identityPath.FindStringSubmatch(strings.TrimSuffix(u.Path, "/"))
	if parts == nil {
		return "", "", false
	}
	return parts[1], parts[2], true
}
