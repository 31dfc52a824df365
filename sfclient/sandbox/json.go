package sandbox

import (
	"encoding/json"
	"strconv"
)

// entries is a JSON object that keeps the order of its members, as Salesforce's
// answers do ("attributes" first, then the fields as selected).
type entries []entry

type entry struct {
	name  string
	value any
}

func (e entries) get(name string) (any, bool) {
	for _, member := range e {
		if member.name == name {
			return member.value, true
		}
	}
	return nil, false
}

// appendJSON writes the values that answers are made of without reflection: pages
// of two thousand rows are this server's heaviest work.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case string:
		return appendString(b, v)
	case entries:
		return appendObject(b, v)
	case []entries:
		return appendArray(b, v)
	case []string:
		return appendArray(b, v)
	case []any:
		return appendArray(b, v)
	}
	return appendOther(b, v)
}

func appendObject(b []byte, members entries) []byte {
	b = append(b, '{')
	for i, member := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, member.name)
		b = append(b, ':')
		b = appendJSON(b, member.value)
	}
	return append(b, '}')
}

func appendArray[T any](b []byte, values []T) []byte {
	b = append(b, '[')
	for i, value := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, value)
	}
	return append(b, ']')
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return appendOther(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendOther(b []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // nothing that cannot be written is ever stored
		return append(b, "null"...)
	}
	return append(b, text...)
}
