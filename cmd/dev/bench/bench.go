// Package bench measures the product beside its floor, what the machine itself needs, or
// a peer that does the same work, in one run: machines are shared and noisy, so only the
// ratios inside a run count. Nothing here is an assertion; a target that is missed is
// told, never a failed test.
package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Figure is one measurement with what stands beside it.
type Figure struct {
	Part  string  `json:"part"`
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Beside names the floor or peer, Other is its value in the same unit; none where the
	// figure stands alone.
	Beside string  `json:"beside,omitempty"`
	Other  float64 `json:"other,omitempty"`
	// Target is what was aimed at, in words; Met whether it was reached. A figure without
	// target is told for what it explains.
	Target string `json:"target,omitempty"`
	Met    *bool  `json:"met,omitempty"`
}

// Report gathers the figures of a run.
type Report struct {
	Figures []Figure
	part    string
}

// Add takes a figure without target.
func (r *Report) Add(name string, value float64, unit string) {
	r.put(Figure{Name: name, Value: value, Unit: unit})
}

// Beside takes a figure with its floor or peer, without target.
func (r *Report) Beside(name string, value float64, unit, beside string, other float64) {
	r.put(Figure{Name: name, Value: value, Unit: unit, Beside: beside, Other: other})
}

// AtMost takes a figure that is to be no more than limit.
func (r *Report) AtMost(name string, value float64, unit string, limit float64) {
	met := value <= limit
	r.put(Figure{Name: name, Value: value, Unit: unit, Target: "≤ " + number(limit) + " " + unit, Met: &met})
}

// AtLeast takes a figure that is to be no less than limit.
func (r *Report) AtLeast(name string, value float64, unit string, limit float64) {
	met := value >= limit
	r.put(Figure{Name: name, Value: value, Unit: unit, Target: "≥ " + number(limit) + " " + unit, Met: &met})
}

// AtMostTimes takes a figure that is to be no more than limit times its floor.
func (r *Report) AtMostTimes(name string, value float64, unit, beside string, other, limit float64) {
	met := value <= limit*other
	r.put(Figure{Name: name, Value: value, Unit: unit, Beside: beside, Other: other, Target: "≤ " + number(limit) + " × " + beside, Met: &met})
}

// AtLeastTimes takes a figure that is to be no less than limit times its floor.
func (r *Report) AtLeastTimes(name string, value float64, unit, beside string, other, limit float64) {
	met := value >= limit*other
	r.put(Figure{Name: name, Value: value, Unit: unit, Beside: beside, Other: other, Target: "≥ " + number(limit) + " × " + beside, Met: &met})
}

// Skip names what could not be measured here, and why.
func (r *Report) Skip(why string) { r.put(Figure{Name: "SKIPPED: " + why}) }

func (r *Report) put(f Figure) {
	f.Part = r.part
	r.Figures = append(r.Figures, f)
}

// A Part measures one thing in a throw-away folder.
type Part struct {
	Name, Does string
	Measure    func(ctx context.Context, r *Report, folder string) error
}

// Run measures the parts named, all of them where none is, and tells on said which one is
// at work. Each gets a folder of its own from folders.
func Run(ctx context.Context, only []string, folders func(part string) (string, error), said io.Writer) (*Report, error) {
	r := &Report{}
	for _, part := range append(Parts(), reconnectPart()) {
		named := slices.Contains(only, part.Name)
		if !named && (len(only) > 0 || part.Name == reconnectAlone) {
			continue
		}
		folder, err := folders(part.Name)
		if err != nil {
			return r, err
		}
		r.part = part.Name
		fmt.Fprintln(said, "measuring", part.Name+":", part.Does)
		if err := part.Measure(ctx, r, folder); err != nil {
			return r, fmt.Errorf("%s: %w", part.Name, err)
		}
	}
	return r, nil
}

// Print prints the figures as a table.
func (r *Report) Print(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PART\tFIGURE\tMEASURED\tBESIDE\tRATIO\tTARGET\t")
	for _, f := range r.Figures {
		beside, ratio := "", ""
		if f.Beside != "" {
			beside = f.Beside + " " + number(f.Other) + " " + f.Unit
			ratio = fmt.Sprintf("%.2f", f.Value/f.Other)
		}
		fmt.Fprintf(w, "%s\t%s\t%s %s\t%s\t%s\t%s\t%s\n", f.Part, f.Name, number(f.Value), f.Unit, beside, ratio, f.Target, verdict(f.Met))
	}
	return w.Flush()
}

// JSON writes the figures for programs.
func (r *Report) JSON(to io.Writer) error {
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r.Figures)
}

func verdict(met *bool) string {
	switch {
	case met == nil:
		return ""
	case *met:
		return "met"
	}
	return "MISSED"
}

// number prints three digits that count.
func number(v float64) string {
	switch {
	case v >= 100 || v == float64(int64(v)):
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	text := strings.TrimRight(fmt.Sprintf("%.3f", v), "0")
	return strings.TrimSuffix(text, ".")
}
