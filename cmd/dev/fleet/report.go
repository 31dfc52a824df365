package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"
)

// atATime is how many scenarios are simulated at once: each takes a core and some 100 MB.
const atATime = 2

// RunAll lives all scenarios through. The only error is that of ctx.
func RunAll(ctx context.Context, laptops int, seed uint64) ([]Result, error) {
	all := Scenarios()
	results := make([]Result, len(all))
	var group errgroup.Group
	group.SetLimit(atATime)
	for i := range all {
		group.Go(func() error {
			results[i] = Run(ctx, all[i], laptops, seed)
			return ctx.Err()
		})
	}
	return results, group.Wait()
}

// JSON prints the results for programs.
func JSON(out io.Writer, seed uint64, results []Result) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Seed    uint64   `json:"seed"`
		Results []Result `json:"results"`
	}{seed, results})
}

// Print prints the results as three tables: what happened, what was called for, and the
// targets.
func Print(out io.Writer, seed uint64, results []Result) error {
	_, err := fmt.Fprintf(out, "%d laptops, seed %d\n\n", results[0].Laptops, seed)
	return errors.Join(err,
		table(out, "scenario\tcaptured\tpeak/s\tminute/s\tsteady/s\tallowance\tp50\tp95\tp99\tlongest\tcollisions\trefused\trepeated\tlost\tdoubled\tstarved", results, happened),
		table(out, callsHead(), results, calledFor),
		table(out, "target\tgot\taim\tat most\t", results, targets),
	)
}

func table(out io.Writer, head string, results []Result, rows func(io.Writer, Result)) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s\t\n", head)
	for _, r := range results {
		rows(t, r)
	}
	fmt.Fprintln(t)
	return t.Flush()
}

func happened(t io.Writer, r Result) {
	fmt.Fprintf(t, "%s\t%d\t%d\t%.1f\t%.1f\t%.3f %%\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n",
		r.Scenario, r.Captured, r.Peak, r.PeakMinute, r.Steady, 100*r.Share, short(r.P50), short(r.P95), short(r.P99), short(r.Longest),
		r.Collisions, r.Refused, r.Repeated, r.Lost, r.Doubled, r.Starved)
}

func callsHead() string {
	head := "calls"
	for p := range purposes {
		head += "\t" + p.String()
	}
	return head
}

func calledFor(t io.Writer, r Result) {
	fmt.Fprint(t, r.Scenario)
	for p := range purposes {
		fmt.Fprintf(t, "\t%d", r.Calls[p.String()])
	}
	fmt.Fprintln(t, "\t")
}

func targets(t io.Writer, r Result) {
	for _, goal := range r.Targets {
		said := "met"
		switch {
		case goal.Broken():
			said = "BROKEN"
		case !goal.Met():
			said = "missed"
		}
		fmt.Fprintf(t, "%s: %s\t%.5g\t%.4g\t%.4g\t%s\t\n", r.Scenario, goal.Name, goal.Got, goal.Aim, goal.Most, said)
	}
}

func short(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < 10*time.Second {
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// Broken is an error where something that is held does not hold.
func Broken(results []Result) error {
	var broken []error
	for _, r := range results {
		for _, goal := range r.Targets {
			if goal.Broken() {
				broken = append(broken, fmt.Errorf("%s: %s is %.5g, at most %.4g", r.Scenario, goal.Name, goal.Got, goal.Most))
			}
		}
	}
	return errors.Join(broken...)
}
