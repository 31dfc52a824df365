package sfauth

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// HostError is a login host that cannot be used, and why: a stable word
// ("scheme", "userinfo", "query", "path", "host").
type HostError struct{ Given, Why string }

func (e *HostError) Error() string {
	return fmt.Sprintf("%q is not a login host (%s); give a My Domain name, its host, or its https address", e.Given, e.Why)
}

// Problem gives the code and particulars of the sentence about it.
func (e *HostError) Problem() (code string, args map[string]string) {
	return string(LoginHostInvalid), map[string]string{"host": e.Given}
}

var (
	myDomain = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
)

// ParseLoginURL turns what a person gives as the org into the origin to sign in
// at: a My Domain name ("acme", "acme--uat"), a host, or an address, also the one
// that the browser shows in Lightning. Plain http is for loopback hosts only.
func ParseLoginURL(given string) (string, error) {
	text := strings.ToLower(strings.TrimSpace(given))
	refuse := func(why string) (string, error) { return "", &HostError{Given: given, Why: why} }
	if myDomain.MatchString(text) && !loopback(text) {
		return "https://" + myDomainHost(text), nil
	}
	if !strings.Contains(text, "://") {
		text = defaultScheme(text) + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return refuse("host")
	case u.Scheme != "https" && u.Scheme != "http", u.Scheme == "http" && !loopback(u.Hostname()):
		return refuse("scheme")
	case u.User != nil:
		return refuse("userinfo")
	case !hostName.MatchString(u.Hostname()) && net.ParseIP(u.Hostname()) == nil:
		return refuse("host")
	}
	if host, ok := fromLightning(u.Hostname()); ok {
		return "https://" + host, nil
	}
	switch {
	case u.RawQuery != "" || u.Fragment != "":
		return refuse("query")
	case u.Path != "" && u.Path != "/":
		return refuse("path")
	}
	return u.Scheme + "://" + u.Host, nil
}

func defaultScheme(text string) string {
	u, err := url.Parse("//" + text)
	if err == nil && loopback(u.Hostname()) {
		return "http://"
	}
	return "https://"
}

// myDomainHost completes a bare name; a sandbox's has two hyphens in it
// (salesforce.md section 1.2).
func myDomainHost(name string) string {
	switch {
	case name == "login" || name == "test":
		return name + ".salesforce.com"
	case strings.Contains(name, "--"):
		return name + ".sandbox.my.salesforce.com"
	}
	return name + ".my.salesforce.com"
}

// fromLightning gives the login host of the host that shows the pages.
func fromLightning(host string) (string, bool) {
	name, ok := strings.CutSuffix(host, ".lightning.force.com")
	return name + ".my.salesforce.com", ok
}

// loopback reports a host that cannot leave this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// trustedDomains are Salesforce's own (reliability.md section 8, attack 12).
var trustedDomains = []string{".salesforce.com", ".force.com", ".salesforce.mil", ".cloudforce.com"}

// trustedOrigin gives the origin of a URL that an answer named, if a token may be
// sent there: an https host of Salesforce's, the login host itself, or loopback
// where the login host is loopback.
func trustedOrigin(address, loginURL string) (string, bool) {
	u, err := url.Parse(address)
	login, errLogin := url.Parse(loginURL)
	if err != nil || errLogin != nil || u.User != nil || u.Host == "" {
		return "", false
	}
	host := strings.ToLower(u.Hostname())
	origin := u.Scheme + "://" + strings.ToLower(u.Host)
	switch {
	case loopback(host):
		return origin, loopback(login.Hostname()) && (u.Scheme == "http" || u.Scheme == "https")
	case u.Scheme != "https":
		return "", false
	case host == strings.ToLower(login.Hostname()):
		return origin, true
	}
	for _, domain := range trustedDomains {
		if strings.HasSuffix(host, domain) {
			return origin, true
		}
	}
	return "", false
}
