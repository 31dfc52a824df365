package pacing

import "time"

const (
	// RefreshAge is how old facts, and the copy of people and records, may be before they
	// are read again in full.
	RefreshAge = 24 * time.Hour
	// LookAge is how old they may be before one call looks what changed.
	LookAge = time.Hour
	// HintAge is how long ago the last look must be before a rejection that hints at a
	// change leads to another: a day's calls are counted (60 at most, all in all).
	HintAge = 2 * time.Hour
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
}

// Due tells what is to be read at a moment.
func (r Reads) Due(now time.Time) Reading {
	switch {
	case now.Sub(r.Refreshed) >= RefreshAge:
		return Refresh
	case now.Sub(r.Looked) >= LookAge:
		return Look
	}
	return Nothing
}
