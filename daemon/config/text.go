package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// parse reads a value as a person types it: a list as "a,b" or JSON, a map as
// JSON, true or false, or the text itself.
func (s *setting) parse(given string) (any, error) {
	trimmed := strings.TrimSpace(given)
	switch s.builtIn.(type) {
	case bool:
		if trimmed != "true" && trimmed != "false" {
			return nil, errForm
		}
		return s.decode(trimmed == "true")
	case []int, []string:
		raw, err := rawList(s, trimmed)
		if err != nil {
			return nil, err
		}
		return s.decode(raw)
	case map[string]any:
		raw, err := fromJSON(trimmed)
		if err != nil {
			return nil, errForm
		}
		return s.decode(raw)
	}
	if s.rule == "types" && strings.HasPrefix(trimmed, "[") {
		if raw, err := fromJSON(trimmed); err == nil {
			return s.decode(raw)
		}
	}
	return s.decode(given)
}

func rawList(s *setting, given string) (any, error) {
	if strings.HasPrefix(given, "[") {
		raw, err := fromJSON(given)
		if err != nil {
			return nil, errForm
		}
		return raw, nil
	}
	_, numbers := s.builtIn.([]int)
	raw := []any{}
	for part := range strings.SplitSeq(given, ",") {
		part = strings.TrimSpace(part)
		switch {
		case part == "" && given == "":
		case numbers:
			raw = append(raw, json.Number(part))
		default:
			raw = append(raw, part)
		}
	}
	return raw, nil
}

// fromJSON decodes one JSON value, its numbers as json.Number.
func fromJSON(given string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(given))
	decoder.UseNumber()
	var raw any
	if err := decoder.Decode(&raw); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errForm
	}
	return raw, nil
}

// Text writes a setting's value the way "config set" reads it.
func Text(value any) string {
	switch given := value.(type) {
	case string:
		return given
	case bool:
		return strconv.FormatBool(given)
	case []string:
		if plainList(given) {
			return strings.Join(given, ",")
		}
	case []int:
		parts := make([]string, len(given))
		for i, number := range given {
			parts[i] = strconv.Itoa(number)
		}
		return strings.Join(parts, ",")
	}
	return toJSON(value)
}

// plainList tells whether the items can stand between commas unquoted.
func plainList(items []string) bool {
	for _, item := range items {
		if item == "" || strings.ContainsAny(item, ",[") || strings.TrimSpace(item) != item {
			return false
		}
	}
	return len(items) > 0
}

func toJSON(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return ""
	}
	return strings.TrimSuffix(out.String(), "\n")
}
