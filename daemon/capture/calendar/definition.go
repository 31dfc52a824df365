package calendar

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// definition is a zone that the calendar defines itself (VTIMEZONE).
type definition struct {
	id    string
	name  string
	rules []*observance
}

// observance is one STANDARD or DAYLIGHT block: from each onset on, the clock
// shows to instead of from. Onsets are wall clocks in the offset from: those
// that are listed, and those that a rule gives, drawn as far as they were asked for.
type observance struct {
	from, to time.Duration
	listed   []time.Time
	rule     *rrule.ROption // nil for none
	// next draws what follows drawn; nil where nothing does, or nothing was drawn yet.
	next  func() (time.Time, bool)
	drawn []time.Time
	since time.Time // where the drawing began
}

// define reads a VTIMEZONE; nil where it says nothing usable.
func define(block *component) *definition {
	def := &definition{id: block.text("TZID")}
	for _, child := range block.children {
		if child.name != "STANDARD" && child.name != "DAYLIGHT" {
			continue
		}
		if rule := observe(child); rule != nil {
			def.rules = append(def.rules, rule)
		}
	}
	if len(def.rules) == 0 {
		return nil
	}
	return def
}

func observe(block *component) *observance {
	from, okFrom := readOffset(block.text("TZOFFSETFROM"))
	to, okTo := readOffset(block.text("TZOFFSETTO"))
	start, _ := block.find("DTSTART")
	first, err := readClock(start.value)
	if !okFrom || !okTo || err != nil {
		return nil
	}
	o := &observance{from: from, to: to, listed: []time.Time{first.wall}}
	for _, list := range block.all("RDATE") {
		for _, value := range strings.Split(list.value, ",") {
			day, _, _ := strings.Cut(value, "/")
			if onset, err := readClock(day); err == nil {
				o.listed = append(o.listed, onset.wall)
			}
		}
	}
	slices.SortFunc(o.listed, time.Time.Compare)
	if rule, ok := block.find("RRULE"); ok {
		o.follow(rule.value, first.wall)
	}
	return o
}

// follow adds the onsets of a rule. One without an end of its own has none.
func (o *observance) follow(rule string, first time.Time) {
	option, err := readRule(rule)
	if err != nil || option.Freq != rrule.YEARLY {
		return
	}
	option.Dtstart = first
	if option.Until.IsZero() {
		option.Until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	} else {
		option.Until = option.Until.Add(o.from) // written in UTC, onsets are wall clocks
	}
	if _, err := rrule.NewRRule(*option); err == nil {
		o.rule = option
	}
}

// start is where to draw a rule from for the onset before wall. Windows puts the start of
// its rules in 1601; a yearly rule gives the same onsets from any later year on.
func (o *observance) start(wall time.Time) time.Time {
	first := o.rule.Dtstart
	if o.rule.Count > 0 || o.rule.Interval > 1 || first.Day() > 28 {
		return first
	}
	near := min(wall.Year(), o.rule.Until.Year()) - 2
	return first.AddDate(max(near-first.Year(), 0), 0, 0)
}

// draw draws the onsets of the rule to the first one after wall.
func (o *observance) draw(wall time.Time) {
	if o.rule == nil {
		return
	}
	if start := o.start(wall); o.since.IsZero() || start.Before(o.since) {
		option := *o.rule
		option.Dtstart = start
		series, err := rrule.NewRRule(option)
		if err != nil {
			o.rule = nil
			return
		}
		o.since, o.next, o.drawn = start, series.Iterator(), nil
	}
	for o.next != nil && (len(o.drawn) == 0 || !o.drawn[len(o.drawn)-1].After(wall)) {
		onset, ok := o.next()
		if !ok {
			o.next = nil
			break
		}
		o.drawn = append(o.drawn, onset)
	}
}

// lastBefore gives the latest onset not after wall; zero where there is none.
func (o *observance) lastBefore(wall time.Time) time.Time {
	o.draw(wall)
	listed, drawn := latest(o.listed, wall), latest(o.drawn, wall)
	if drawn.After(listed) {
		return drawn
	}
	return listed
}

func latest(sorted []time.Time, wall time.Time) time.Time {
	after := sort.Search(len(sorted), func(i int) bool { return sorted[i].After(wall) })
	if after == 0 {
		return time.Time{}
	}
	return sorted[after-1]
}

func (d *definition) iana() string { return d.name }

func (d *definition) at(wall time.Time) time.Time {
	wall = onlyClock(wall)
	offset, since := d.before(), time.Time{}
	for _, rule := range d.rules {
		onset := rule.lastBefore(wall)
		if onset.IsZero() || onset.Before(since) {
			continue
		}
		since, offset = onset, rule.to
		if gap := rule.to - rule.from; gap > 0 && wall.Before(onset.Add(gap)) {
			offset = rule.from // the clock skips this time
		}
	}
	t := wall.Add(-offset)
	return inOffset(t, int(offset/time.Second))
}

// before is the offset that held before the first onset.
func (d *definition) before() time.Duration {
	first := d.rules[0]
	for _, rule := range d.rules[1:] {
		if rule.listed[0].Before(first.listed[0]) {
			first = rule
		}
	}
	return first.from
}

// outdated reports whether the definition ends before there were zones as we
// know them: some exporters write the local mean time of 1893 and no more.
func (d *definition) outdated() bool {
	for _, rule := range d.rules {
		if rule.rule != nil || rule.listed[len(rule.listed)-1].Year() >= 1970 {
			return false
		}
	}
	return true
}

// readOffset reads "+0100" or "-053328".
func readOffset(s string) (time.Duration, bool) {
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	n, err := strconv.Atoi(s[1:])
	if err != nil {
		return 0, false
	}
	if len(s) == 5 {
		n *= 100
	}
	offset := time.Duration(n/10000)*time.Hour + time.Duration(n/100%100)*time.Minute + time.Duration(n%100)*time.Second
	if s[0] == '-' {
		offset = -offset
	}
	return offset, offset.Abs() < 24*time.Hour
}
