package calendar

import (
	"strings"

	"github.com/teambition/rrule-go"

	"fieldpost/daemon/capture"
)

// ruleParts are the parts of an RRULE that are understood (RFC 5545 section
// 3.3.10); others, which programs add, change nothing.
var ruleParts = map[string]bool{
	"FREQ": true, "UNTIL": true, "COUNT": true, "INTERVAL": true, "BYSECOND": true, "BYMINUTE": true, "BYHOUR": true,
	"BYDAY": true, "BYMONTHDAY": true, "BYYEARDAY": true, "BYWEEKNO": true, "BYMONTH": true, "BYSETPOS": true, "WKST": true,
}

// mostADay bounds how often a rule may recur within one day.
const mostADay = 24

// readRule reads an RRULE. One that recurs by the hour or faster is no series of
// meetings, and following it could cost without bound.
func readRule(value string) (*rrule.ROption, error) {
	var parts []string
	for _, part := range strings.FieldsFunc(strings.ToUpper(value), func(r rune) bool { return r == ';' || r == ' ' }) {
		key, _, _ := strings.Cut(part, "=")
		if ruleParts[key] {
			parts = append(parts, part)
		} else if n := len(parts); n > 0 && !strings.Contains(part, "=") {
			parts[n-1] += part // a list that was broken by a blank
		}
	}
	option, err := rrule.StrToROption(strings.Join(parts, ";"))
	if err != nil || option.Freq >= rrule.HOURLY || timesADay(option) > mostADay {
		return nil, capture.Refuse(capture.UnreadableRule)
	}
	if _, err := rrule.NewRRule(*option); err != nil {
		return nil, capture.Refuse(capture.UnreadableRule)
	}
	return option, nil
}

func timesADay(option *rrule.ROption) int {
	times := 1
	for _, list := range [][]int{option.Byhour, option.Byminute, option.Bysecond} {
		times *= max(1, len(list))
	}
	return times
}

// untilIn finds the UNTIL of a rule as it was written.
func untilIn(rule string) string {
	for _, part := range strings.Split(strings.ToUpper(rule), ";") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(part), "UNTIL="); ok {
			return value
		}
	}
	return ""
}
