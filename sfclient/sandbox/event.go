package sandbox

import (
	"fmt"
	"math"
	"slices"
	"time"
)

const (
	day          = 24 * time.Hour
	longestEvent = 14 * day
)

// completeEvent holds the rules of salesforce.md section 3.2. The code for an event
// without any duration is not documented; FIELD_INTEGRITY_EXCEPTION is assumed.
func (t *tx) completeEvent(d *draft) *apiError {
	if err := t.completePeople(d); err != nil {
		return err
	}
	if d.truth("IsPrivate") && (d.value("WhoId") != nil || slices.Contains(privateFrom(), t.objectOf(d.text("WhatId")))) {
		return integrity("A private event cannot be related to accounts, opportunities, leads and contacts", "IsPrivate")
	}
	start, err := startOf(d)
	if err != nil {
		return err
	}
	length, err := lengthOf(d, start)
	if err != nil {
		return err
	}
	if err := t.checkLength(d, length); err != nil {
		return err
	}
	setTimes(d, start, length)
	return nil
}

// privateFrom are the objects, beside people, that a private event stays away from.
func privateFrom() []string { return []string{"Account", "Opportunity"} }

// startOf reads the start; ActivityDateTime and ActivityDate may say it too, but
// nothing else.
func startOf(d *draft) (time.Time, *apiError) {
	given := d.text("StartDateTime")
	if other := d.text("ActivityDateTime"); d.names("ActivityDateTime") && other != "" {
		if given != "" && d.names("StartDateTime") && other != given {
			return time.Time{}, integrity("ActivityDateTime and StartDateTime must be equal", "ActivityDateTime")
		}
		given = other
	}
	on := d.text("ActivityDate")
	if given == "" && on != "" && d.truth("IsAllDayEvent") {
		given = on + "T00:00:00.000+0000"
	}
	start, ok := parseTime(given)
	switch {
	case !ok:
		return start, missing("StartDateTime")
	case d.names("ActivityDate") && on != "" && on != start.UTC().Format(time.DateOnly):
		return start, integrity("ActivityDate and StartDateTime must be the same day", "ActivityDate")
	case d.truth("IsAllDayEvent"):
		return start.UTC().Truncate(day), nil
	}
	return start, nil
}

// lengthOf settles EndDateTime and DurationInMinutes. An all-day event's end is its
// last day, so that start and end of a single day are the same.
func lengthOf(d *draft, start time.Time) (time.Duration, *apiError) {
	fresh := d.before == nil
	minutes, hasMinutes := d.value("DurationInMinutes").(float64)
	end, hasEnd := parseTime(d.text("EndDateTime"))
	hasMinutes = hasMinutes && (fresh || d.names("DurationInMinutes") || !d.names("EndDateTime"))
	hasEnd = hasEnd && (fresh || d.names("EndDateTime"))
	allDay := d.truth("IsAllDayEvent")
	span := end.Sub(start)
	if allDay {
		span = end.UTC().Truncate(day).Sub(start) + day
	}
	byMinutes := time.Duration(minutes) * time.Minute
	switch {
	case hasEnd && span < 0:
		return 0, integrity("End date cannot be before start date", lengthField(d))
	case hasEnd && hasMinutes && span != byMinutes:
		return 0, integrity("EndDateTime and DurationInMinutes do not agree", "DurationInMinutes")
	case hasEnd:
		return span, nil
	case hasMinutes:
		return byMinutes, nil
	case allDay:
		return day, nil
	}
	return 0, integrity("An event needs an end or a duration", "EndDateTime")
}

// lengthField is the field that a trouble with the length is reported on.
func lengthField(d *draft) string {
	if d.names("DurationInMinutes") {
		return "DurationInMinutes"
	}
	return "EndDateTime"
}

func (t *tx) checkLength(d *draft, length time.Duration) *apiError {
	field := lengthField(d)
	switch {
	case length < 0:
		return integrity("Event duration cannot be negative", field)
	case length > longestEvent:
		return integrity(fmt.Sprintf("Event duration cannot be longer than %d days", longestEvent/day), field)
	case length > day && !t.rules.MultiDayEvents:
		return integrity("Event duration cannot be longer than 24 hours", field)
	}
	return nil
}

func setTimes(d *draft, start time.Time, length time.Duration) {
	end := start.Add(length)
	d.set("StartDateTime", stamp(start))
	d.set("ActivityDateTime", stamp(start))
	if d.truth("IsAllDayEvent") {
		end = end.Add(-day)
		d.set("ActivityDateTime", nil)
	}
	d.set("EndDateTime", stamp(end))
	d.set("ActivityDate", start.UTC().Format(time.DateOnly))
	d.set("DurationInMinutes", math.Trunc(length.Minutes()))
}
