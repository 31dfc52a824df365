package sfauth

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// A meaning is what one of Salesforce's OAuth errors comes down to.
type meaning struct {
	oauth string
	// says must occur in the description, in lower case; "" fits any.
	says string
	code Code
	who  Who
}

// meanings is the table of salesforce.md section 1.8; the first row that fits
// counts.
var meanings = []meaning{
	{"invalid_grant", "ip restricted", IPRestricted, Admin},
	{"invalid_grant", "authorization code", SignInExpired, User},
	{"invalid_grant", "code_verifier", SignInTampered, User},
	{"invalid_grant", "code verifier", SignInTampered, User},
	{"invalid_grant", "approved this consumer", AppNotApproved, Admin},
	{"invalid_grant", "authentication failure", SignInRefused, Admin},
	{"invalid_grant", "inactive user", UserInactive, Admin},
	{"invalid_grant", "", SignInNeeded, User},
	{"invalid_request", "code_verifier", SignInTampered, User},
	{"invalid_request", "code verifier", SignInTampered, User},
	{"inactive_user", "", UserInactive, Admin},
	{"inactive_org", "", OrgInactive, Admin},
	{"invalid_client", "installed", AppNotInstalled, Admin},
	{"invalid_client", "", SecretRequired, Admin},
	{"invalid_client_id", "", WrongClientID, Setup},
	{"oauth_app_blocked", "", AppBlocked, Admin},
	{"oauth_ec_app_not_found", "", AppNotInstalled, Admin},
	{"oauth_approval_error_generic", "", AppNotInstalled, Admin},
	{"redirect_uri_mismatch", "", RedirectMismatch, Admin},
	{"invalid_scope", "", ScopeMissing, Admin},
	{"access_denied", "", ConsentRefused, User},
	{"access-denied", "", ConsentRefused, User},
	{"rate_limit_exceeded", "", SignInRateLimited, Wait},
}

// rateLimitWait is the least wait after rate_limit_exceeded.
const rateLimitWait = 5 * time.Minute

// oauthError gives the meaning of an error that Salesforce named. One that nobody
// has described is told with its own name.
func oauthError(name, description string) *Error {
	e := &Error{Code: SignInFailed, Who: Admin, OAuth: name, Message: description}
	for _, m := range meanings {
		if strings.EqualFold(m.oauth, name) && strings.Contains(strings.ToLower(description), m.says) {
			e.Code, e.Who = m.code, m.who
			break
		}
	}
	if e.Code == SignInRateLimited {
		e.RetryAfter = rateLimitWait
	}
	return e
}

var errorPair = regexp.MustCompile(`\berror=([\w-]+)&error_description=([^"'<\s&]*)`)

// parseRefusal finds an error where Salesforce puts one besides the token
// answer: a JSON body, a form (salesforce.md section 1.6), the address of a
// redirect, or the text of a page. It gives nil where there is none.
func parseRefusal(text string) *Error {
	var object struct {
		Name        string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal([]byte(text), &object) == nil && object.Name != "" {
		return oauthError(object.Name, object.Description)
	}
	found := errorPair.FindStringSubmatch(text)
	if found == nil {
		return nil
	}
	description, err := url.QueryUnescape(found[2])
	if err != nil {
		description = found[2]
	}
	return oauthError(found[1], description)
}
