package config

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The decoders take what TOML and JSON give (string, bool, int64, float64,
// json.Number, []any, map[string]any) and return a cleaned value, errForm for the
// wrong type or errValue for a value that is not allowed.

func decodeText(ok check) func(any) (string, error) {
	return func(raw any) (string, error) {
		given, isText := raw.(string)
		if !isText {
			return "", errForm
		}
		cleaned, allowed := ok(strings.TrimSpace(given))
		if !allowed || strings.ContainsRune(given, 0) || !utf8.ValidString(given) {
			return "", errValue
		}
		return cleaned, nil
	}
}

func decodeFlag(raw any) (bool, error) {
	given, ok := raw.(bool)
	if !ok {
		return false, errForm
	}
	return given, nil
}

func decodeList(each check) func(any) ([]string, error) {
	one := decodeText(each)
	return func(raw any) ([]string, error) {
		given, ok := raw.([]any)
		if !ok {
			return nil, errForm
		}
		values := make([]string, 0, len(given))
		for _, item := range given {
			value, err := one(item)
			if err != nil {
				return nil, err
			}
			values = append(values, value)
		}
		return dedupe(values), nil
	}
}

func decodePorts(raw any) ([]int, error) {
	given, ok := raw.([]any)
	if !ok {
		return nil, errForm
	}
	var ports []int
	for _, item := range given {
		number, ok := whole(item)
		if !ok {
			return nil, errForm
		}
		if number < 1 || number > 65535 || slices.Contains(ports, int(number)) {
			return nil, errValue
		}
		ports = append(ports, int(number))
	}
	if len(ports) == 0 {
		return nil, errValue
	}
	return ports, nil
}

// decodeVersion takes "66.0", "v66.0", 66 and 66.0: TOML invites the bare number.
func decodeVersion(raw any) (string, error) {
	given, ok := raw.(string)
	if !ok {
		number, isNumber := float(raw)
		if !isNumber {
			return "", errForm
		}
		given = strconv.FormatFloat(number, 'f', -1, 64)
	}
	given = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(given), "v"), ".0")
	major, err := strconv.Atoi(given)
	if err != nil || major < 20 || major > 999 {
		return "", errValue
	}
	return strconv.Itoa(major) + ".0", nil
}

// decodeSpan checks a length of time and keeps its text; a bare 0 is a number in
// TOML and JSON.
func decodeSpan(raw any) (string, error) {
	if number, ok := whole(raw); ok && number == 0 {
		return "0", nil
	}
	given, ok := raw.(string)
	if !ok {
		return "", errForm
	}
	given = strings.TrimSpace(given)
	if length, err := ParseSpan(given); err != nil || length > 3650*24*time.Hour {
		return "", errValue
	}
	return given, nil
}

func decodeOneOrMore(raw any) (any, error) {
	if _, ok := raw.(string); ok {
		return decodeText(anyText)(raw)
	}
	return decodeList(notBlank)(raw)
}

func decodeChannelTypes(raw any) (map[string]any, error) {
	given, ok := raw.(map[string]any)
	if !ok {
		return nil, errForm
	}
	types := map[string]any{}
	for channel, wished := range given {
		if !slices.Contains([]string{"email", "link", "space"}, channel) {
			return nil, errValue
		}
		value, err := decodeOneOrMore(wished)
		if err != nil {
			return nil, err
		}
		types[channel] = value
	}
	return types, nil
}

func decodeConstants(raw any) (map[string]any, error) {
	given, ok := raw.(map[string]any)
	if !ok {
		return nil, errForm
	}
	fields := map[string]any{}
	for name, value := range given {
		if _, ok := apiName(name); !ok {
			return nil, errValue
		}
		constant, err := decodeConstant(value)
		if err != nil {
			return nil, err
		}
		fields[name] = constant
	}
	return fields, nil
}

func decodeConstant(raw any) (any, error) {
	switch value := raw.(type) {
	case string:
		return decodeText(func(s string) (string, bool) { return value, true })(raw)
	case bool:
		return value, nil
	}
	if number, ok := whole(raw); ok {
		return number, nil
	}
	number, ok := float(raw)
	if !ok {
		return nil, errForm
	}
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return nil, errValue
	}
	return number, nil
}

func whole(raw any) (int64, bool) {
	switch number := raw.(type) {
	case int64:
		return number, true
	case json.Number:
		value, err := number.Int64()
		return value, err == nil
	}
	return 0, false
}

func float(raw any) (float64, bool) {
	switch number := raw.(type) {
	case int64:
		return float64(number), true
	case float64:
		return number, true
	case json.Number:
		value, err := number.Float64()
		return value, err == nil
	}
	return 0, false
}

// asList gives the texts of a value that may be one text or a list of them.
func asList(value any) []string {
	switch given := value.(type) {
	case string:
		if given != "" {
			return []string{given}
		}
	case []string:
		return given
	}
	return []string{}
}
