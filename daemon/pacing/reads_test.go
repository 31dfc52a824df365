package pacing

import (
	"testing"
	"time"
)

func TestWhatIsReadIsDueByItsAge(t *testing.T) {
	for _, c := range []struct {
		name              string
		refreshed, looked time.Duration
		want              Reading
	}{
		{"both young", time.Hour, 59 * time.Minute, Nothing},
		{"a look an hour ago", 2 * time.Hour, time.Hour, Look},
		{"a refresh a day ago", 24 * time.Hour, time.Minute, Refresh},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Reads{Refreshed: noon.Add(-c.refreshed), Looked: noon.Add(-c.looked)}
			if got := r.Due(noon, 1, 100); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	if got := (Reads{}).Due(noon, 0, 0); got != Refresh {
		t.Errorf("a new laptop: %v", got)
	}
}

func TestTheLastOfTheAllowanceIsForWriting(t *testing.T) {
	for _, c := range []struct {
		used         int
		scarce, slow bool
	}{{90, false, false}, {91, true, false}, {95, true, false}, {96, true, true}} {
		if Scarce(c.used, 100) != c.scarce || Slow(c.used, 100) != c.slow {
			t.Errorf("%d of 100: scarce %v, slow %v", c.used, Scarce(c.used, 100), Slow(c.used, 100))
		}
	}
	if Scarce(0, 0) || Slow(0, 0) {
		t.Error("an allowance that nobody knows is scarce")
	}
}

func TestWhatFellDueWhileALaptopWasAwayIsSpread(t *testing.T) {
	old := Reads{Refreshed: noon.Add(-60 * time.Hour), Looked: noon.Add(-40 * time.Hour)}
	for _, c := range []struct {
		name  string
		reads Reads
		after time.Duration
		want  Reading
	}{
		{"one that started looks at once", old.Started(noon, 0.99), 0, Look},
		{"and reads everything in its turn", old.Started(noon, 0.99), 4 * time.Hour, Refresh},
		{"the last of those that woke", old.Back(noon, 0.99), 14 * time.Minute, Nothing},
		{"a quarter of an hour later", old.Back(noon, 0.99), 15 * time.Minute, Look},
		{"four hours later", old.Back(noon, 0.99), 4 * time.Hour, Refresh},
		{"the first of those that woke", old.Back(noon, 0), 0, Refresh},
		{"the first after an outage", old.BackFromTrouble(noon, 0), 15 * time.Minute, Nothing},
		{"once all have written", old.BackFromTrouble(noon, 0), 16 * time.Minute, Refresh},
		{"nothing was ever read", Reads{}.Back(noon, 0.99), 0, Refresh},
		{"it falls due after the waking", Reads{Refreshed: noon.Add(-time.Hour), Looked: noon.Add(-59 * time.Minute)}.Back(noon, 0.99), time.Minute, Look},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.reads.Due(noon.Add(c.after), 1, 100); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestOneCallAsksForTheAllowanceBeforeManyAreMade(t *testing.T) {
	r := Reads{Refreshed: noon.Add(-25 * time.Hour), Looked: noon}
	for _, c := range []struct {
		used, most int
		want       Reading
	}{{0, 0, Look}, {90, 100, Refresh}, {91, 100, Nothing}} {
		if got := r.Due(noon, c.used, c.most); got != c.want {
			t.Errorf("%d of %d: %v, want %v", c.used, c.most, got, c.want)
		}
	}
}

func TestTheKeeperRestsUntilSomethingFallsDue(t *testing.T) {
	for _, c := range []struct {
		name  string
		reads Reads
		want  time.Duration
	}{
		{"a look is next", Reads{Refreshed: noon, Looked: noon.Add(-50 * time.Minute)}, 10 * time.Minute},
		{"a refresh is next", Reads{Refreshed: noon.Add(-24*time.Hour + time.Minute), Looked: noon}, time.Minute},
		{"what is due could not be read", Reads{Refreshed: noon, Looked: noon.Add(-2 * time.Hour)}, Round},
	} {
		if got := c.reads.Rest(noon); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if !Slept(noon, noon.Add(Round+2*time.Minute)) || Slept(noon, noon.Add(Round)) {
		t.Error("a sleep is not told from a rest")
	}
}
