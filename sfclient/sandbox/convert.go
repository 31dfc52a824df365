package sandbox

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// convert turns a JSON value into what a field stores: text, bool, float64, a date
// "2006-01-02", or a datetime as stamp writes it. Nothing and "" are nil.
func (f *Field) convert(value any) (any, *apiError) {
	if value == nil || value == "" {
		return nil, nil
	}
	switch f.Type {
	case "boolean":
		return typed[bool](f, value)
	case "int":
		if n, ok := value.(float64); ok && n != math.Trunc(n) {
			return nil, f.wrongType(value)
		}
		return typed[float64](f, value)
	case "double", "currency", "percent":
		return typed[float64](f, value)
	case "junctionIdList":
		return f.convertIDs(value)
	}
	s, ok := value.(string)
	if !ok {
		return nil, f.wrongType(value)
	}
	switch f.Type {
	case "reference", "id":
		return f.convertID(s)
	case "date":
		return f.convertDate(s)
	case "datetime":
		return f.convertTime(s)
	}
	return f.convertText(s)
}

func typed[T any](f *Field, value any) (any, *apiError) {
	if _, ok := value.(T); !ok {
		return nil, f.wrongType(value)
	}
	return value, nil
}

func (f *Field) convertText(s string) (any, *apiError) {
	switch {
	case f.Length > 0 && utf8.RuneCountInString(s) > f.Length:
		return nil, refusal("STRING_TOO_LONG",
			fmt.Sprintf("%s: data value too large: %s (max length=%d)", f.Label, s, f.Length), f.Name)
	case f.Restricted && !f.hasChoice(s):
		return nil, refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
			fmt.Sprintf("%s: bad value for restricted picklist field: %s", f.Label, s), f.Name)
	case f.Type == "email" && !plausibleEmail(s):
		return nil, refusal("INVALID_EMAIL_ADDRESS", f.Label+": invalid email address: "+s, f.Name)
	}
	return s, nil
}

func plausibleEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(s, " \t\r\n,;")
}

func (f *Field) convertID(s string) (any, *apiError) {
	id, ok := parseID(s)
	if !ok {
		return nil, refusal("MALFORMED_ID", f.Label+": id value of incorrect type: "+s, f.Name)
	}
	return id, nil
}

func (f *Field) convertIDs(value any) (any, *apiError) {
	list, ok := value.([]any)
	if !ok {
		return nil, f.wrongType(value)
	}
	ids := make([]string, 0, len(list))
	for _, each := range list {
		s, ok := each.(string)
		if !ok {
			return nil, f.wrongType(each)
		}
		id, err := f.convertID(s)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id.(string))
	}
	return ids, nil
}

// convertDate ignores a time after the date, as Salesforce does for ActivityDate.
func (f *Field) convertDate(s string) (any, *apiError) {
	day, _, _ := strings.Cut(s, "T")
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return nil, f.wrongType(s)
	}
	return day, nil
}

func (f *Field) convertTime(s string) (any, *apiError) {
	t, ok := parseTime(s)
	if !ok {
		return nil, f.wrongType(s)
	}
	return stamp(t), nil
}

func parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, stampLayout, "2006-01-02T15:04:05-0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// wrongType is the one refusal that concerns the whole call, also for a collection:
// the JSON cannot be read as the record that it should be.
func (f *Field) wrongType(value any) *apiError {
	kind := map[string]string{"int": "int", "boolean": "boolean", "date": "date", "datetime": "datetime"}[f.Type]
	if kind == "" {
		kind = "string"
	}
	return unparsable(fmt.Sprintf("Cannot deserialize instance of %s from %s or request may be missing a required field at [line:1, column:1]",
		kind, tokenOf(value)))
}

func tokenOf(value any) string {
	switch v := value.(type) {
	case string:
		return "VALUE_STRING value " + v
	case bool:
		return strings.ToUpper(fmt.Sprintf("VALUE_%t", v))
	case float64:
		n, _ := json.Marshal(v)
		return "VALUE_NUMBER value " + string(n)
	case []any:
		return "START_ARRAY value ["
	}
	return "START_OBJECT value {"
}
