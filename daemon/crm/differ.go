package crm

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fieldpost/outbox/activity"
)

// Differences names the fields of a record that Salesforce holds otherwise than they
// were sent. What the org writes in its own manner (the form of a time or an id, line
// ends) is no difference; lists of ids, which it does not give back, are left out.
func Differences(sent *Record, actual map[string]any) []string {
	var fields []string
	for _, field := range slices.Sorted(maps.Keys(sent.Fields)) {
		if !alike(sent.Fields[field], actual[field]) {
			fields = append(fields, field)
		}
	}
	return fields
}

func alike(sent, actual any) bool {
	switch want := sent.(type) {
	case []string:
		return true
	case string:
		has, _ := actual.(string)
		return sameText(want, has) || sameInstant(want, has) || activity.ValidID(want) && activity.SameID(want, has)
	}
	return asJSON(sent) == asJSON(actual)
}

func asJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

func sameText(a, b string) bool {
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return plain(a) == plain(b)
}

func sameInstant(a, b string) bool {
	at, errA := instantOf(a)
	other, errB := instantOf(b)
	return errA == nil && errB == nil && at.Equal(other)
}

// ReadTime is how Salesforce writes a time (salesforce.md 3.3).
const ReadTime = "2006-01-02T15:04:05.000-0700"

func instantOf(text string) (time.Time, error) {
	if t, err := time.Parse(ReadTime, text); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, text)
}
