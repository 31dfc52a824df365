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
			if got := r.Due(noon); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	if got := (Reads{}).Due(noon); got != Refresh {
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
