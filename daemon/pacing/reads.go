package pacing

import "time"

const (
	// RefreshAge is how old facts, and the copy of people and records, may be before they
	// are read again in full.
	RefreshAge = 24 * time.Hour
	// RelistAge is how long a listing of an object is believed: access that was lost is not
	// reported by any other way (salesforce.md 7.2).
	RelistAge = 7 * 24 * time.Hour
	// LookAge is how old they may be before one call looks what changed.
	LookAge = time.Hour
	// HintAge is how long ago the last look must be before a rejection that hints at a
	// change leads to another: a day's calls are counted (60 at most, all in all).
	HintAge = 2 * time.Hour
	// Round is how long nothing is looked at by itself at most.
	Round = time.Hour

	// lookSpread and refreshSpread are over how long the laptops that come back together
	// spread what fell due meanwhile (decision 0011).
	lookSpread    = 15 * time.Minute
	refreshSpread = 4 * time.Hour
)

// Reading is what a laptop reads of the org by itself.
type Reading int

// The readings there are.
const (
	// Nothing is due.
	Nothing Reading = iota
	// Look asks in one call what changed.
	Look
	// Refresh reads everything.
	Refresh
)

// Reads is when a laptop last read the org; the zero time for never.
type Reads struct {
	Refreshed, Looked time.Time
	// since is when the laptop came back, chance its place among those that came back with
	// it, and rest how long all of them leave to writing.
	since  time.Time
	chance float64
	rest   time.Duration
	// started: fieldpost itself began then.
	started bool
}

// Started is Back where fieldpost itself begins: what fell due is spread, but for the one
// call by which the rep who opens the page sees how things stand.
func (r Reads) Started(now time.Time, chance float64) Reads {
	r = r.Back(now, chance)
	r.started = true
	return r
}

// Back notes that the laptop woke: many do so together, and what fell due meanwhile is
// spread. chance is in [0,1).
func (r Reads) Back(now time.Time, chance float64) Reads {
	r.since, r.chance, r.rest, r.started = now, chance, 0, false
	return r
}

// BackFromTrouble is Back where the org answers again after a trouble that many laptops may
// share: what waits to be written goes first, on all of them.
func (r Reads) BackFromTrouble(now time.Time, chance float64) Reads {
	r.since, r.chance, r.rest, r.started = now, chance, 2*outageStep, false
	return r
}

// Slept reports that a laptop which looks each Round did not do so: it was asleep.
func Slept(last, now time.Time) bool { return now.Sub(last) > Round+time.Minute }

// Due tells what is to be read at a moment. used and most are of the org's
// allowance, as told within UsageAge; zero where nothing was: then one call asks before
// many are made. The last tenth is left to writing.
func (r Reads) Due(now time.Time, used, most int) Reading {
	refresh, look := !now.Before(r.refreshAt()), !now.Before(r.lookAt())
	switch {
	case Scarce(used, most):
		return Nothing
	case refresh && (most > 0 || r.Refreshed.IsZero()):
		return Refresh
	case refresh, look:
		return Look
	}
	return Nothing
}

// Rest is how long to wait before Due is asked again: until something falls due, a Round
// at most, and a Round where something is due that could not be read.
func (r Reads) Rest(now time.Time) time.Duration {
	next := r.refreshAt()
	if at := r.lookAt(); at.Before(next) {
		next = at
	}
	if rest := next.Sub(now); rest > 0 {
		return min(rest, Round)
	}
	return Round
}

// Old reports that one call must look what changed before anything is sent.
func (r Reads) Old(now time.Time) bool { return now.Sub(r.Looked) >= RefreshAge }

// refreshAt is at once where nothing was ever read: the rep waits for it.
func (r Reads) refreshAt() time.Time {
	if r.Refreshed.IsZero() {
		return time.Time{}
	}
	return r.after(r.Refreshed.Add(RefreshAge), refreshSpread)
}

func (r Reads) lookAt() time.Time {
	over := lookSpread
	if r.started {
		over = 0
	}
	return r.after(r.Looked.Add(LookAge), over)
}

// after is a moment, or where that was before the laptop came back, its place in the spread.
func (r Reads) after(due time.Time, over time.Duration) time.Time {
	if due.Before(r.since) {
		return r.since.Add(r.rest + time.Duration(r.chance*float64(over)))
	}
	return due
}
