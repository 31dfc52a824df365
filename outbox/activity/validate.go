package activity

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of CONTRACT section 4. Text limits count characters unless they say bytes.
const (
	MaxSubject   = 1000
	MaxBodyBytes = 256 << 10
	MaxURL       = 2000
	MaxPeople    = 250
	MaxContent   = 50
	MaxKey       = 200
	MaxName      = 255
	MaxEmail     = 254 // RFC 5321 4.5.3.1.3, less its angle brackets
	MaxUID       = 1000
	MinYear      = 1990
	MaxYear      = 2100
)

// A FieldError is one reason why an activity cannot be taken. Field is the JSON
// path of what is wrong ("people[2].email"), Code is stable and language-free,
// Limit is the bound that was crossed where there is one.
type FieldError struct {
	Field string
	Code  string
	Limit string
}

func (e *FieldError) Error() string {
	if e.Limit != "" {
		return fmt.Sprintf("%s: %s (%s)", e.Field, e.Code, e.Limit)
	}
	return e.Field + ": " + e.Code
}

// The codes of FieldError.
const (
	CodeRequired      = "required"
	CodeUnknownValue  = "unknown_value"
	CodeTooLong       = "too_long"
	CodeTooMany       = "too_many"
	CodeNotText       = "not_text"
	CodeInvalidURL    = "invalid_url"
	CodeInvalidEmail  = "invalid_email"
	CodeInvalidID     = "invalid_id"
	CodeInvalidTime   = "invalid_time"
	CodeOutOfRange    = "out_of_range"
	CodeEndBefore     = "end_before_start"
	CodeUnknownZone   = "unknown_zone"
	CodeNotForThis    = "not_for_this_kind"
	CodeNobodyToReach = "email_or_id_required"
)

// Validate checks the activity against CONTRACT section 4 and returns the first
// fault as a *FieldError, or nil. It changes nothing.
func (a *Activity) Validate() error {
	checks := []func() *FieldError{a.checkKind, a.checkTexts, a.checkURLs, a.checkPeople, a.checkRelated, a.checkTimes}
	for _, check := range checks {
		if fault := check(); fault != nil {
			return fault
		}
	}
	return nil
}

func (a *Activity) checkKind() *FieldError {
	switch a.Kind {
	case Share:
		return a.checkShare()
	case Meeting:
		return a.checkMeeting()
	case "":
		return &FieldError{Field: "kind", Code: CodeRequired}
	}
	return &FieldError{Field: "kind", Code: CodeUnknownValue, Limit: "share, meeting"}
}

func (a *Activity) checkShare() *FieldError {
	switch a.Channel {
	case Email, Link, Space:
	case "":
		return &FieldError{Field: "channel", Code: CodeRequired}
	default:
		return &FieldError{Field: "channel", Code: CodeUnknownValue, Limit: "email, link, space"}
	}
	if blank(a.Subject) && a.URL == "" {
		return &FieldError{Field: "subject", Code: CodeRequired, Limit: "subject, url"} // one of the two
	}
	return firstGiven(map[string]bool{
		"start": a.Start != "", "end": a.End != "", "all_day": a.AllDay, "time_zone": a.TimeZone != "",
		"location": a.Location != "", "notes": a.Notes != "", "uid": a.UID != "", "sequence": a.Sequence != 0,
		"recurrence_id": a.Recurrence != "", "cancelled": a.Cancelled,
	})
}

func (a *Activity) checkMeeting() *FieldError {
	switch {
	case blank(a.Subject):
		return &FieldError{Field: "subject", Code: CodeRequired}
	case a.Start == "":
		return &FieldError{Field: "start", Code: CodeRequired}
	case a.End == "":
		return &FieldError{Field: "end", Code: CodeRequired}
	case a.Sequence < 0:
		return &FieldError{Field: "sequence", Code: CodeOutOfRange, Limit: "0"}
	}
	return firstGiven(map[string]bool{
		"channel": a.Channel != "", "body": a.Body != "", "url": a.URL != "", "content": len(a.Content) > 0,
		"occurred_at": a.OccurredAt != "",
	})
}

// firstGiven names one field that was given although its kind has none of it,
// the alphabetically first, so that the answer is the same each time.
func firstGiven(given map[string]bool) *FieldError {
	var first string
	for field, is := range given {
		if is && (first == "" || field < first) {
			first = field
		}
	}
	if first == "" {
		return nil
	}
	return &FieldError{Field: first, Code: CodeNotForThis}
}

func (a *Activity) checkTexts() *FieldError {
	texts := []struct {
		field, value string
		limit        int
	}{
		{"subject", a.Subject, MaxSubject},
		{"location", a.Location, MaxSubject},
		{"key", a.Key, MaxKey},
		{"uid", a.UID, MaxUID},
		{"time_zone", a.TimeZone, MaxName},
	}
	for _, t := range texts {
		if fault := checkText(t.field, t.value, t.limit); fault != nil {
			return fault
		}
	}
	for field, value := range map[string]string{"body": a.Body, "notes": a.Notes} {
		if !isText(value) {
			return &FieldError{Field: field, Code: CodeNotText}
		}
		if len(value) > MaxBodyBytes {
			return &FieldError{Field: field, Code: CodeTooLong, Limit: "256 KiB"}
		}
	}
	return nil
}

func checkText(field, value string, limit int) *FieldError {
	if !isText(value) {
		return &FieldError{Field: field, Code: CodeNotText}
	}
	if utf8.RuneCountInString(value) > limit {
		return &FieldError{Field: field, Code: CodeTooLong, Limit: fmt.Sprint(limit)}
	}
	return nil
}

func (a *Activity) checkURLs() *FieldError {
	if fault := checkURL("url", a.URL); fault != nil {
		return fault
	}
	if len(a.Content) > MaxContent {
		return &FieldError{Field: "content", Code: CodeTooMany, Limit: fmt.Sprint(MaxContent)}
	}
	for i, c := range a.Content {
		at := fmt.Sprintf("content[%d].", i)
		if c.Title == "" && c.URL == "" {
			return &FieldError{Field: at + "title", Code: CodeRequired}
		}
		if fault := checkText(at+"title", c.Title, MaxSubject); fault != nil {
			return fault
		}
		if fault := checkURL(at+"url", c.URL); fault != nil {
			return fault
		}
	}
	return nil
}

func checkURL(field, value string) *FieldError {
	if value == "" {
		return nil
	}
	if fault := checkText(field, value, MaxURL); fault != nil {
		return fault
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return &FieldError{Field: field, Code: CodeInvalidURL}
	}
	return nil
}

func (a *Activity) checkPeople() *FieldError {
	if len(a.People) > MaxPeople {
		return &FieldError{Field: "people", Code: CodeTooMany, Limit: fmt.Sprint(MaxPeople)}
	}
	for i, p := range a.People {
		at := fmt.Sprintf("people[%d].", i)
		if p.Email == "" && p.ID == "" {
			return &FieldError{Field: at + "email", Code: CodeNobodyToReach}
		}
		if fault := checkText(at+"name", p.Name, MaxName); fault != nil {
			return fault
		}
		if p.Email != "" && !ValidEmail(p.Email) {
			return &FieldError{Field: at + "email", Code: CodeInvalidEmail}
		}
		if p.ID != "" && !ValidID(p.ID) {
			return &FieldError{Field: at + "id", Code: CodeInvalidID}
		}
		if p.ID != "" && !IsContact(p.ID) && !IsLead(p.ID) {
			return &FieldError{Field: at + "id", Code: CodeInvalidID, Limit: "003, 00Q"}
		}
	}
	return nil
}

// standardObjects are the objects whose ids begin alike in every org (salesforce.md,
// key prefixes).
var standardObjects = map[string]string{"001": "Account", "003": "Contact", "006": "Opportunity", "00Q": "Lead"}

func (a *Activity) checkRelated() *FieldError {
	r := a.RelatedTo
	if r == nil {
		return nil
	}
	if r.ID == "" {
		return &FieldError{Field: "related_to.id", Code: CodeRequired}
	}
	if !ValidID(r.ID) {
		return &FieldError{Field: "related_to.id", Code: CodeInvalidID}
	}
	if fault := checkText("related_to.object", r.Object, MaxName); fault != nil {
		return fault
	}
	if of := standardObjects[r.ID[:3]]; r.Object != "" && of != "" && !strings.EqualFold(r.Object, of) {
		return &FieldError{Field: "related_to.object", Code: CodeUnknownValue, Limit: of}
	}
	return checkText("related_to.name", r.Name, MaxName)
}

func (a *Activity) checkTimes() *FieldError {
	if a.TimeZone != "" {
		if _, err := Zone(a.TimeZone); err != nil {
			return &FieldError{Field: "time_zone", Code: CodeUnknownZone}
		}
	}
	moments := []struct {
		field  string
		m      Moment
		dateOK bool
	}{
		{"occurred_at", a.OccurredAt, false},
		{"start", a.Start, a.AllDay},
		{"end", a.End, a.AllDay},
		{"recurrence_id", a.Recurrence, true},
	}
	for _, x := range moments {
		if x.m == "" {
			continue
		}
		t, err := x.m.Time()
		if err != nil || (x.m.IsDate() && !x.dateOK) {
			return &FieldError{Field: x.field, Code: CodeInvalidTime}
		}
		if t.Year() < MinYear || t.Year() > MaxYear {
			return &FieldError{Field: x.field, Code: CodeOutOfRange, Limit: fmt.Sprintf("%d-%d", MinYear, MaxYear)}
		}
	}
	return a.checkOrder()
}

func (a *Activity) checkOrder() *FieldError {
	if a.Kind != Meeting {
		return nil
	}
	if a.AllDay {
		if first, last, err := a.Days(); err != nil || last.Before(first) {
			return &FieldError{Field: "end", Code: CodeEndBefore}
		}
		return nil
	}
	start, _ := a.Start.Time()
	end, _ := a.End.Time()
	if end.Before(start) {
		return &FieldError{Field: "end", Code: CodeEndBefore}
	}
	return nil
}

// ValidEmail reports whether s is one bare address with a domain; addresses
// beyond ASCII (RFC 6531) are addresses.
func ValidEmail(s string) bool {
	if len(s) > MaxEmail || !isText(s) || strings.ContainsAny(s, " \t\r\n<>,;") {
		return false
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 {
		return false
	}
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Name == ""
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// Zone finds a time zone by its IANA name or by the name Windows gives it.
func Zone(name string) (*time.Location, error) {
	if iana, ok := windowsZones[name]; ok {
		name = iana
	}
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("activity: unknown time zone %q", name)
	}
	return time.LoadLocation(name)
}
