package sfauth

import (
	"fmt"
	"time"

	"fieldpost/sfclient"
)

// Code names a failure of signing in or of staying signed in. It is stable;
// daemon/words tells it as problem.CODE.
type Code string

// Who can do something about a failure.
type Who string

// Who acts: the rep, the Salesforce administrator, whoever set fieldpost up, or
// nobody (it passes by itself).
const (
	User  Who = "user"
	Admin Who = "admin"
	Setup Who = "config"
	Wait  Who = "wait"
)

// The codes.
const (
	SignInNeeded      Code = "sign_in_needed"
	SignInRefused     Code = "sign_in_refused"
	SignInFailed      Code = "sign_in_failed"
	SignInExpired     Code = "sign_in_expired"
	SignInTampered    Code = "sign_in_tampered"
	SignInTimedOut    Code = "sign_in_timed_out"
	SignInCancelled   Code = "sign_in_cancelled"
	SignInRateLimited Code = "sign_in_rate_limited"
	SignInOtherUser   Code = "sign_in_other_user"
	SessionUnstable   Code = "session_unstable"
	StateMismatch     Code = "sign_in_state_mismatch"
	CodeMissing       Code = "sign_in_code_missing"
	ConsentRefused    Code = "consent_refused"
	IPRestricted      Code = "ip_restricted"
	AppNotApproved    Code = "app_not_approved"
	AppNotInstalled   Code = "app_not_installed"
	AppBlocked        Code = "app_blocked"
	UserInactive      Code = "user_inactive"
	OrgInactive       Code = "org_inactive"
	SecretRequired    Code = "client_secret_required"
	WrongClientID     Code = "wrong_client_id"
	ClientIDMissing   Code = "client_id_missing"
	RedirectMismatch  Code = "redirect_mismatch"
	ScopeMissing      Code = "scope_missing"
	PortsTaken        Code = "ports_taken"
	LoginUnreachable  Code = "login_host_unreachable"
	LoginForeign      Code = "login_host_foreign"
	LoginHostInvalid  Code = "login_host_invalid"
	InstanceRefused   Code = "instance_refused"
	TokenNotKept      Code = "token_not_kept"
)

// Error is a failure to sign in or to stay signed in.
type Error struct {
	Code Code
	Who  Who
	// OAuth is Salesforce's own word for it ("invalid_grant"), if it gave one.
	OAuth string
	// Message is Salesforce's text: for the rep's eyes, not for a log.
	Message string
	// Args are the particulars of the sentence about it.
	Args map[string]string
	// RetryAfter is the least wait before trying again, 0 if there is none.
	RetryAfter time.Duration
	// Err is the cause, where it is of another kind.
	Err error
}

// ErrSignInNeeded is matched by every failure that only a new sign-in ends.
var ErrSignInNeeded = &Error{Code: SignInNeeded, Who: User}

func (e *Error) Error() string {
	text := "sign-in: " + string(e.Code)
	if e.OAuth != "" {
		text += " (" + e.OAuth + ")"
	}
	if e.Err != nil {
		text += fmt.Sprintf(": %v", e.Err)
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Is compares codes.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code
}

// Problem gives the code and particulars of the sentence about it.
func (e *Error) Problem() (code string, args map[string]string) {
	args = map[string]string{"error": e.OAuth, "message": e.Message}
	for name, value := range e.Args {
		args[name] = value
	}
	return string(e.Code), args
}

// Class tells a client of Salesforce what the failure calls for.
func (e *Error) Class() sfclient.Class {
	switch e.Who {
	case Wait:
		return sfclient.Transient
	case Admin, Setup:
		return sfclient.Admin
	}
	return sfclient.Auth
}
