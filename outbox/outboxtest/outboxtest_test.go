package outboxtest

import "testing"

func TestAnOrdinaryRunMakesATwentieth(t *testing.T) {
	t.Setenv("FIELDPOST_PROVE", "")
	for full, want := range map[int]int{5000: 250, 20: 1, 7: 1} {
		if got := Rounds(t, full); got != want {
			t.Errorf("of %d rounds %d are made, want %d", full, got, want)
		}
	}
	t.Setenv("FIELDPOST_PROVE", "full")
	if got := Rounds(t, 5000); got != 5000 {
		t.Errorf("in full %d of 5000 are made", got)
	}
}

func TestAGivenSeedIsTaken(t *testing.T) {
	t.Setenv("FIELDPOST_SEED", "42")
	if got := Seed(t); got != 42 {
		t.Errorf("got %d", got)
	}
}
