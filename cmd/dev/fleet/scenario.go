package fleet

import (
	"cmp"
	"time"
)

// span is a stretch of a scenario, from its begin.
type span struct{ from, to time.Duration }

func (s span) holds(at time.Duration) bool { return s.from <= at && at < s.to }

// clock is a time of one of a scenario's days, the first of which is 0.
func clock(day, hour, minute int) time.Duration {
	return time.Duration(day)*24*time.Hour + time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

// working are the hours in which reps capture.
func working(day int) span { return span{clock(day, 9, 0), clock(day, 18, 0)} }

// Scenario is what happens to the laptops and their org. All have a working day in which
// nothing particular happens: what they are measured against.
type Scenario struct {
	Name string
	// Days is how many working days it has.
	Days int
	// Weekend is how many days nobody worked before.
	Weekend int
	// Others is the share of the org's allowance that its other clients have used.
	Others float64
	// Steady are the hours whose mean is the measure, Event those whose peak counts.
	Steady []span
	Event  span
	// Measured is when what is measured was captured; Together, that only what the reps
	// captured together is.
	Measured span
	Together bool
	// Starving is the share of laptops that may starve: by chance alone a few meet a locked
	// account again and again, or lose an answer just as an outage is over.
	Starving float64
	// AfterOutage: the targets of an outage hold.
	AfterOutage bool
	// Silent: while the org is down nothing answers in its place.
	Silent bool
	// Morning is when laptops are opened; Start, that all are started anew.
	Morning func(day int) span
	// Captures is what a rep captures in the working hours of a day; 0 is capturesADay.
	Captures int
	Start    bool
	more     func(w *world)
	plant    plant
}

// plant are deliberate faults of the pace or of the way of writing: each must turn a target
// red.
type plant struct {
	// noJitter: chance always says the same.
	noJitter bool
	// herd: the end of an outage is told to all laptops at once, and cuts their pauses.
	herd bool
	// forgets: a row that the org refused for a moment is not kept.
	forgets bool
	// keyless: the org takes a second record with the same key.
	keyless bool
}

func usual(day int) span { return span{clock(day, 8, 0), clock(day, 9, 30)} }

// Week is a working week in which each rep captures so much a day.
func Week(captures int) Scenario {
	week := Scenario{
		Name: "a working week", Days: 5, Weekend: 2, Others: 0.4, Morning: usual, Captures: captures,
		Event: span{0, clock(5, 0, 0)}, Measured: span{0, clock(5, 0, 0)},
	}
	for day := range week.Days {
		week.Steady = append(week.Steady, working(day))
	}
	return week
}

// Scenarios are all there are.
func Scenarios() []Scenario {
	all := []Scenario{Week(capturesADay), {
		Name: "Monday nine o'clock", Days: 2, Weekend: 2, Others: 0.4, Start: true,
		Steady: []span{working(1)}, Event: span{clock(0, 8, 50), clock(0, 12, 0)}, Measured: span{clock(0, 8, 50), clock(0, 12, 0)},
		Morning: func(day int) span { return span{clock(day, 8, 55), clock(day, 9, 5)} },
	}}
	second := func(s Scenario) Scenario {
		s.Days, s.Steady = 2, []span{working(0)}
		if s.Morning == nil {
			s.Morning = usual
		}
		if s.Others == 0 {
			s.Others = 0.4
		}
		return s
	}
	return append(all,
		second(Scenario{
			Name: "a conference", Event: span{clock(1, 11, 0), clock(1, 12, 0)}, Measured: span{clock(1, 11, 0), clock(1, 11, 10)},
			Together: true, Starving: 0.005, more: confer,
		}),
		second(outage("an 8-hour outage", false)),
		second(outage("8 hours out of reach", true)),
		second(Scenario{
			Name: "95 % used", Event: working(1), Measured: working(1),
			more: func(w *world) { w.add(clock(1, 8, 0), fills, nil, nil) },
		}),
		second(Scenario{
			Name: "a release", Event: span{clock(1, 10, 0), clock(1, 12, 0)}, Measured: span{clock(1, 9, 50), clock(1, 10, 30)},
			more: func(w *world) {
				for i := range w.laptops {
					w.add(w.within(span{clock(1, 10, 0), clock(1, 10, 1)}), restarts, &w.laptops[i], nil)
				}
			},
		}),
	)
}

// outage lets the org serve nobody from nine to five; silent, that no answer tells so.
func outage(name string, silent bool) Scenario {
	return Scenario{
		Name: name, Silent: silent, AfterOutage: true, Starving: 0.009,
		Event: span{clock(1, 17, 0), clock(1, 19, 0)}, Measured: span{clock(1, 9, 0), clock(1, 17, 0)},
		more: func(w *world) {
			w.add(clock(1, 9, 0), changes, nil, nil)
			w.add(clock(1, 17, 0), changes, nil, nil)
		},
	}
}

// conferring is how many reps sit in a conference.
const conferring = 300

// confer lets them share three times each, in the ten minutes of a break, with contacts
// of one account.
func confer(w *world) {
	for i := range min(conferring, len(w.laptops)) {
		for range 3 {
			w.add(w.within(span{clock(1, 11, 0), clock(1, 11, 10)}), together, &w.laptops[i], nil)
		}
	}
}

// within is a moment of a span.
func (w *world) within(s span) time.Duration {
	return s.from + time.Duration(w.rng.Int64N(int64(s.to-s.from)))
}

const (
	// capturesADay is what a rep captures by default.
	capturesADay = 12
	// offlineOneIn is for how many days of a rep there is one stretch without a network, of
	// twenty minutes to an hour.
	offlineOneIn = 2
)

// happens plans the days of all laptops, and what is particular about the scenario.
func (s *Scenario) happens(w *world) {
	for i := range w.laptops {
		l := &w.laptops[i]
		for day := range s.Days {
			w.add(w.within(s.Morning(day)), wakes, l, nil)
			w.add(w.within(span{clock(day, 18, 0), clock(day, 19, 0)}), sleeps, l, nil)
			for at := clock(day, 9, 0); ; {
				at += time.Duration(w.rng.ExpFloat64() * float64(9*time.Hour) / float64(cmp.Or(s.Captures, capturesADay)))
				if !working(day).holds(at) {
					break
				}
				w.add(at, captures, l, nil)
			}
			if w.rng.IntN(offlineOneIn) == 0 {
				from := w.within(working(day))
				w.add(from, loses, l, nil)
				w.add(from+w.within(span{20 * time.Minute, time.Hour}), finds, l, nil)
			}
		}
	}
	if s.more != nil {
		s.more(w)
	}
}

// workplace is a laptop as the last working day before left it.
func (w *world) workplace(l *laptop) {
	last := -1 - w.plan.Weekend
	l.reads.Refreshed = w.at(w.within(working(last)))
	l.reads.Looked = w.at(w.within(span{clock(last, 17, 0), clock(last, 18, 0)}))
	l.keptAt = l.reads.Looked
	l.listedAt = w.at(w.within(span{clock(-7, 0, 0), 0}))
}
