package sandbox

import (
	"net/http"
	"time"
)

// Slow holds a call on its way in. A caller that gives up meanwhile has not been
// heard: nothing is written.
func Slow(wait time.Duration) Fault { return Fault{wait: wait} }

// Stall holds a call inside the org: it is carried out after the wait even if the
// caller has long gone (salesforce.md section 6.6, the request that still runs).
func Stall(wait time.Duration) Fault { return Fault{wait: wait, stubborn: true} }

// Drop closes the connection without an answer.
func Drop() Fault { return striking(reply{drop: true}) }

// CutAnswer carries the call out and sends half of the answer.
func CutAnswer() Fault {
	return Fault{late: true, strike: func(_ *request, r reply) reply { r.cut = true; return r }}
}

// HTML is a page of an edge server: 500, 502, 503, 504, or a proxy's 403 or 407.
func HTML(status int) Fault {
	return striking(page(status, "<html><head><title>"+http.StatusText(status)+"</title></head><body><h1>Sorry</h1></body></html>"))
}

// Empty answers a status and nothing else.
func Empty(status int) Fault { return striking(reply{status: status}) }

// CaptivePortal is the hotel's sign-in page, with status 200, for whatever is asked.
func CaptivePortal() Fault {
	return striking(page(http.StatusOK, "<html><head><title>Guest Wi-Fi</title></head><body><form>Room number</form></body></html>"))
}

// NoRoute is the edge's 420: it knows no org at this host.
func NoRoute() Fault { return striking(page(420, "<html><body>No such host</body></html>")) }

// Refuse refuses the whole call with an error of the data API.
func Refuse(status int, code, message string) Fault {
	return striking((&apiError{status: status, code: code, message: message}).reply())
}

// ServerError is an unknown outcome by name.
func ServerError() Fault {
	return Refuse(http.StatusInternalServerError, "UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you contact support: 1697-42")
}

// Maintenance is the announced kind of absence.
func Maintenance() Fault {
	return Refuse(http.StatusServiceUnavailable, "SERVER_UNAVAILABLE", "The org is under maintenance")
}

// ConcurrentLimit refuses for the long requests that already run.
func ConcurrentLimit() Fault {
	return Refuse(http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded.")
}

// APIDisabledForOrg is an edition without the API.
func APIDisabledForOrg() Fault {
	return Refuse(http.StatusForbidden, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.")
}

// APIDisabledForUser is a profile without "API Enabled".
func APIDisabledForUser() Fault {
	return Refuse(http.StatusForbidden, "API_CURRENTLY_DISABLED", "API is disabled for this User")
}

// NotForREST is the 401 that no refresh cures: the app's IP policy.
func NotForREST() Fault {
	return Refuse(http.StatusUnauthorized, "INVALID_SESSION_ID", "This session is not valid for use with the REST API")
}

// NotAttached is the other one: an app that is not attached to the agent that calls.
func NotAttached() Fault {
	return Refuse(http.StatusUnauthorized, "INVALID_SESSION_ID", "Connected app is not attached to Agent")
}

// RefuseRow refuses rows one by one, in single calls and collections alike.
func RefuseRow(code, message string, fields ...string) Fault {
	return Fault{row: refusal(code, message, fields...)}
}

// LockRow is another writer on the same account.
func LockRow() Fault {
	return RefuseRow("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
}

// StorageFull refuses new rows until the admin makes room.
func StorageFull() Fault {
	return RefuseRow("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded").On(Create, CreateMany, Upsert, UpsertMany)
}

// DuplicateRule is an active duplicate rule that blocks.
func DuplicateRule() Fault {
	return RefuseRow("DUPLICATES_DETECTED", "Use one of these records?").On(Create, CreateMany, Upsert, UpsertMany)
}

// RefuseSignIn refuses by OAuth: on the redirect of an authorization, as the body
// of a token answer.
func RefuseSignIn(code, description string) Fault {
	return Fault{purposes: []Purpose{Authorize, Token}, strike: func(req *request, _ reply) reply {
		if req.purpose == Authorize {
			return req.backToApp("error", code, "error_description", description)
		}
		return oauthError(code, description)
	}}
}

// RefuseToken refuses a token call with another status than the usual 400: 401 and
// 403 have been seen.
func RefuseToken(status int, code, description string) Fault {
	rep := oauthError(code, description)
	rep.status = status
	return striking(rep).On(Token)
}

// RefuseOnPage ends an authorization on an error page: the browser never comes back
// to the app.
func RefuseOnPage(code, description string) Fault {
	return striking(errorPage(code, description)).On(Authorize)
}

// AppBlocked is an app that the admin blocked, or whose users must be approved first.
func AppBlocked() Fault {
	return RefuseSignIn("OAUTH_APP_BLOCKED", "this app is blocked by admin").On(Authorize)
}

// AppNotInstalled is an app unknown to the org, for a user who may not approve one.
func AppNotInstalled() Fault {
	return RefuseSignIn("invalid_client", "app must be installed into org").On(Authorize)
}

// IPRestricted is a sign-in or refresh from outside the profile's ranges.
func IPRestricted() Fault { return RefuseSignIn("invalid_grant", "ip restricted").On(Token) }

// DeadGrant answers every token call as a revoked grant does.
func DeadGrant() Fault {
	return RefuseSignIn("invalid_grant", "expired access/refresh token").On(Token)
}

func striking(r reply) Fault {
	return Fault{strike: func(*request, reply) reply { return r }}
}
