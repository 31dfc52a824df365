package page

import (
	"strings"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

// Days is how many days the picture of Today shows.
const Days = 30

// month is the picture of the last Days: a bar a day, as high as what was captured then,
// cut by where it stands now.
type month struct {
	// Told says in words what all bars say together, Hearable each bar as well.
	Told, Hearable string
	Width, Height  int
	Binned         bool
	Bars           []bar
}

type bar struct {
	Told  string
	X     int
	Parts []part
}

type part struct {
	Class     string
	Y, Height float64
}

const (
	barWidth  = 10
	barHeight = 48
)

// month draws days; nil where nothing was captured in them.
func (t teller) month(days []outbox.Day) *month {
	all, most := outbox.Counts{ByState: map[outbox.State]int{}}, 0
	counted := make([]apitype.Outbox, len(days))
	for i, day := range days {
		counts := outbox.Counts{ByState: day.ByState}
		for state, n := range day.ByState {
			counts.Captured += n
			all.ByState[state] += n
		}
		all.Captured += counts.Captured
		most = max(most, counts.Captured)
		counted[i] = apitype.OutboxOf(counts)
	}
	if most == 0 {
		return nil
	}
	sum := apitype.OutboxOf(all)
	m := &month{Width: len(days) * barWidth, Height: barHeight, Binned: sum.Discarded > 0}
	m.Told = t.Text("page.month.told", "days", t.number(len(days)), "counts", t.counts(&sum))
	hearable := []string{m.Told}
	for i := range counted {
		of := &counted[i]
		if of.Captured == 0 {
			continue
		}
		b := bar{Told: t.Text("page.month.day", "day", t.day(days[i].Date), "counts", t.counts(of)), X: i * barWidth}
		hearable = append(hearable, b.Told)
		y, unit := float64(barHeight), float64(barHeight)/float64(most)
		for _, p := range []struct {
			class string
			n     int
		}{{"delivered", of.Delivered}, {"open", of.Waiting + of.Sending + of.NeedsAttention + of.Held}, {"binned", of.Discarded}} {
			if p.n > 0 {
				y -= float64(p.n) * unit
				b.Parts = append(b.Parts, part{Class: p.class, Y: y, Height: float64(p.n) * unit})
			}
		}
		m.Bars = append(m.Bars, b)
	}
	m.Hearable = strings.Join(hearable, ". ")
	return m
}
