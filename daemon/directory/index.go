package directory

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// index finds rows by the beginnings of words. It lives in memory alone: it is made of the
// copy when somebody searches, and goes when nobody does any more. It is a few large pieces
// instead of many small ones, which the garbage collector need not walk.
type index struct {
	// rows are the rep's own first, then by name; row i is text[rowAt[i]:rowAt[i+1]].
	text    string
	rowAt   []uint32
	owned   int     // how many are the rep's own
	objects []uint8 // of each row, into names
	names   []string
	byID    []uint32 // the rows in the order of their ids

	// words are all there are, in order; word i is words[wordAt[i]:wordAt[i+1]] and stands in
	// the rows of posts[first[i]:first[i+1]].
	words  string
	wordAt []uint32
	first  []uint32
	posts  []post

	marks   []mark
	reached []uint32
}

// card is what a search may find: a person or a record.
type card struct {
	id, object, name, email, company string
	own                              bool
}

// post is a row and the part of it in which a word stands.
type post uint32

const (
	inName post = iota
	inCompany
	inEmail
	parts // how many there are
)

// worth is how much a word in each part says.
var worth = [parts]uint16{inName: 6, inCompany: 3, inEmail: 2}

// wholeWord is how much more a whole word says than the beginning of one.
const wholeWord = 2

// mark is how far a search has come with a row.
type mark struct {
	found  uint8  // how many of the words were found, one after the other
	recent uint8  // its place among the recent ones from the back, 0 for none
	last   uint16 // what the last word was worth
	all    uint16 // what all of them were worth
}

// between stands between the fields of a row.
const between = "\x00"

func newIndex(rows []card) *index {
	slices.SortFunc(rows, func(a, b card) int {
		if a.own != b.own {
			if a.own {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.id, b.id))
	})
	x := &index{marks: make([]mark, len(rows)), byID: make([]uint32, len(rows)), objects: make([]uint8, len(rows))}
	w := newWords()
	var text strings.Builder
	for i := range rows {
		r := &rows[i]
		x.rowAt = append(x.rowAt, uint32(text.Len()))
		x.objects[i], x.byID[i] = x.object(r.object), uint32(i)
		if r.own {
			x.owned++
		}
		for part, field := range [...]string{r.name, r.company, r.email} {
			w.add(field, post(i)*parts+post(part))
			text.WriteString(strings.ReplaceAll(field, between, " ") + between)
		}
		text.WriteString(r.id)
	}
	x.rowAt = append(x.rowAt, uint32(text.Len()))
	x.text = text.String()
	slices.SortFunc(x.byID, func(a, b uint32) int { return strings.Compare(rows[a].id, rows[b].id) })
	w.lay(x)
	return x
}

func (x *index) object(name string) uint8 {
	n := slices.Index(x.names, name)
	if n < 0 {
		n = len(x.names)
		x.names = append(x.names, name)
	}
	return uint8(n)
}

// card gives what stands in a row.
func (x *index) card(i uint32) card {
	fields := strings.SplitN(x.text[x.rowAt[i]:x.rowAt[i+1]], between, 4)
	return card{
		id: fields[3], object: x.names[x.objects[i]], name: fields[0], company: fields[1], email: fields[2], own: int(i) < x.owned,
	}
}

// withID gives the row of an id, false where there is none.
func (x *index) withID(id string) (uint32, bool) {
	n, found := sort.Find(len(x.byID), func(i int) int { return strings.Compare(id, x.card(x.byID[i]).id) })
	if !found {
		return 0, false
	}
	return x.byID[n], true
}

// words collects what stands where.
type words struct {
	numbers map[string]int
	posts   [][]post
}

func newWords() *words { return &words{numbers: map[string]int{}} }

func (w *words) add(text string, at post) {
	for _, word := range wordsOf(text) {
		n, known := w.numbers[word]
		if !known {
			n = len(w.posts)
			w.numbers[word] = n
			w.posts = append(w.posts, nil)
		}
		w.posts[n] = append(w.posts[n], at)
	}
}

// lay lays the words out in order.
func (w *words) lay(x *index) {
	all := make([]string, 0, len(w.numbers))
	total := 0
	for word, n := range w.numbers {
		all = append(all, word)
		total += len(w.posts[n])
	}
	slices.Sort(all)
	var text strings.Builder
	x.wordAt, x.first, x.posts = make([]uint32, 0, len(all)+1), make([]uint32, 0, len(all)+1), make([]post, 0, total)
	for _, word := range all {
		x.wordAt, x.first = append(x.wordAt, uint32(text.Len())), append(x.first, uint32(len(x.posts)))
		text.WriteString(word)
		x.posts = append(x.posts, w.posts[w.numbers[word]]...)
	}
	x.words = text.String()
	x.wordAt, x.first = append(x.wordAt, uint32(len(x.words))), append(x.first, uint32(len(x.posts)))
}

func (x *index) word(i int) string { return x.words[x.wordAt[i]:x.wordAt[i+1]] }
