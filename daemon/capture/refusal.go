package capture

import (
	"errors"
	"fmt"

	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// A Refusal is a reason why something cannot be captured. Code is stable and
// language-free, Field is the JSON path of what is wrong where there is one
// ("people[2].email"), Args fill the sentence that Explain tells.
type Refusal struct {
	Code  string
	Field string
	Args  outbox.Args
}

// The codes of a Refusal, besides those of activity.FieldError.
const (
	// NotJSON: not one JSON value in valid UTF-8.
	NotJSON = "not_json"
	// TooDeep: JSON nested deeper than MaxDepth.
	TooDeep = "too_deep"
	// UnknownField: a field that an activity does not have.
	UnknownField = "unknown_field"
	// DuplicateField: the same field twice.
	DuplicateField = "duplicate_field"
	// WrongType: a field of another JSON type than its own.
	WrongType = "wrong_type"
	// TooManyActivities: more than MaxActivities in one array.
	TooManyActivities = "too_many_activities"
	// UnknownFile: a file that is none of .json, .eml, .msg and .ics.
	UnknownFile = "unknown_file"
	// EmptyFile: a file without content.
	EmptyFile = "empty_file"
	// TooLarge: a file above MaxFileBytes.
	TooLarge = "too_large"
	// Unreadable: a file that this user may not read.
	Unreadable = "unreadable"
	// Unparsable: a file that no reader gets through.
	Unparsable = "unparsable"
	// NotMail: no header block of a mail.
	NotMail = "not_mail"
	// DeliveryReceipt: a notice of delivery, of non-delivery or of reading.
	DeliveryReceipt = "receipt"
	// NotCalendar: no calendar inside.
	NotCalendar = "not_calendar"
	// NothingToLog: a calendar with no meeting to log (REPLY, COUNTER, tasks, free/busy).
	NothingToLog = "nothing_to_log"
	// NotYetTaken: a series of which nothing took place in the last 90 days.
	NotYetTaken = "nothing_took_place"
	// SeriesInMessage: a series saved as .msg, which tells its instances in a form of
	// Outlook's own.
	SeriesInMessage = "series_in_message"
	// NoTime: a meeting without a readable start.
	NoTime = "no_time"
	// UnknownZone: a time zone that nobody defines.
	UnknownZone = activity.CodeUnknownZone
	// UnreadableRule: a recurrence that cannot be followed.
	UnreadableRule = "unreadable_rule"
	// Excluded: nobody is left once the excluded people are.
	Excluded = "excluded"
	// PrivateItem: marked private by its owner.
	PrivateItem = "private"
	// Internal: among the rep's own domain only, which privacy.internal drops.
	Internal = "internal"
	// AccessDenied: the company lets others use fieldpost, not this rep.
	AccessDenied = "access_denied"
	// RelatedNotAllowed: a Related To that this kind of activity may not have.
	RelatedNotAllowed = "related_to_not_allowed"
)

// MaxFileBytes is the largest file taken (CONTRACT section 4).
const MaxFileBytes = 50 << 20

func (r *Refusal) Error() string {
	if r.Field != "" {
		return fmt.Sprintf("capture: %s: %s", r.Field, r.Code)
	}
	return "capture: " + r.Code
}

// Private reports whether the refusal is for privacy's sake: such input leaves
// no trace but the count.
func (r *Refusal) Private() bool {
	return r.Code == Excluded || r.Code == PrivateItem || r.Code == Internal
}

// Refuse makes a Refusal with particulars given as name, value pairs.
func Refuse(code string, pairs ...string) *Refusal {
	r := &Refusal{Code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if r.Args == nil {
			r.Args = outbox.Args{}
		}
		r.Args[pairs[i]] = pairs[i+1]
	}
	return r
}

// AsRefusal finds the Refusal in err; an activity.FieldError is one, too.
func AsRefusal(err error) (*Refusal, bool) {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal, true
	}
	var fault *activity.FieldError
	if errors.As(err, &fault) {
		return ofField(fault), true
	}
	return nil, false
}

func ofField(fault *activity.FieldError) *Refusal {
	r := Refuse(fault.Code, "field", fault.Field, "limit", fault.Limit)
	r.Field = fault.Field
	return r
}

// InEntry places a refusal in one entry of an array ("[3].subject"). Another
// error stays what it is.
func InEntry(err error, i int) error {
	r, ok := AsRefusal(err)
	if !ok {
		return err
	}
	placed := *r
	placed.Field = joinField(fmt.Sprintf("[%d]", i), r.Field)
	placed.Args = outbox.Args{}
	for name, value := range r.Args {
		placed.Args[name] = value
	}
	placed.Args["field"] = placed.Field
	return &placed
}

func joinField(path, field string) string {
	if path == "" || field == "" || field[0] == '[' {
		return path + field
	}
	return path + "." + field
}
