package bench

import (
	"context"
	"maps"
	"slices"

	"fieldpost/cmd/dev/fleet"
)

const (
	callsReps     = 200
	callsCaptures = 40
)

// calls is the ledger of a rep's working day: the simulated week of some reps, by the
// product's own pacing, whose directory is brought up to date by what changed. Each of
// the 40 activities is captured at a time of its own and goes at once, so each takes a
// call: nothing is held back to share one.
func calls(ctx context.Context, r *Report, _ string) error {
	week := fleet.Week(callsCaptures)
	told := fleet.Run(ctx, week, callsReps, 1)
	repDays := float64(callsReps * week.Days)
	total := 0
	for _, purpose := range slices.Sorted(maps.Keys(told.Calls)) {
		total += told.Calls[purpose]
		r.Add("calls of a rep's day: "+purpose, float64(told.Calls[purpose])/repDays, "calls")
	}
	r.Add("activities of a rep's day", float64(told.Captured)/repDays, "activities")
	r.AtMost("calls of a rep's day, all told", float64(total)/repDays, "calls", 60)
	return nil
}
