package fleet

import (
	"reflect"
	"slices"
	"testing"
)

func scenario(t *testing.T, name string) Scenario {
	t.Helper()
	for _, s := range Scenarios() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no scenario is called %q", name)
	return Scenario{}
}

func broken(r Result) (names []string) {
	for _, goal := range r.Targets {
		if goal.Broken() {
			names = append(names, goal.Name)
		}
	}
	return names
}

func TestNothingIsLostOrDoubledInASmallFleet(t *testing.T) {
	for _, s := range Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			r := Run(t.Context(), s, 200, 1)
			if r.Lost != 0 || r.Doubled != 0 {
				t.Errorf("%d of %d lost, %d doubled", r.Lost, r.Captured, r.Doubled)
			}
			if r.Captured == 0 || r.Calls[Write.String()] == 0 || r.Calls[Look.String()] == 0 || r.P99 == 0 {
				t.Errorf("nothing happened: %+v", r)
			}
		})
	}
}

func TestASeedTellsTheSameStoryTwice(t *testing.T) {
	s := scenario(t, "an 8-hour outage")
	first, second, other := Run(t.Context(), s, 200, 7), Run(t.Context(), s, 200, 7), Run(t.Context(), s, 200, 8)
	if !reflect.DeepEqual(first, second) {
		t.Errorf("one seed, two stories:\n%+v\n%+v", first, second)
	}
	if reflect.DeepEqual(first, other) {
		t.Error("two seeds, one story")
	}
}

func TestThePaceHoldsAndEachPlantedFaultIsFound(t *testing.T) {
	for _, c := range []struct {
		name, scenario string
		plant          plant
		laptops        int
		red            string // "" for nothing
	}{
		{"no fault", "an 8-hour outage", plant{}, 2000, ""},
		{"no fault, and no answer either", "8 hours out of reach", plant{}, 2000, ""},
		{"no jitter", "an 8-hour outage", plant{noJitter: true}, 2000, "busiest minute over the steady mean"},
		{"all told at once that the outage is over", "an 8-hour outage", plant{herd: true}, 2000, "busiest minute over the steady mean"},
		{"a row that was locked is forgotten", "a conference", plant{forgets: true}, 400, "lost"},
		{"an org that takes a key twice", "a working week", plant{keyless: true}, 400, "doubled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := scenario(t, c.scenario)
			s.plant = c.plant
			r := Run(t.Context(), s, c.laptops, 1)
			switch found := broken(r); {
			case c.red == "" && len(found) > 0:
				t.Errorf("broken: %v in %+v", found, r)
			case c.red != "" && !slices.Contains(found, c.red):
				t.Errorf("broken: %v, want %s; %+v", found, c.red, r)
			}
		})
	}
}
