package calendar

import (
	"cmp"
	"time"

	"github.com/teambition/rrule-go"

	"fieldpost/daemon/capture"
	"fieldpost/outbox"
)

// series is all that a file says about one UID: the event itself and the
// instances that differ from it, each in its newest version.
type series struct {
	master    *event
	overrides []*event
	// at finds an override by the instance that it is for.
	at map[string]int
}

func (s *series) add(e *event) {
	if e.recurrence == nil {
		s.master = newer(s.master, e)
		return
	}
	id := e.recurrence.identity()
	if i, known := s.at[id]; known {
		s.overrides[i] = newer(s.overrides[i], e)
		return
	}
	if s.at == nil {
		s.at = map[string]int{}
	}
	s.at[id] = len(s.overrides)
	s.overrides = append(s.overrides, e)
}

// newer picks by SEQUENCE, then by DTSTAMP, then what stands later in the file.
func newer(a, b *event) *event {
	if a == nil || cmp.Or(cmp.Compare(a.sequence, b.sequence), a.stamp.Compare(b.stamp)) <= 0 {
		return b
	}
	return a
}

func (s *series) drafts(r *reader, o Options) ([]outbox.Draft, error) {
	switch {
	case s.master == nil:
		return s.alone(o), nil
	case s.master.cancelled:
		return []outbox.Draft{s.master.draft(o, nil)}, nil
	case !s.master.recurs():
		return append([]outbox.Draft{s.master.draft(o, nil)}, s.alone(o)...), nil
	}
	return s.instances(r, o)
}

// alone gives the instances of a file that does not hold their series.
func (s *series) alone(o Options) []outbox.Draft {
	var drafts []outbox.Draft
	for _, e := range s.overrides {
		drafts = append(drafts, e.draft(o, e.recurrence))
	}
	return drafts
}

func (e *event) recurs() bool {
	_, byRule := e.block.find("RRULE")
	_, byDate := e.block.find("RDATE")
	return byRule || byDate
}

// instances gives what took place within the window: as the rule has it, or as
// an override moved it.
func (s *series) instances(r *reader, o Options) ([]outbox.Draft, error) {
	starts, err := s.master.starts(r, o.Now)
	if err != nil {
		return nil, err
	}
	var drafts []outbox.Draft
	moved := newInstants()
	for _, e := range s.overrides {
		instance := s.master.like(r, *e.recurrence)
		moved.add(instance)
		if e.start == nil || e.tookPlace(o) {
			drafts = append(drafts, e.draft(o, &instance))
		}
	}
	for _, start := range starts {
		if moved.has(start) {
			continue
		}
		e := *s.master
		end := s.master.endFrom(r, start)
		e.start, e.end = &start, &end
		if e.tookPlace(o) {
			drafts = append(drafts, e.draft(o, &start))
		}
	}
	if len(drafts) == 0 {
		return nil, capture.Refuse(capture.NotYetTaken)
	}
	return drafts, nil
}

// like writes a RECURRENCE-ID or an exception as the series writes its starts,
// so that an instance has one identity whoever names it: in an all-day series
// that is the day, and midnight in UTC is read where the rep is.
func (e *event) like(r *reader, id when) when {
	if !e.start.date || id.date {
		return id
	}
	if id.zone == (utc{}) {
		id.wall = id.time.In(r.local)
	}
	return r.in(id.zone, id.wall, true)
}

func (e *event) tookPlace(o Options) bool {
	start, end := e.start.instant(o.Zone), e.end.instant(o.Zone)
	return !end.After(o.Now) && !start.Before(o.Now.Add(-Window))
}

// instant is the point in time; a day begins at midnight in the rep's zone.
func (w when) instant(local *time.Location) time.Time {
	if !w.date {
		return w.time
	}
	return named{local}.at(w.wall)
}

// starts lists when the series begins anew within the window, by its rule and
// its dates, without its exceptions. It follows the rule on the wall clock, so
// that a meeting at nine stays one at nine over a change of the clocks.
func (e *event) starts(r *reader, now time.Time) ([]when, error) {
	from, until := now.Add(-Window).AddDate(0, 0, -2), now.AddDate(0, 0, 2)
	walls := []when{*e.start}
	for _, p := range e.block.all("RRULE") {
		found, err := e.follow(p.value, r, from, until)
		if err != nil {
			return nil, err
		}
		walls = append(walls, found...)
	}
	walls = append(walls, r.list(e.block.all("RDATE"))...)
	taken := newInstants()
	for _, except := range r.list(e.block.all("EXDATE")) {
		taken.add(e.like(r, except))
	}
	var starts []when
	for _, start := range walls {
		start = e.like(r, start)
		if !taken.has(start) {
			taken.add(start)
			starts = append(starts, start)
		}
	}
	return starts, nil
}

func (e *event) follow(rule string, r *reader, from, until time.Time) ([]when, error) {
	option, err := readRule(rule)
	if err != nil {
		return nil, err
	}
	option.Dtstart = onlyClock(e.start.wall)
	option.Until = e.untilOnClock(rule, option.Until)
	if option.Until.IsZero() || option.Until.After(until) {
		option.Until = until
	}
	if option.Until.Before(option.Dtstart) {
		return nil, nil
	}
	series, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, capture.Refuse(capture.UnreadableRule)
	}
	var found []when
	for _, wall := range series.Between(from, until, true) {
		found = append(found, r.in(e.start.zone, wall, e.start.date))
	}
	return found, nil
}

// untilOnClock gives the rule's end on the series' own wall clock. A day counts
// whole; a time without "Z" is one on that clock already.
func (e *event) untilOnClock(rule string, until time.Time) time.Time {
	if until.IsZero() {
		return until
	}
	written, err := readClock(untilIn(rule))
	switch {
	case err != nil || written.date:
		return until.AddDate(0, 0, 1).Add(-time.Second)
	case written.utc && !e.start.date:
		_, offset := e.start.zone.at(until).Zone()
		return until.Add(time.Duration(offset) * time.Second)
	}
	return until
}

// endFrom moves the end of the series' first instance to another one.
func (e *event) endFrom(r *reader, start when) when {
	if start.date {
		days := int(e.end.wall.Sub(e.start.wall).Hours() / 24)
		return r.in(start.zone, start.wall.AddDate(0, 0, days), true)
	}
	end := start.time.Add(e.end.time.Sub(e.start.time))
	return when{time: end, wall: onlyClock(end), zone: start.zone}
}
