package calendar

import "time"

// instants is a set of instances. One that was written as a day stands for
// whatever begins on that day.
type instants struct {
	days  map[string]bool
	times map[int64]bool
}

func newInstants() *instants {
	return &instants{days: map[string]bool{}, times: map[int64]bool{}}
}

func (s *instants) add(w when) {
	if w.date {
		s.days[day(w.wall)] = true
	} else {
		s.times[w.time.Unix()] = true
	}
}

func (s *instants) has(w when) bool {
	return s.days[day(w.wall)] || s.times[w.time.Unix()]
}

func day(wall time.Time) string { return wall.Format(time.DateOnly) }
