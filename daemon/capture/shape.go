package capture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"

	"fieldpost/outbox/activity"
)

// shape walks JSON text along a Go type and names what does not fit. It is
// stricter than encoding/json: names are compared exactly, none may come twice
// or be unknown, and a fault is told with its path.
type shape struct {
	dec *json.Decoder
	// fields are those of the types met, by their names.
	fields map[reflect.Type]map[string]reflect.Type
}

// fits checks that data is one JSON value that fits t.
func fits(data []byte, t reflect.Type) *Refusal {
	s := &shape{dec: json.NewDecoder(bytes.NewReader(data)), fields: map[reflect.Type]map[string]reflect.Type{}}
	s.dec.UseNumber()
	if fault := s.value("", t); fault != nil {
		return fault
	}
	if _, err := s.dec.Token(); err != io.EOF {
		return notJSON(err)
	}
	return nil
}

func (s *shape) value(path string, t reflect.Type) *Refusal {
	token, err := s.dec.Token()
	if err != nil {
		return notJSON(err)
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch token := token.(type) {
	case json.Delim:
		return s.nested(path, t, token)
	case nil:
		if path != "" { // a field that is null is as one left out
			return nil
		}
	case json.Number:
		if _, err := token.Int64(); t.Kind() == reflect.Int && err == nil {
			return nil
		}
	case string:
		if t.Kind() == reflect.String {
			return nil
		}
	case bool:
		if t.Kind() == reflect.Bool {
			return nil
		}
	}
	return wrongType(path, t)
}

func (s *shape) nested(path string, t reflect.Type, open json.Delim) *Refusal {
	switch {
	case open == '{' && t.Kind() == reflect.Struct:
		return s.object(path, t)
	case open == '[' && t.Kind() == reflect.Slice:
		return s.array(path, t)
	}
	return wrongType(path, t)
}

func (s *shape) object(path string, t reflect.Type) *Refusal {
	seen := map[string]bool{}
	fields := s.fieldsOf(t)
	for s.dec.More() {
		token, err := s.dec.Token()
		if err != nil {
			return notJSON(err)
		}
		name, _ := token.(string)
		at := joinField(path, name)
		field, known := fields[name]
		if !known {
			return inField(UnknownField, at)
		}
		if seen[name] {
			return inField(DuplicateField, at)
		}
		seen[name] = true
		if fault := s.value(at, field); fault != nil {
			return fault
		}
	}
	return s.closing()
}

func (s *shape) array(path string, t reflect.Type) *Refusal {
	for i := 0; s.dec.More(); i++ {
		if fault := s.value(fmt.Sprintf("%s[%d]", path, i), t.Elem()); fault != nil {
			return fault
		}
	}
	return s.closing()
}

func (s *shape) closing() *Refusal {
	if _, err := s.dec.Token(); err != nil {
		return notJSON(err)
	}
	return nil
}

// fieldsOf gives the types of the fields that JSON has for t.
func (s *shape) fieldsOf(t reflect.Type) map[string]reflect.Type {
	if s.fields[t] == nil {
		s.fields[t] = map[string]reflect.Type{}
		for _, field := range reflect.VisibleFields(t) {
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
				s.fields[t][name] = field.Type
			}
		}
	}
	return s.fields[t]
}

func notJSON(err error) *Refusal {
	if syntax, ok := err.(*json.SyntaxError); ok {
		return Refuse(NotJSON, "at", fmt.Sprint(syntax.Offset))
	}
	return Refuse(NotJSON, "at", "")
}

func inField(code, path string) *Refusal {
	r := Refuse(code, "field", path)
	r.Field = path
	return r
}

func wrongType(path string, t reflect.Type) *Refusal {
	r := inField(WrongType, path)
	r.Args["want"] = jsonType(t)
	return r
}

func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "object"
	case reflect.Slice:
		return "array"
	case reflect.Bool:
		return "boolean"
	case reflect.Int:
		return "integer"
	}
	return "string"
}

var activityType = reflect.TypeFor[activity.Activity]()
