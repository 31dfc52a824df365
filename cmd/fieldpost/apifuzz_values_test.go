package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// maker makes values from schemas. The same source makes the same values.
type maker struct {
	rng *rand.Rand
	// likely are, by the name of a field, values that mean something to the program:
	// without them hardly a request gets further than the first look-up.
	likely map[string][]any
	// guided is how often, in a hundred, a likely value is taken where there is one.
	guided int
}

func one[T any](rng *rand.Rand, of []T) T { return of[rng.IntN(len(of))] }

func (v *maker) chance(percent int) bool { return v.rng.IntN(100) < percent }

// following makes a value that follows a schema, false where 50 tries made none.
func (v *maker) following(name string, s *jsonschema.Schema) (any, bool) {
	for range 50 {
		if made := v.draw(name, s); s.Validate(made) == nil {
			return made, true
		}
	}
	return nil, false
}

// draw makes a value that mostly follows a schema.
func (v *maker) draw(name string, s *jsonschema.Schema) any {
	if known := v.likely[name]; len(known) > 0 && v.chance(v.guided) {
		if pick := one(v.rng, known); s.Validate(pick) == nil {
			return pick
		}
	}
	switch {
	case s.Ref != nil:
		return v.draw(name, s.Ref)
	case s.Const != nil:
		return *s.Const
	case s.Enum != nil:
		return one(v.rng, s.Enum.Values)
	case len(s.OneOf) > 0:
		return v.draw(name, one(v.rng, s.OneOf))
	}
	switch one(v.rng, typesOf(s)) {
	case "object":
		made := map[string]any{}
		v.fill(made, s, s)
		return made
	case "array":
		return v.array(name, s)
	case "string":
		return v.text(s)
	case "integer", "number":
		return v.integer(s)
	case "boolean":
		return v.chance(50)
	}
	return nil
}

// typesOf are the types that a schema takes, by its other words where it names none.
func typesOf(s *jsonschema.Schema) []string {
	switch {
	case s.Types != nil:
		return s.Types.ToStrings()
	case len(s.Properties) > 0:
		return []string{"object"}
	case s.Pattern != nil || s.Format != nil || s.MinLength != nil || s.MaxLength != nil:
		return []string{"string"}
	}
	return []string{"string", "integer", "boolean", "null"}
}

// fill gives an object what a part of its schema asks for; the whole schema knows the fields.
func (v *maker) fill(made map[string]any, part, whole *jsonschema.Schema) {
	for _, name := range slices.Sorted(maps.Keys(part.Properties)) {
		field := part.Properties[name]
		value, has := made[name]
		switch {
		case field.Bool != nil && !*field.Bool:
			delete(made, name)
		case part == whole && v.chance(35), has && field.Validate(value) != nil:
			made[name] = v.draw(name, field)
		}
	}
	for _, name := range part.Required {
		if _, has := made[name]; !has {
			made[name] = v.draw(name, whole.Properties[name])
		}
	}
	if len(part.AnyOf) > 0 {
		v.fill(made, one(v.rng, part.AnyOf), whole)
	}
	switch {
	case part.If == nil:
	case part.If.Validate(made) == nil && part.Then != nil:
		v.fill(made, part.Then, whole)
	case part.If.Validate(made) != nil && part.Else != nil:
		v.fill(made, part.Else, whole)
	}
}

func (v *maker) array(name string, s *jsonschema.Schema) any {
	length := v.rng.IntN(4)
	if s.MaxItems != nil {
		length = min(length, *s.MaxItems)
	}
	made := []any{}
	for range length {
		made = append(made, v.draw(name, s.Items2020))
	}
	return made
}

func (v *maker) integer(s *jsonschema.Schema) any {
	least := 0
	if s.Minimum != nil {
		least = int(s.Minimum.Num().Int64())
	}
	return least + one(v.rng, []int{0, 1, 7, 100, 499, 100_000})
}

// alphabets are what a rep may type; NUL, which no text may hold, is among the breaks.
var alphabets = []string{"abc XYZ 019", "é ü ß ñ œ", "日本語 中文", "👩‍👩‍👧 🎉", "שלום \u202e", `<script>"'&;--%`, "\t\n\\/{}[]"}

func (v *maker) text(s *jsonschema.Schema) string {
	switch {
	case s.Format != nil && s.Format.Name == "uri":
		return fmt.Sprintf("https://acme.showpad.biz/share/%d?q=%%C3%%A9#x", v.rng.IntN(1000))
	case s.Format != nil && s.Format.Name == "date-time":
		return fmt.Sprintf("%d-%02d-%02dT%02d:30:00%s", 1990+v.rng.IntN(110), 1+v.rng.IntN(12), 1+v.rng.IntN(28), v.rng.IntN(24), one(v.rng, []string{"Z", "+01:00", "-09:30"}))
	case s.Pattern != nil:
		return rapid.StringMatching(s.Pattern.String()).Example(int(v.rng.Int32()))
	}
	least, most := 0, 60
	if s.MinLength != nil {
		least = *s.MinLength
	}
	if s.MaxLength != nil {
		most = *s.MaxLength
		if v.chance(95) {
			most = min(most, 60)
		}
	}
	letters := []rune(one(v.rng, alphabets))
	text := make([]rune, least+v.rng.IntN(most-least+1))
	for i := range text {
		text[i] = one(v.rng, letters)
	}
	return string(text)
}

// rubbish is a text that nobody types.
func (v *maker) rubbish() string {
	return one(v.rng, []string{
		rapid.String().Example(int(v.rng.Int32())), "a\x00b", "' OR Name != '", "../../etc/passwd", "%s%n", "\u202e\u200b", strings.Repeat("é", 3000),
	})
}

// nested is JSON of a depth.
func nested(depth int) json.RawMessage {
	return json.RawMessage(strings.Repeat("[", depth) + strings.Repeat("]", depth))
}
