package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

var errNotJSON = errors.New("this is no JSON")

// spot is a place within a value, where something else can be put.
type spot struct {
	name   string
	value  any
	schema *jsonschema.Schema
	put    func(any)
}

// spots are all places of a value that the schema knows, the value itself first.
func spots(name string, value any, s *jsonschema.Schema, put func(any)) []spot {
	s = branch(value, s)
	all := []spot{{name, value, s, put}}
	switch within := value.(type) {
	case map[string]any:
		for _, field := range slices.Sorted(maps.Keys(within)) {
			if known := s.Properties[field]; known != nil {
				all = append(all, spots(field, within[field], known, func(v any) { within[field] = v })...)
			}
		}
	case []any:
		for i := range within {
			all = append(all, spots(name, within[i], s.Items2020, func(v any) { within[i] = v })...)
		}
	}
	return all
}

// branch is the schema that speaks of a value: what a reference means, the one of several.
func branch(value any, s *jsonschema.Schema) *jsonschema.Schema {
	for _, one := range s.OneOf {
		if one.Validate(value) == nil {
			return branch(value, one)
		}
	}
	if s.Ref != nil {
		return branch(value, s.Ref)
	}
	return s
}

// broken changes a value in one place and gives the JSON and what was done. Whether the
// schema then really forbids it is for the schema to say.
func (v *maker) broken(value any, s *jsonschema.Schema) (what string, text []byte) {
	root := value
	at := one(v.rng, spots("the body", value, s, func(other any) { root = other }))
	breaks := v.breaksOf(at)
	what = one(v.rng, slices.Sorted(maps.Keys(breaks)))
	breaks[what]()
	text, err := json.Marshal(root)
	if err != nil {
		return "not to be marshalled", []byte("{")
	}
	return what + " in " + at.name, text
}

// breaksOf are the ways to break a value at a place.
func (v *maker) breaksOf(at spot) map[string]func() {
	breaks := map[string]func(){
		"null":          func() { at.put(nil) },
		"a huge number": func() { at.put(json.Number(one(v.rng, []string{"1e400", "99999999999999999999999999", "-1e308"}))) },
		"another type":  func() { at.put(one(v.rng, []any{true, 7, -1, 1.5, "", []any{}, map[string]any{}, []any{nil}})) },
		"rubbish":       func() { at.put(v.rubbish()) },
		"nesting":       func() { at.put(nested(one(v.rng, []int{3, 15, 17, 2000}))) },
	}
	if fields, ok := at.value.(map[string]any); ok {
		breaks["an unknown field"] = func() { fields[one(v.rng, []string{"zz", "", "__proto__", "subject ", "état"})] = "x" }
		for _, name := range at.schema.Required {
			breaks["no "+name] = func() { delete(fields, name) }
		}
	}
	if most := at.schema.MaxLength; most != nil {
		breaks["too long a text"] = func() { at.put(strings.Repeat("x", *most+1)) }
		breaks["too long a text in accents"] = func() { at.put(strings.Repeat("é", *most+1)) }
	}
	if items, ok := at.value.([]any); ok && at.schema.MaxItems != nil && len(items) > 0 {
		breaks["too many"] = func() { at.put(slices.Repeat(items[:1], *at.schema.MaxItems+1)) }
	}
	if at.schema.Minimum != nil {
		breaks["too little"] = func() { at.put(at.schema.Minimum.Num().Int64() - 1) }
	}
	if at.schema.Enum != nil {
		breaks["out of the list"] = func() { at.put("zz") }
	}
	return breaks
}

// garbled are breaks of the text itself, which no schema sees.
func (v *maker) garbled(text []byte) (what string, garbled []byte) {
	kinds := map[string]string{
		"half a body":     string(text[:len(text)/2]),
		"two bodies":      string(text) + string(text),
		"something after": string(text) + "x",
		"a mark before":   "\ufeff" + string(text),
		"no UTF-8":        strings.Replace(string(text), "{", "{\"\xff\":\"\xff\",", 1),
		"NUL":             strings.Replace(string(text), "{", "{\x00", 1),
		"a deep body":     `{"a":` + string(nested(17)) + `}`,
		"a very deep one": string(nested(100_000)),
		"UTF-16":          "{\x00}\x00",
		"a loose word":    "nope",
	}
	if members, ok := strings.CutPrefix(string(text), "{"); ok && members != "}" {
		kinds["a field twice"] = "{" + strings.TrimSuffix(members, "}") + "," + members
	}
	what = one(v.rng, slices.Sorted(maps.Keys(kinds)))
	return what, []byte(kinds[what])
}

// wellFormed tells a text that the port must at least be able to read (RFC 8259, and
// CONTRACT section 4: UTF-8, not deeper than 16).
func wellFormed(text []byte) bool {
	if !json.Valid(text) || !utf8.Valid(text) {
		return false
	}
	depth, decoder := 0, json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if err != nil || depth > 16 {
			return depth <= 16
		}
	}
}
