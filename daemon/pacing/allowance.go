package pacing

import "time"

const (
	// UsageAge is how long what was told of the org's daily allowance counts: it is a rolling
	// day's, and only a call tells how it stands now.
	UsageAge = time.Hour
	// SparePause is how long writes wait for each other where they are to be slow.
	SparePause = time.Minute

	// readsStopAt and writesSlowAt are shares of the allowance (DESIGN "Delivery", Pace).
	readsStopAt  = 0.90
	writesSlowAt = 0.95
)

// Scarce reports that so much of the org's daily allowance is used that the rest is for
// writing: nothing is read any more by itself. Nothing is scarce while neither is known.
func Scarce(used, most int) bool { return float64(used) > readsStopAt*float64(most) }

// Slow reports that so much of it is used that writes leave the last to others.
func Slow(used, most int) bool { return float64(used) > writesSlowAt*float64(most) }
