package outbox_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
)

// A ruin is one way in which a file is damaged.
type ruin struct {
	name   string
	weight int // of 100
	do     func(*wreckage)
}

// wreckage is a home that is being damaged.
type wreckage struct {
	random  *rand.Rand
	whole   *anatomy
	db      []byte
	keys    []byte
	flipped []int // the bytes of db that a flip changed, and nothing else
}

// bothFiles is the one damage after which records that are whole may stay sealed.
const bothFiles = "the file and the key file"

// ruins are drawn from, each by its weight.
var ruins = []ruin{
	{"a flipped bit", 26, func(w *wreckage) { w.flip(w.random.IntN(len(w.db))) }},
	{"a flipped bit in a record", 20, (*wreckage).flipRecord},
	{"a zeroed page", 10, func(w *wreckage) { clear(w.page(w.random.IntN(w.pages()))) }},
	{"a random page", 10, func(w *wreckage) { w.noise(w.page(w.random.IntN(w.pages()))) }},
	{"two pages swapped", 8, (*wreckage).swap},
	{"a page written over another", 4, func(w *wreckage) { copy(w.page(w.random.IntN(w.pages())), w.page(w.random.IntN(w.pages()))) }},
	{"a page of a tree", 6, (*wreckage).tree},
	{"cut short", 6, func(w *wreckage) { w.db = w.db[:w.random.IntN(len(w.db))] }},
	{"a foreign file", 1, func(w *wreckage) { w.db = make([]byte, w.random.IntN(100_000)); w.noise(w.db) }},
	{"an empty file", 1, func(w *wreckage) { w.db = nil }},
	{"the key file", 4, (*wreckage).spoilKeys},
	{bothFiles, 4, func(w *wreckage) {
		w.spoilKeys()
		clear(w.page(w.random.IntN(w.pages())))
		w.flip(w.random.IntN(len(w.db)))
	}},
}

// specials are damages that chance seldom finds.
func specials() []ruin {
	all := []ruin{
		{"nothing at all", 0, func(*wreckage) {}},
		{"one byte", 0, func(w *wreckage) { w.db = []byte{1} }},
		{"a letter", 0, func(w *wreckage) { w.db = []byte("Dear customer,\nplease find attached") }},
		{"zeroes", 0, func(w *wreckage) { clear(w.db) }},
		{"only what the tree begins with", 0, func(w *wreckage) { w.db = w.db[:2*w.whole.pageSize] }},
		{"one page missing", 0, func(w *wreckage) { w.db = w.db[:len(w.db)-w.whole.pageSize] }},
		{"both beginnings zeroed", 0, func(w *wreckage) { clear(w.db[:2*w.whole.pageSize]) }},
		{"every page in reverse", 0, (*wreckage).reverse},
		{"a file behind the file", 0, func(w *wreckage) { w.db = append(w.db, w.db...) }},
		{"no key file", 0, func(w *wreckage) { w.keys = nil }},
	}
	for _, name := range []string{"salvages", "self", "counters", "heads", "bodies", "notes", "states", "keys", "seals", "accounts"} {
		for bit := range 8 {
			all = append(all, ruin{fmt.Sprintf("bit %d behind the word %s", bit, name), 0, func(w *wreckage) { w.flipBehind(name, bit) }})
		}
	}
	for bit := range 32 {
		all = append(all, ruin{fmt.Sprintf("bit %d of the schema", bit), 0, func(w *wreckage) { w.flipBehind("schema", bit) }})
	}
	return all
}

// drawn gives the damage that the wreckage's chance picks.
func drawn(random *rand.Rand) ruin {
	n := random.IntN(100)
	for _, r := range ruins {
		if n -= r.weight; n < 0 {
			return r
		}
	}
	return ruins[0]
}

func (w *wreckage) pages() int { return len(w.db) / w.whole.pageSize }

func (w *wreckage) page(n int) []byte { return w.db[n*w.whole.pageSize : (n+1)*w.whole.pageSize] }

func (w *wreckage) noise(data []byte) {
	for i := range data {
		data[i] = byte(w.random.Uint32())
	}
}

func (w *wreckage) flip(at int) {
	w.db[at] ^= 1 << w.random.IntN(8)
	w.flipped = append(w.flipped, at)
}

func (w *wreckage) flipRecord() {
	s := w.whole.live[w.random.IntN(len(w.whole.live))]
	w.flip(s.from + w.random.IntN(s.to-s.from))
}

func (w *wreckage) swap() {
	a, b := w.page(w.random.IntN(w.pages())), w.page(w.random.IntN(w.pages()))
	kept := bytes.Clone(a)
	copy(a, b)
	copy(b, kept)
}

// tree spoils one byte, or a bit, of the first bytes of a page: what the tree is made of.
func (w *wreckage) tree() {
	page := w.page(w.random.IntN(w.pages()))
	page[w.random.IntN(64)] ^= byte(1 + w.random.IntN(255))
}

func (w *wreckage) spoilKeys() {
	switch w.random.IntN(4) {
	case 0:
		w.keys = nil
	case 1:
		w.keys = w.keys[:w.random.IntN(len(w.keys))]
	case 2:
		w.noise(w.keys)
	default:
		w.keys[w.random.IntN(len(w.keys))] ^= 1 << w.random.IntN(8)
	}
}

func (w *wreckage) reverse() {
	from := bytes.Clone(w.db)
	for n := range w.pages() {
		copy(w.page(n), from[(w.pages()-1-n)*w.whole.pageSize:])
	}
}

// flipBehind flips a bit of what follows a key wherever it stands in the tree.
func (w *wreckage) flipBehind(key string, bit int) {
	for _, n := range w.whole.pages["leaf"] {
		page := w.page(n)
		if at := bytes.Index(page, []byte(key)); at >= 0 && at+len(key)+bit/8 < len(page) {
			page[at+len(key)+bit/8] ^= 1 << (bit % 8)
		}
	}
}
