package sfclient

import (
	"errors"
	"strings"
)

// Class says in one word what a failure calls for (salesforce.md section 8).
type Class string

// The classes of failure.
const (
	Transient Class = "transient" // passes by itself: try again later
	Limited   Class = "limited"   // the org's allowance is used up: pause the account
	Auth      Class = "auth"      // the session is over: sign in again
	Admin     Class = "admin"     // a Salesforce administrator must act
	User      Class = "user"      // the rep must decide
	Permanent Class = "permanent" // this record cannot be taken as it is
	Stale     Class = "stale"     // the cached describe is out of date: read it again
	Fault     Class = "fault"     // a mistake of this program
	Unknown   Class = "unknown"   // show the code to a person
)

// ClassOf gives the class of any failure of this package or of the session behind
// it: that of the first error in the chain which has one.
func ClassOf(err error) Class {
	var classed interface{ Class() Class }
	if errors.As(err, &classed) {
		return classed.Class()
	}
	return Unknown
}

// Retryable reports whether the same call may succeed later without anybody doing
// anything. A doubtful write must be looked for first.
func Retryable(err error) bool {
	class := ClassOf(err)
	return class == Transient || class == Limited
}

// Declined reports whether Salesforce's own word is about what was asked (an object
// or field that is hidden or not there, a query it cannot follow), not about the
// session, the allowance or an outage: the rest of the work may go on without it.
func Declined(err error) bool {
	var own *Error
	if !errors.As(err, &own) || own.Status >= 500 {
		return false
	}
	switch own.Class() {
	case Transient, Limited, Auth:
		return false
	}
	return !wholeAccount[own.Code]
}

// Hidden reports whether Salesforce does not know what a query names: the object or a
// field of it is not there, or this user may not see it.
func Hidden(err error) bool {
	var own *Error
	return errors.As(err, &own) && hiddenCodes[own.Code]
}

var hiddenCodes = map[string]bool{
	"INVALID_TYPE": true, "INVALID_FIELD": true, "INSUFFICIENT_ACCESS": true, "INSUFFICIENT_ACCESS_OR_READONLY": true,
}

// wholeAccount are the refusals that hold for every call of this user.
var wholeAccount = map[string]bool{
	"INVALID_SESSION_ID": true, "API_DISABLED_FOR_ORG": true, "API_CURRENTLY_DISABLED": true, "FUNCTIONALITY_NOT_ENABLED": true,
}

var classes = map[string]Class{
	"INVALID_SESSION_ID":     Auth,
	"REQUEST_LIMIT_EXCEEDED": Limited,

	"SERVER_UNAVAILABLE":       Transient,
	"UNABLE_TO_LOCK_ROW":       Transient,
	"QUERY_TIMEOUT":            Transient,
	"OPERATION_TOO_LARGE":      Transient,
	"INVALID_QUERY_LOCATOR":    Transient,
	"UNKNOWN_EXCEPTION":        Transient,
	"REQUEST_RUNNING_TOO_LONG": Transient,

	"REQUIRED_FIELD_MISSING":            User,
	"FIELD_CUSTOM_VALIDATION_EXCEPTION": User,
	"INVALID_CROSS_REFERENCE_KEY":       User,
	"DUPLICATES_DETECTED":               User,

	"FIELD_INTEGRITY_EXCEPTION": Permanent,
	"ENTITY_IS_DELETED":         Permanent,
	"NOT_FOUND":                 Permanent,
	"DUPLICATE_VALUE":           Permanent,

	"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": Admin,
	"INSUFFICIENT_ACCESS_OR_READONLY":               Admin,
	"INSUFFICIENT_ACCESS":                           Admin,
	"INVALID_TYPE":                                  Admin,
	"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":          Admin,
	"API_DISABLED_FOR_ORG":                          Admin,
	"API_CURRENTLY_DISABLED":                        Admin,
	"FUNCTIONALITY_NOT_ENABLED":                     Admin,
	"STORAGE_LIMIT_EXCEEDED":                        Admin,
	"UNSUPPORTED_API_VERSION":                       Admin,

	"INVALID_FIELD":                           Stale,
	"INVALID_FIELD_FOR_INSERT_UPDATE":         Stale,
	"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": Stale,

	"STRING_TOO_LONG":               Fault,
	"MALFORMED_ID":                  Fault,
	"JSON_PARSER_ERROR":             Fault,
	"MALFORMED_QUERY":               Fault,
	"INVALID_QUERY_FILTER_OPERATOR": Fault,
}

// Class reads the class off the code, and off the text where the code alone does
// not tell.
func (e *Error) Class() Class {
	switch {
	case e.Code == "INVALID_SESSION_ID" && e.incurable():
		return Admin
	case e.Code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" && strings.Contains(e.Message, "UNABLE_TO_LOCK_ROW"):
		return Transient
	case strings.HasPrefix(e.Code, "TXN_SECURITY_"):
		return Admin
	}
	if class, ok := classes[e.Code]; ok {
		return class
	}
	switch {
	case e.Status == 429:
		return Limited
	case e.Status >= 500:
		return Transient
	}
	return Unknown
}

// incurable recognises the two refusals with 401 that no refresh cures: the app's
// IP policy, and an app that is not attached (salesforce.md section 2).
func (e *Error) incurable() bool {
	return strings.Contains(e.Message, "not valid for use with the REST API") ||
		strings.Contains(e.Message, "not attached to Agent")
}

// expired reports a session that a refresh may cure.
func expired(err error) bool {
	var own *Error
	return errors.As(err, &own) && own.Status == 401 && own.Code == "INVALID_SESSION_ID" && !own.incurable()
}
