package activity

import (
	"fmt"
	"time"
)

// Moment is a point in time or a calendar day in the words it was given in:
// RFC 3339 with an offset ("2026-11-22T14:00:00+01:00") or a date ("2026-11-22").
type Moment string

// MomentOf writes t as a Moment, to the second, in t's own offset.
func MomentOf(t time.Time) Moment { return Moment(t.Format(time.RFC3339)) }

// DayOf writes t's calendar day as a Moment.
func DayOf(t time.Time) Moment { return Moment(t.Format(time.DateOnly)) }

// IsDate reports whether the moment names a day and no hour.
func (m Moment) IsDate() bool {
	_, err := time.Parse(time.DateOnly, string(m))
	return err == nil
}

// IsUTC reports whether the moment was written in UTC ("Z", "+00:00"), which
// says when it was but not on which calendar day it was for the rep.
func (m Moment) IsUTC() bool {
	t, err := time.Parse(time.RFC3339, string(m))
	if err != nil {
		return false
	}
	_, offset := t.Zone()
	return offset == 0
}

// Time reads the moment; a date is midnight UTC. The result keeps the offset it
// was written with.
func (m Moment) Time() (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, string(m)); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, string(m))
	if err != nil {
		return time.Time{}, fmt.Errorf("activity: %q is neither an RFC 3339 time nor a date", string(m))
	}
	_, offset := t.Zone()
	return t.In(time.FixedZone("", offset)), nil
}

// In gives the moment as a time in zone, for showing. An empty or unreadable
// moment gives the zero time.
func (m Moment) In(zone *time.Location) time.Time {
	t, err := m.Time()
	if err != nil {
		return time.Time{}
	}
	if m.IsDate() {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
	}
	return t.In(zone)
}

// Days gives the first and the last calendar day of an all-day meeting. Times
// count by their own calendar day, and an end at exactly 00:00 after the start
// belongs to the day before (CONTRACT section 4).
func (a *Activity) Days() (first, last time.Time, err error) {
	start, err := a.Start.Time()
	if err != nil {
		return first, last, err
	}
	end, err := a.End.Time()
	if err != nil {
		return first, last, err
	}
	first, last = calendarDay(start), calendarDay(end)
	midnight := !a.End.IsDate() && end.Hour() == 0 && end.Minute() == 0 && end.Second() == 0
	if midnight && last.After(first) {
		last = last.AddDate(0, 0, -1)
	}
	return first, last, nil
}

func calendarDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
