package calendar

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

type duration struct {
	days  int
	clock time.Duration
}

var durationForm = regexp.MustCompile(`^\+?P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$`)

// readDuration reads RFC 5545 section 3.3.6; one that goes back is none.
func readDuration(value string) (duration, error) {
	parts := durationForm.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(value)))
	if parts == nil {
		return duration{}, errClock
	}
	var n [6]int
	for i := 1; i < len(parts); i++ {
		n[i], _ = strconv.Atoi(parts[i]) // digits, or empty for none
	}
	return duration{
		days:  7*n[1] + n[2],
		clock: time.Duration(n[3])*time.Hour + time.Duration(n[4])*time.Minute + time.Duration(n[5])*time.Second,
	}, nil
}
