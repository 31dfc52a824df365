package doctor

import (
	"slices"
	"strings"
	"time"

	"fieldpost/outbox"
)

// Account is what is known of the sign-in and of the way to Salesforce.
type Account struct {
	SignedIn bool
	Username string
	// NeedsSignIn: the session is over, only a new sign-in helps.
	NeedsSignIn bool
	// Connection is what keeps everything from being sent, SignIn why the last sign-in
	// failed; nil where nothing does.
	Connection *outbox.Problem
	SignIn     *outbox.Problem
	// LockSeen is when a session that was minutes old was refused and a new one was
	// taken: what a session lock does when the address changes. Zero for never.
	LockSeen time.Time
	// Skew is how far this computer's clock runs ahead of Salesforce's, if SkewKnown.
	Skew      time.Duration
	SkewKnown bool
	// Proxy is the proxy on the way, "" for none.
	Proxy string
	// ProxyLeftOut names where the system keeps settings of a proxy that fieldpost does not
	// follow, "" for nowhere.
	ProxyLeftOut string
	// Hosts are those that a firewall must let through.
	Hosts []string
}

// The answers that each of these checks looks for among what Salesforce or the network
// said last. They are the seed's troubleshooting, cause by cause.
var causes = []struct {
	check string
	codes []string
}{
	{"captive_portal", []string{"captive_portal"}},
	{"certificate", []string{"certificate"}},
	{"api_access", []string{"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED"}},
	{"app", []string{
		"app_blocked", "app_not_installed", "app_not_approved", "wrong_client_id", "client_id_missing", "client_secret_required",
		"redirect_mismatch", "scope_missing",
	}},
	{"ip_restrictions", []string{"ip_restricted", "session_not_allowed"}},
	{"refresh_policy", []string{"sign_in_expired"}},
	{"user", []string{"user_inactive", "org_inactive"}},
}

// maxSkew is from which difference on a clock is worth a word.
const maxSkew = 5 * time.Minute

func (a Account) checks() []Check {
	checks := []Check{
		when(a.SignedIn && !a.NeedsSignIn, "sign_in", Failed, outbox.You, outbox.Args{"username": a.Username}),
	}
	if a.SignedIn {
		checks = append(checks, problem("connection", a.Connection))
	} else {
		checks = append(checks, skipped("connection"))
	}
	for _, cause := range causes {
		checks = append(checks, a.cause(cause.check, cause.codes))
	}
	if a.ProxyLeftOut != "" {
		checks = append(checks, Check{Code: "proxy_left_out", Result: Warning, Who: outbox.You, Args: outbox.Args{"where": a.ProxyLeftOut}})
	}
	return append(checks, a.sessionLock(), a.proxy(), a.clock(), ok("hosts", outbox.Args{"hosts": strings.Join(a.Hosts, ", ")}))
}

// cause fails where Salesforce or the network named one of the codes.
func (a Account) cause(code string, codes []string) Check {
	for _, found := range []*outbox.Problem{a.Connection, a.SignIn} {
		if found != nil && slices.Contains(codes, found.Code) {
			return problem(code, found)
		}
	}
	if !a.SignedIn || a.Connection != nil {
		return skipped(code)
	}
	return ok(code, nil)
}

func (a Account) sessionLock() Check {
	const code = "session_lock"
	switch {
	case a.Connection != nil && a.Connection.Code == "session_refused":
		return problem(code, a.Connection)
	case !a.LockSeen.IsZero():
		return Check{Code: code, Result: Warning, Who: outbox.Admin, Args: outbox.Args{"time": a.LockSeen.Local().Format("2006-01-02 15:04")}}
	case !a.SignedIn:
		return skipped(code)
	}
	return ok(code, nil)
}

func (a Account) proxy() Check {
	if a.Connection != nil && slices.Contains([]string{"proxy", "proxy_password", "proxy_sign_in"}, a.Connection.Code) {
		return problem("proxy", a.Connection)
	}
	if a.Proxy == "" {
		return Check{Code: "proxy", Result: Skipped}
	}
	return ok("proxy", outbox.Args{"proxy": a.Proxy})
}

func (a Account) clock() Check {
	if !a.SkewKnown {
		return skipped("clock")
	}
	off := a.Skew.Abs().Round(time.Minute)
	return when(a.Skew.Abs() <= maxSkew, "clock", Warning, outbox.You, outbox.Args{"off": off.String()})
}
