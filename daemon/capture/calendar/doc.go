// Package calendar reads iCalendar text (RFC 5545, RFC 5546) into the meetings
// that a rep would log: each with its time in an offset, its people, and the
// identity by which a later update finds it. It guesses no time zone.
//
// Lines and properties are read by golang-ical, recurrence rules are followed by
// rrule-go; here stand the tolerance that real calendars need, time zones, and
// what METHOD, SEQUENCE and RECURRENCE-ID mean together.
package calendar
