package capture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"fieldpost/outbox/activity"
)

// MaxActivities is the longest array of activities taken (CONTRACT section 4).
const MaxActivities = 500

// MaxDepth is how deep JSON may be nested (CONTRACT section 4).
const MaxDepth = 16

// An Entry is one activity of a JSON text, or why it is none.
type Entry struct {
	// Activity holds at least the key where there is one: a key that was captured
	// before is answered whatever else the entry says (CONTRACT section 4).
	Activity activity.Activity
	// Err is a *Refusal whose field starts at the entry ("people[0].email").
	Err error
}

// DecodeActivity reads one activity from JSON. It is strict: valid UTF-8 alone,
// no unknown and no repeated field, no other type than the field's own, nothing
// behind the value, at most MaxDepth levels. The caller limits the size. An
// error is a *Refusal; the activity is not validated yet.
func DecodeActivity(data []byte) (activity.Activity, error) {
	var a activity.Activity
	if fault := checkText(data); fault != nil {
		return a, fault
	}
	if fault := decode(data, &a); fault != nil {
		return activity.Activity{}, fault
	}
	return a, nil
}

// DecodeActivities reads one activity or an array of at most MaxActivities.
// A fault of the text as a whole is the error; a fault of one entry stands in
// the entry. List tells whether the text was an array.
func DecodeActivities(data []byte) (entries []Entry, list bool, err error) {
	if first := bytes.TrimLeft(data, " \t\r\n"); len(first) == 0 || first[0] != '[' {
		a, err := DecodeActivity(data)
		if key := keyIn(data); err != nil && key != "" {
			return []Entry{faulty(key, err)}, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		return []Entry{{Activity: a}}, false, nil
	}
	if fault := checkText(data); fault != nil {
		return nil, true, fault
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, true, notJSON(err)
	}
	if len(raw) > MaxActivities {
		return nil, true, Refuse(TooManyActivities, "n", fmt.Sprint(len(raw)), "limit", fmt.Sprint(MaxActivities))
	}
	entries = make([]Entry, len(raw))
	for i, one := range raw {
		if fault := decode(one, &entries[i].Activity); fault != nil {
			entries[i] = faulty(keyIn(one), fault)
		}
	}
	return entries, true, nil
}

func faulty(key string, fault error) Entry {
	return Entry{Activity: activity.Activity{Key: key}, Err: fault}
}

// keyIn finds the key of an entry that is otherwise at fault, "" where there is none.
func keyIn(data []byte) string {
	var entry struct {
		Key string `json:"key"`
	}
	if !json.Valid(data) {
		return ""
	}
	_ = json.Unmarshal(data, &entry) // a key of another type is none
	return entry.Key
}

// WithoutMark takes the mark off with which Windows programs begin a file in UTF-8.
// It is for files: what comes over the port has none (RFC 8259 section 8.1).
func WithoutMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }

// checkText holds the text as a whole: UTF-8, and not too deep to be walked.
func checkText(data []byte) *Refusal {
	if !utf8.Valid(data) {
		return Refuse(NotJSON, "at", "")
	}
	depth, inString := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return Refuse(TooDeep, "limit", fmt.Sprint(MaxDepth))
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

func decode(data []byte, a *activity.Activity) *Refusal {
	if fault := fits(data, activityType); fault != nil {
		return fault
	}
	if err := json.Unmarshal(data, a); err != nil {
		return notJSON(err)
	}
	return nil
}
