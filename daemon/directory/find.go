package directory

import (
	"bytes"
	"slices"
	"sort"
	"strings"
)

// maxRecent is how many of those used last come first.
const maxRecent = 200

// hit is a row that a search found, and what decides where it stands.
type hit struct {
	id     string
	recent uint8 // its place among the recent ones from the back, 0 for none
	own    bool
	worth  uint16
}

// compareHits orders hits but for their names: those of recent in its order, then the
// rep's own, then what fits best.
func compareHits(a, b *hit) int {
	switch {
	case a.recent != b.recent:
		return int(b.recent) - int(a.recent)
	case a.own != b.own:
		if a.own {
			return -1
		}
		return 1
	}
	return int(b.worth) - int(a.worth)
}

// find gives the rows in which every word begins one of the row's, best first, equals by
// name. object narrows it to one, "" to none; recent are ids, the one used last first.
func (x *index) find(words []string, object string, recent []string, limit int) []hit {
	best := &top{limit: limit, before: x.before}
	rows := x.reach(words)
	for i, id := range recent[:min(len(recent), maxRecent)] {
		if row, known := x.withID(id); known {
			x.marks[row].recent = max(x.marks[row].recent, uint8(maxRecent-i))
		}
	}
	for _, row := range rows {
		if !x.hidden[row] && x.of(row, object) {
			best.offer(row)
		}
	}
	hits := make([]hit, len(best.rows))
	for i, row := range best.rows {
		hits[i] = x.hit(row)
		hits[i].id = string(x.id(row))
	}
	return hits
}

func (x *index) hit(row uint32) hit {
	m := &x.marks[row]
	return hit{recent: m.recent, own: int(row) < x.owned, worth: m.all}
}

// of reports whether a row is one of the object, in any case; "" is every one.
func (x *index) of(row uint32, object string) bool {
	return object == "" || strings.EqualFold(x.names[x.objects[row]], object)
}

// reach marks the rows in which every word begins one, the rarest word first.
func (x *index) reach(words []string) []uint32 {
	type span struct {
		word     string
		from, to int
	}
	spans := make([]span, len(words))
	for i, word := range words {
		spans[i].word = word
		spans[i].from, spans[i].to = x.beginning(word)
	}
	rows := func(s span) int { return int(x.first[s.to] - x.first[s.from]) }
	slices.SortStableFunc(spans, func(a, b span) int { return rows(a) - rows(b) })
	clear(x.marks)
	x.reached = x.reached[:0]
	for step, s := range spans {
		x.reached = x.reached[:0]
		for w := s.from; w < s.to; w++ {
			more := uint16(0)
			if len(x.word(w)) == len(s.word) {
				more = wholeWord
			}
			for _, p := range x.posts[x.first[w]:x.first[w+1]] {
				x.mark(uint32(p/parts), uint8(step), worth[p%parts]+more)
			}
		}
	}
	return x.reached
}

// beginning gives the words that begin so, as a range.
func (x *index) beginning(prefix string) (from, to int) {
	n, begins := len(x.wordAt)-1, []byte(prefix)
	from = sort.Search(n, func(i int) bool { return bytes.Compare(x.word(i), begins) >= 0 })
	to = from + sort.Search(n-from, func(i int) bool { return !bytes.HasPrefix(x.word(from+i), begins) })
	return from, to
}

func (x *index) mark(row uint32, step uint8, value uint16) {
	m := &x.marks[row]
	switch m.found {
	case step:
		m.found, m.last = step+1, value
		m.all += value
		x.reached = append(x.reached, row)
	case step + 1:
		if value > m.last {
			m.all += value - m.last
			m.last = value
		}
	}
}

// before reports whether row a stands before row b among what was found.
func (x *index) before(a, b uint32) bool {
	hitA, hitB := x.hit(a), x.hit(b)
	if order := compareHits(&hitA, &hitB); order != 0 {
		return order < 0
	}
	return a < b // by name
}

// top keeps the best few of many, in order.
type top struct {
	limit  int
	before func(a, b uint32) bool
	rows   []uint32
}

func (t *top) offer(row uint32) {
	if len(t.rows) == t.limit && !t.before(row, t.rows[t.limit-1]) {
		return
	}
	at := sort.Search(len(t.rows), func(i int) bool { return t.before(row, t.rows[i]) })
	t.rows = slices.Insert(t.rows, at, row)
	t.rows = t.rows[:min(len(t.rows), t.limit)]
}
