package directory

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// index finds rows by the beginnings of words. It knows the rows by their ids alone and is
// a few large pieces instead of many small ones: the garbage collector need not walk them,
// and they are read from the file and written to it as they are (indexfile.go).
type index struct {
	// rows are the rep's own first, then by name; row i is ids[i*idSize:(i+1)*idSize].
	ids     []byte
	owned   int     // how many are the rep's own
	objects []uint8 // of each row, into names
	names   []string
	byID    []uint32 // the rows in the order of their ids

	// words are all there are, in order; word i is words[wordAt[i]:wordAt[i+1]] and stands in
	// the rows of posts[first[i]:first[i+1]].
	words  []byte
	wordAt []uint32
	first  []uint32
	posts  []post

	// hidden are rows that changed since: a younger index has them.
	hidden  []bool
	marks   []mark
	reached []uint32
}

// idSize is how long the ids of Salesforce are.
const idSize = 18

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

// place is what decides where a row stands in an index.
type place struct {
	id, name string
	own      bool
}

func comparePlaces(a, b place) int {
	if a.own != b.own {
		if a.own {
			return -1
		}
		return 1
	}
	return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.id, b.id))
}

// newIndex makes the index of rows. cardOf is asked for each of them once, in the order of
// their places: the whole of them need not fit into memory.
func newIndex(places []place, cardOf func(id string) (card, error)) (*index, error) {
	slices.SortFunc(places, comparePlaces)
	x := &index{ids: make([]byte, 0, len(places)*idSize), objects: make([]uint8, len(places)), byID: make([]uint32, len(places))}
	w := newWords()
	for i, p := range places {
		c, err := cardOf(p.id)
		if err != nil {
			return nil, err
		}
		x.ids = append(x.ids, p.id...)
		x.objects[i], x.byID[i] = x.object(c.object), uint32(i)
		if p.own {
			x.owned++
		}
		for part, field := range [...]string{c.name, c.company, c.email} {
			w.add(field, post(i)*parts+post(part))
		}
	}
	slices.SortFunc(x.byID, func(a, b uint32) int { return strings.Compare(places[a].id, places[b].id) })
	w.lay(x)
	x.ready()
	return x, nil
}

// ready gives an index room to search in.
func (x *index) ready() {
	x.marks, x.hidden = make([]mark, len(x.objects)), make([]bool, len(x.objects))
}

func (x *index) object(name string) uint8 {
	n := slices.Index(x.names, name)
	if n < 0 {
		n = len(x.names)
		x.names = append(x.names, name)
	}
	return uint8(n)
}

func (x *index) id(row uint32) []byte { return x.ids[row*idSize : (row+1)*idSize] }

// withID gives the row of an id, false where there is none.
func (x *index) withID(id string) (uint32, bool) {
	n, found := sort.Find(len(x.byID), func(i int) int { return strings.Compare(id, string(x.id(x.byID[i]))) })
	if !found {
		return 0, false
	}
	return x.byID[n], true
}

// words collects what stands where.
type words struct {
	numbers map[string]uint32
	words   []string
	found   []struct {
		word uint32
		at   post
	}
}

func newWords() *words { return &words{numbers: map[string]uint32{}} }

func (w *words) add(text string, at post) {
	for _, word := range wordsOf(text) {
		n, known := w.numbers[word]
		if !known {
			n = uint32(len(w.words))
			word = strings.Clone(word) // the rest of the text is not kept for it
			w.numbers[word] = n
			w.words = append(w.words, word)
		}
		w.found = append(w.found, struct {
			word uint32
			at   post
		}{n, at})
	}
}

// lay lays the words out in order.
func (w *words) lay(x *index) {
	w.numbers = nil
	order := make([]uint32, len(w.words)) // the words, sorted
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(a, b uint32) int { return strings.Compare(w.words[a], w.words[b]) })
	counts := make([]uint32, len(w.words))
	for _, f := range w.found {
		counts[f.word]++
	}
	x.wordAt, x.first = make([]uint32, 0, len(order)+1), make([]uint32, 0, len(order)+1)
	total := uint32(0)
	for _, word := range order {
		x.wordAt, x.first = append(x.wordAt, uint32(len(x.words))), append(x.first, total)
		x.words = append(x.words, w.words[word]...)
		total, counts[word] = total+counts[word], total // from here on: where its next post goes
	}
	x.wordAt, x.first = append(x.wordAt, uint32(len(x.words))), append(x.first, total)
	x.posts = make([]post, total)
	for _, f := range w.found {
		x.posts[counts[f.word]] = f.at
		counts[f.word]++
	}
}

func (x *index) word(i int) []byte { return x.words[x.wordAt[i]:x.wordAt[i+1]] }
