package pacing

import "time"

// steps are the pauses after the first, second, … failure in a row; after the
// last one an attempt an hour (DESIGN "Delivery", Pace).
var steps = []time.Duration{
	FirstStep, 15 * time.Second, 45 * time.Second, 2 * time.Minute,
	5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
}

// FirstStep is the shortest pause there is.
const FirstStep = 5 * time.Second

// Pause is how long to wait after so many failures in a row. chance, in [0,1),
// spreads it from 0.8 to 1.2 times the step.
func Pause(failures int, chance float64) time.Duration {
	return time.Duration(float64(step(failures)) * (0.8 + 0.4*chance))
}

func step(failures int) time.Duration {
	if failures = max(failures, 1); failures <= len(steps) {
		return steps[failures-1]
	}
	return time.Hour
}

// OrgPause is how long to wait where the org itself asked for peace (limits,
// outages, maintenance), at least so long at first and an hour at most. Its end is spread over the
// whole of the step again, so that thousands of laptops do not come back as one wave.
func OrgPause(failures int, least time.Duration, chance float64) time.Duration {
	for doubled := 1; doubled < failures && least < time.Hour; doubled++ {
		least *= 2
	}
	return spread(max(step(failures), min(least, time.Hour)), chance)
}

// outageStep is the longest step of an outage: with its spread, nearly all laptops know
// within a quarter of an hour that it is over (decision 0011).
const outageStep = 8 * time.Minute

// OutagePause is how long to wait where Salesforce cannot serve anybody. Its end is spread
// like that of OrgPause.
func OutagePause(failures int, chance float64) time.Duration {
	return spread(min(step(failures), outageStep), chance)
}

// RowPause is how long a row waits that the org refused for a moment, mostly for a locked
// account, after so many attempts. A lock is held for less than a second, so each step is
// taken four times; many laptops may want the same account, so their ends are spread.
func RowPause(attempts int, chance float64) time.Duration {
	return spread(step((attempts+3)/4), chance)
}

// spread lets a pause end anywhere between once and twice its length.
func spread(pause time.Duration, chance float64) time.Duration {
	return pause + time.Duration(chance*float64(pause))
}
