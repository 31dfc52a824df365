package drain

import "time"

// steps are the pauses after the first, second, … failure in a row; after the
// last one an attempt an hour (DESIGN "Delivery", Pace).
var steps = []time.Duration{
	5 * time.Second, 15 * time.Second, 45 * time.Second, 2 * time.Minute,
	5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
}

// Pause is how long to wait after so many failures in a row. chance, in [0,1),
// spreads it from 0.8 to 1.2 times the step.
func Pause(failures int, chance float64) time.Duration {
	step := time.Hour
	if failures < 1 {
		failures = 1
	}
	if failures <= len(steps) {
		step = steps[failures-1]
	}
	return time.Duration(float64(step) * (0.8 + 0.4*chance))
}

// OrgPause is how long to wait where the org itself asked for peace (limits,
// outages, maintenance), at least so long at first and an hour at most. Its end is spread over the
// whole of the step again, so that thousands of laptops do not come back as one wave.
func OrgPause(failures int, least time.Duration, chance float64) time.Duration {
	step := Pause(failures, 0.5)
	for doubled := 1; doubled < failures && least < time.Hour; doubled++ {
		least *= 2
	}
	step = max(step, min(least, time.Hour))
	return step + time.Duration(chance*float64(step))
}

// looks are the ages of a doubtful call at which its record is searched for:
// Salesforce may work on a call for ten minutes, so only the last one proves
// that the record is not there (salesforce.md 6.5, reliability.md section 2).
var looks = []time.Duration{30 * time.Second, 2 * time.Minute, provenAge}

const provenAge = 10*time.Minute + 30*time.Second

// NextLook is how long to wait before a record is searched for whose call is so
// old; 0 where a search now proves that it is not there.
func NextLook(age time.Duration) time.Duration {
	for _, look := range looks {
		if age < look {
			return max(look-age, time.Millisecond) // what is stored is that exact
		}
	}
	return 0
}
