package calendar

import (
	"errors"
	"strings"
	"time"
)

// clock is a DATE or DATE-TIME as it stands in the text.
type clock struct {
	wall time.Time
	// date: a day without an hour. utc: written with "Z".
	date, utc bool
}

var errClock = errors.New("calendar: neither a date nor a date-time")

// readClock reads the basic forms of RFC 5545 sections 3.3.4 and 3.3.5. There is
// no year 0.
func readClock(value string) (clock, error) {
	c, err := parseClock(value)
	if err == nil && c.wall.Year() < 1 {
		err = errClock
	}
	return c, err
}

func parseClock(value string) (clock, error) {
	value = strings.ToUpper(strings.Trim(value, "\" \t"))
	if wall, err := time.Parse("20060102", value); err == nil {
		return clock{wall: wall, date: true}, nil
	}
	digits, inUTC := strings.CutSuffix(value, "Z")
	for _, form := range []string{"20060102T150405", "20060102T1504"} {
		if wall, err := time.Parse(form, digits); err == nil {
			return clock{wall: wall, utc: inUTC}, nil
		}
	}
	return clock{}, errClock
}

// when is a point in time, or a day, of a calendar.
type when struct {
	// time is the point in its own offset; for a day it is midnight UTC.
	time time.Time
	wall time.Time
	date bool
	zone zone
}

// reader reads the times of one file.
type reader struct {
	zones *zones
	// local is the rep's zone, in which floating times are read.
	local *time.Location
}

// when reads a property that holds one time. A value that has an hour is a
// time, whatever its VALUE parameter says.
func (r *reader) when(p property) (when, error) {
	c, err := readClock(p.value)
	if err != nil {
		return when{}, err
	}
	in, err := r.zoneOf(c, p)
	if err != nil {
		return when{}, err
	}
	return r.in(in, c.wall, c.date), nil
}

func (r *reader) zoneOf(c clock, p property) (zone, error) {
	id, given := p.params["TZID"]
	switch {
	case c.utc:
		return utc{}, nil
	case c.date && !given:
		return named{r.local}, nil
	case !given:
		return named{r.local}, nil
	case strings.TrimSpace(id) == "" && r.zones.defined[""] == nil:
		return named{r.local}, nil
	}
	return r.zones.find(id)
}

func (r *reader) in(in zone, wall time.Time, date bool) when {
	if date {
		return when{time: onlyClock(wall), wall: wall, date: true, zone: in}
	}
	return when{time: in.at(wall), wall: wall, zone: in}
}

// list reads a property that holds several times, or periods of which the start
// counts. What is unreadable is left out.
func (r *reader) list(props []property) []when {
	var found []when
	for _, p := range props {
		for _, value := range strings.Split(p.value, ",") {
			p.value, _, _ = strings.Cut(value, "/")
			if at, err := r.when(p); err == nil {
				found = append(found, at)
			}
		}
	}
	return found
}
