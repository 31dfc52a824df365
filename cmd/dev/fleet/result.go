package fleet

import (
	"context"
	"math"
	"slices"
	"time"
)

// Result is what a scenario did to the org and to the reps.
type Result struct {
	Scenario string `json:"scenario"`
	Laptops  int    `json:"laptops"`
	Captured int    `json:"captured"`
	// Peak and PeakMinute are the calls a second of the busiest second and minute of the
	// event, Steady the mean of ordinary working hours.
	Peak       int     `json:"peak_per_second"`
	PeakMinute float64 `json:"peak_minute_per_second"`
	Steady     float64 `json:"steady_per_second"`
	// Share is the largest part of the org's allowance that was used, by whomever.
	Share float64 `json:"allowance_share"`
	// P50 to Longest are the seconds from capture, or from when the way was open again, to
	// delivered.
	P50     float64 `json:"p50_seconds"`
	P95     float64 `json:"p95_seconds"`
	P99     float64 `json:"p99_seconds"`
	Longest float64 `json:"longest_seconds"`
	// Collisions are rows refused for a locked account, Refused calls for want of slots or
	// allowance, Repeated rows that the key refused: their first answer was lost.
	Collisions int `json:"lock_collisions"`
	Refused    int `json:"refused_calls"`
	Repeated   int `json:"repeated_rows"`
	Lost       int `json:"lost"`
	Doubled    int `json:"doubled"`
	// Starved laptops waited longer than a minute, and than three times the median: each
	// laptop's longest wait counts.
	Starved int            `json:"starved_laptops"`
	Calls   map[string]int `json:"calls"`
	Targets []Target       `json:"targets"`
}

// Target is what is aimed at, and what is held where the aim cannot be met (decision 0011).
type Target struct {
	Name string  `json:"name"`
	Got  float64 `json:"got"`
	Aim  float64 `json:"aim"`
	Most float64 `json:"most"`
}

// Met reports that the aim is met.
func (t Target) Met() bool { return t.Got <= t.Aim }

// Broken reports that not even what is held is.
func (t Target) Broken() bool { return t.Got > t.Most }

// Run lives a scenario through under a seed.
func Run(ctx context.Context, s Scenario, laptops int, seed uint64) Result {
	w := newWorld(s, laptops, seed)
	w.run(ctx)
	return w.result()
}

func (w *world) result() Result {
	o := &w.org
	r := Result{
		Scenario: w.plan.Name, Laptops: len(w.laptops), Captured: len(w.items), Share: o.peakShare,
		Collisions: o.collisions, Refused: o.refused, Repeated: o.duplicates, Calls: map[string]int{},
	}
	for p := range purposes {
		r.Calls[p.String()] = o.calls[p]
	}
	for i := range w.items {
		if !w.items[i].arrived || o.written[i] == 0 {
			r.Lost++
		}
		if o.written[i] > 1 {
			r.Doubled++
		}
	}
	steady, hours := 0, time.Duration(0)
	for _, s := range w.plan.Steady {
		for _, n := range o.within(s) {
			steady += int(n)
		}
		hours += s.to - s.from
	}
	r.Steady = float64(steady) / hours.Seconds()
	r.Peak, r.PeakMinute = busiest(o.within(w.plan.Event))
	slices.Sort(w.waits)
	r.P50, r.P95, r.P99, r.Longest = w.quantile(0.50), w.quantile(0.95), w.quantile(0.99), w.quantile(1)
	r.Starved = w.starved()
	r.judge(w.plan)
	return r
}

func (o *org) within(s span) []int32 {
	return o.seconds[int(s.from/time.Second):min(len(o.seconds), int(s.to/time.Second))]
}

func busiest(seconds []int32) (second int, minute float64) {
	sum := 0
	for i, n := range seconds {
		second = max(second, int(n))
		sum += int(n)
		if i >= 60 {
			sum -= int(seconds[i-60])
		}
		minute = max(minute, float64(sum)/60)
	}
	return second, minute
}

// quantile is of the sorted waits, in seconds.
func (w *world) quantile(q float64) float64 {
	if len(w.waits) == 0 {
		return 0
	}
	return w.waits[int(q*float64(len(w.waits)-1))].Seconds()
}

// patient is how long nobody minds to wait.
const patient = time.Minute

// starved counts the laptops whose longest wait was more than three times that of the median
// laptop, and more than nobody minds.
func (w *world) starved() (n int) {
	var all []time.Duration
	for i := range w.laptops {
		if worst := w.laptops[i].worst; worst > 0 {
			all = append(all, worst)
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	most := max(3*all[len(all)/2], patient)
	for _, worst := range all {
		if worst > most {
			n++
		}
	}
	return n
}

func (r *Result) judge(s Scenario) {
	target := func(name string, got, aim, most float64) {
		r.Targets = append(r.Targets, Target{Name: name, Got: got, Aim: aim, Most: most})
	}
	target("lost", float64(r.Lost), 0, 0)
	target("doubled", float64(r.Doubled), 0, 0)
	target("starved laptops", float64(r.Starved), 0, math.Ceil(s.Starving*float64(r.Laptops)))
	target("share of the allowance", r.Share, 0.95, 0.96) // writes go on beyond it
	if s.AfterOutage {
		target("busiest minute over the steady mean", r.PeakMinute/r.Steady, 3, 8)
		target("p99 delivery after the outage, minutes", r.P99/60, 15, 15)
	}
}
