package sfclient

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error is Salesforce's own refusal: of a call, or of one row of a collections
// call (then Status is that of the call, 200).
type Error struct {
	Status int
	// Code is errorCode of a call or statusCode of a row ("STRING_TOO_LONG").
	Code string
	// Message is Salesforce's text. It may quote the record, so Error leaves it
	// out: it is for the rep's eyes, not for a log.
	Message string
	// Fields names the fields at fault, as far as Salesforce tells.
	Fields []string
	// RetryAfter is the wait that the answer asked for, 0 if none.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	text := fmt.Sprintf("Salesforce answered %s (HTTP %d)", e.Code, e.Status)
	if len(e.Fields) > 0 {
		text += " for " + strings.Join(e.Fields, ", ")
	}
	return text
}

// ForeignKind says who most likely answered in Salesforce's place.
type ForeignKind string

// The kinds of foreign answer.
const (
	Portal  ForeignKind = "portal"  // a network that wants a sign-in first
	Proxy   ForeignKind = "proxy"   // a proxy or a policy that refuses
	Edge    ForeignKind = "edge"    // Salesforce's edge: overload, maintenance, unknown host
	Garbled ForeignKind = "garbled" // an answer without the agreed shape
	TooBig  ForeignKind = "too_big" // an answer beyond the size limit
	Other   ForeignKind = "other"
)

// ForeignError is an answer that does not speak Salesforce's language: HTML, an
// empty body, a redirect (salesforce.md section 8, last rows). Nothing may be
// concluded from it about the record or the session.
type ForeignError struct {
	Status      int
	Kind        ForeignKind
	ContentType string
	RetryAfter  time.Duration
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("the answer is not from Salesforce (%s, HTTP %d, %q)", e.Kind, e.Status, e.ContentType)
}

// Class is always Transient. Status 420 (no route for this host) deserves an
// administrator once it has been seen three times.
func (e *ForeignError) Class() Class { return Transient }

// doubtful holds for all but the refusals that are given before a request is
// passed on: proxy authentication, captive portal, no route for the host.
func (e *ForeignError) doubtful() bool {
	return e.Status != 407 && e.Status != 511 && e.Status != 420
}

// Duplicate reads, off a DUPLICATE_VALUE, the field whose value exists already and
// the id of the record that has it ("duplicate value found: KEY duplicates value
// on record with id: 00T…", salesforce.md section 6.6).
func (e *Error) Duplicate() (field, id string, ok bool) {
	if e.Code != "DUPLICATE_VALUE" {
		return "", "", false
	}
	_, rest, _ := strings.Cut(e.Message, "duplicate value found: ")
	field, rest, found := strings.Cut(rest, " duplicates value on record with id: ")
	if !found {
		return "", "", false
	}
	id, _, _ = strings.Cut(strings.TrimSpace(rest), " ")
	return field, strings.TrimRight(id, ".,;"), true
}

// PreparationError is a call that was not made, or was refused unread, because
// something it needs failed first: the session or the API version.
type PreparationError struct {
	Step string // "session" or "version"
	Err  error
}

func (e *PreparationError) Error() string { return e.Step + ": " + e.Err.Error() }

func (e *PreparationError) Unwrap() error { return e.Err }

// SessionRefusedError is a call refused with 401 by a grant that had been renewed
// for it. Renewing once more would not help: an IP lock with an egress that keeps
// changing looks like this (salesforce.md section 2).
type SessionRefusedError struct{ Answer *Error }

func (e *SessionRefusedError) Error() string {
	return "Salesforce refuses a session that was renewed just now"
}

func (e *SessionRefusedError) Unwrap() error { return e.Answer }

// Class is Auth.
func (e *SessionRefusedError) Class() Class { return Auth }

// Doubtful reports whether the write that failed so may have been carried out
// nevertheless. It is then to be looked for, not repeated.
func Doubtful(err error) bool {
	var (
		preparation *PreparationError
		transport   *TransportError
		foreign     *ForeignError
		own         *Error
	)
	switch {
	case errors.As(err, &preparation):
		return false
	case errors.As(err, &transport):
		return transport.Sent
	case errors.As(err, &foreign):
		return foreign.doubtful()
	case errors.As(err, &own):
		return own.Status >= 500 || own.Code == "UNKNOWN_EXCEPTION" || own.Code == "REQUEST_RUNNING_TOO_LONG"
	}
	return false
}

// Unsent reports whether the call surely never got as far as being read, so that
// it may be repeated as if it had not been made.
func Unsent(err error) bool {
	var preparation *PreparationError
	if errors.As(err, &preparation) {
		return true
	}
	var transport *TransportError
	return errors.As(err, &transport) && !transport.Sent
}

// RetryAfter is the wait that the failure asked for, 0 if none.
func RetryAfter(err error) time.Duration {
	var (
		own     *Error
		foreign *ForeignError
	)
	switch {
	case errors.As(err, &own):
		return own.RetryAfter
	case errors.As(err, &foreign):
		return foreign.RetryAfter
	}
	return 0
}

// Answered reports whether Salesforce itself spoke, or its edge: a refusal of its
// data or sign-in service, an outage page. False where the network or somebody else
// answered, or nobody did.
func Answered(err error) bool {
	var (
		transport *TransportError
		foreign   *ForeignError
	)
	switch {
	case errors.As(err, &transport):
		return false
	case errors.As(err, &foreign):
		return foreign.Kind == Edge
	}
	return true
}
