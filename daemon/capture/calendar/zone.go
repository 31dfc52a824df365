package calendar

import (
	"regexp"
	"strings"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/outbox/activity"
)

// zone turns a wall clock into a point in time.
type zone interface {
	// at reads the calendar day and clock of wall, whatever its location, in this
	// zone. The result carries the offset that holds then. A time that the clock
	// skips keeps the offset from before the gap; one that comes twice is the
	// first (RFC 5545 section 3.3.5).
	at(wall time.Time) time.Time
	// iana is the zone's name in the tz database, or empty.
	iana() string
}

// named is a zone of the tz database.
type named struct{ *time.Location }

// iana leaves out "Local": that is how Go calls a machine's zone whose name the
// system does not tell, and nobody else knows it.
func (z named) iana() string {
	if name := z.String(); name != "Local" {
		return name
	}
	return ""
}

func (z named) at(wall time.Time) time.Time {
	wall = onlyClock(wall)
	_, before := wall.Add(-24 * time.Hour).In(z.Location).Zone()
	_, after := wall.Add(24 * time.Hour).In(z.Location).Zone()
	for _, offset := range []int{before, after} {
		t := wall.Add(-time.Duration(offset) * time.Second)
		if _, holds := t.In(z.Location).Zone(); holds == offset {
			return inOffset(t, offset)
		}
	}
	_, holds := wall.Add(-time.Duration(before) * time.Second).In(z.Location).Zone()
	return inOffset(wall.Add(-time.Duration(before)*time.Second), holds)
}

// utc is time written in UTC.
type utc struct{}

func (utc) at(wall time.Time) time.Time { return onlyClock(wall) }
func (utc) iana() string                { return "" }

func onlyClock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func inOffset(t time.Time, seconds int) time.Time {
	return t.In(time.FixedZone("", seconds))
}

// zones finds the zone that a TZID names within one file.
type zones struct {
	defined map[string]*definition
	known   map[string]zone
}

func newZones(calendars []*component) *zones {
	z := &zones{defined: map[string]*definition{}, known: map[string]zone{}}
	for _, cal := range calendars {
		for _, child := range cal.children {
			if child.name != "VTIMEZONE" {
				continue
			}
			if def := define(child); def != nil {
				z.defined[def.id] = def
			}
		}
	}
	return z
}

// find looks for the zone where it was defined, then by its name. A zone that
// nobody defines is refused, never guessed.
func (z *zones) find(id string) (zone, error) {
	if found, ok := z.known[id]; ok {
		return found, nil
	}
	found := z.lookUp(strings.TrimSpace(id))
	if found == nil {
		return nil, capture.Refuse(capture.UnknownZone, "zone", id)
	}
	z.known[id] = found
	return found, nil
}

func (z *zones) lookUp(id string) zone {
	byName := zoneNamed(id)
	if def, ok := z.defined[id]; ok && (byName == nil || !def.outdated()) {
		if byName != nil {
			def.name = byName.iana()
		}
		return def
	}
	return byName
}

var (
	offsetPrefix = regexp.MustCompile(`^\((?:UTC|GMT)[^)]*\)\s*`)
	numbered     = regexp.MustCompile(`\s\d+$`)
)

// zoneNamed knows the names of the tz database, of Windows, of Lotus Notes, and
// those that programs derive from them: numbered ("Eastern Standard Time 1"), as
// Windows shows them ("(UTC-05:00) Eastern Time (US & Canada)"), or with a path
// before them ("/mozilla.org/20070129_1/America/New_York").
func zoneNamed(id string) zone {
	switch strings.ToUpper(id) {
	case "":
		return nil
	case "UTC", "Z", "ETC/UTC":
		return utc{}
	}
	shown := strings.ReplaceAll(offsetPrefix.ReplaceAllString(id, ""), " and ", " & ")
	names := []string{id, numbered.ReplaceAllString(id, ""), lotusZones[id], shownZone(shown)}
	for rest, ok := id, true; ok; {
		if _, rest, ok = strings.Cut(rest, "/"); ok {
			names = append(names, rest)
		}
	}
	for _, name := range names {
		if loc, err := activity.Zone(name); err == nil {
			return named{loc}
		}
	}
	return nil
}
