package soql

import (
	"strings"
	"time"
)

// A Span is a time range: from included, to excluded.
type Span struct{ From, To time.Time }

func isRange(word string) bool {
	_, known := SpanOf(strings.ToUpper(word), 0, time.Unix(0, 0).UTC())
	return known
}

// SpanOf computes a date literal in the zone of now, which is the user's.
func SpanOf(name string, n int, now time.Time) (Span, bool) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	days := func(from, to int) Span { return Span{today.AddDate(0, 0, from), today.AddDate(0, 0, to)} }
	weekday := int(now.Weekday())
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	months := func(from, to int) Span { return Span{month.AddDate(0, from, 0), month.AddDate(0, to, 0)} }
	year := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, now.Location())
	years := func(from, to int) Span { return Span{year.AddDate(from, 0, 0), year.AddDate(to, 0, 0)} }
	switch name {
	case "TODAY":
		return days(0, 1), true
	case "YESTERDAY":
		return days(-1, 0), true
	case "TOMORROW":
		return days(1, 2), true
	case "THIS_WEEK":
		return days(-weekday, 7-weekday), true
	case "LAST_WEEK":
		return days(-weekday-7, -weekday), true
	case "NEXT_WEEK":
		return days(7-weekday, 14-weekday), true
	case "THIS_MONTH":
		return months(0, 1), true
	case "LAST_MONTH":
		return months(-1, 0), true
	case "NEXT_MONTH":
		return months(1, 2), true
	case "THIS_YEAR":
		return years(0, 1), true
	case "LAST_YEAR":
		return years(-1, 0), true
	case "NEXT_YEAR":
		return years(1, 2), true
	case "LAST_90_DAYS":
		return days(-90, 1), true
	case "LAST_N_DAYS":
		return days(-n, 1), true
	case "NEXT_N_DAYS":
		return days(1, n+1), true
	case "N_DAYS_AGO":
		return days(-n, -n+1), true
	case "LAST_N_MONTHS":
		return months(-n, 0), true
	}
	return Span{}, false
}
