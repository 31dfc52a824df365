package config

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

var errSpan = errors.New("a length of time is written like 7d, 12h, 90m or 0")

// ParseSpan reads a length of time that is zero or more: whole days ("30d"), what
// time.ParseDuration takes ("12h", "1h30m"), days before that ("1d12h"), or "0".
func ParseSpan(given string) (time.Duration, error) {
	before, rest, hasDays := strings.Cut(given, "d")
	if !hasDays {
		return parseClock(given)
	}
	days, err := strconv.ParseUint(before, 10, 16)
	if err != nil {
		return 0, errSpan
	}
	length := time.Duration(days) * 24 * time.Hour
	if rest == "" {
		return length, nil
	}
	clock, err := parseClock(rest)
	if err != nil || length+clock < 0 {
		return 0, errSpan
	}
	return length + clock, nil
}

func parseClock(given string) (time.Duration, error) {
	length, err := time.ParseDuration(given)
	if err != nil || length < 0 || strings.HasPrefix(given, "+") || strings.HasPrefix(given, "-") {
		return 0, errSpan
	}
	return length, nil
}
