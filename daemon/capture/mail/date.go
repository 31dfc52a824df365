package mail

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// namedOffsets are the zone names that RFC 5322 section 4.3 gives a meaning;
// net/mail reads them as UTC.
var namedOffsets = map[string]string{
	"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500",
	"MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700",
}

var zoneName = regexp.MustCompile(`\b(?:E|C|M|P)[SD]T\b`)

// date reads a Date header and keeps the offset that it was written with; zero
// where it cannot be read.
func date(header string) time.Time {
	header = withoutComments(oneLine(header))
	header = zoneName.ReplaceAllStringFunc(header, func(name string) string { return namedOffsets[name] })
	t, err := mail.ParseDate(strings.TrimSpace(header))
	if err != nil {
		return time.Time{}
	}
	_, offset := t.Zone()
	return t.In(time.FixedZone("", offset))
}
