package outbox_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"time"

	"go.etcd.io/bbolt"
)

// The records of a file, read here by their description alone (frame.go) so that a
// fault of the outbox's own reading does not hide itself.

// The kinds of record that hold an item.
const (
	recordHead = 1
	recordBody = 2
)

// record is one that lies whole in a file.
type record struct {
	kind     byte
	item     [16]byte
	revision uint32
}

// span is where it lies.
type span struct{ from, to int }

// eachRecord visits every record whose checksum holds.
func eachRecord(data []byte, visit func(record, span)) {
	const header = 36
	for at := 0; ; at++ {
		next := bytes.Index(data[at:], []byte("FP\x01"))
		if next < 0 || at+next+header > len(data) {
			return
		}
		at += next
		end := at + header + int(binary.BigEndian.Uint32(data[at+28:]))
		if end > len(data) {
			continue
		}
		sum := crc32.MakeTable(crc32.Castagnoli)
		got := crc32.Update(crc32.Checksum(data[at:at+32], sum), sum, data[at+header:end])
		if got != binary.BigEndian.Uint32(data[at+32:]) {
			continue
		}
		r := record{kind: data[at+3], revision: binary.BigEndian.Uint32(data[at+24:])}
		copy(r.item[:], data[at+8:])
		visit(r, span{at, end})
	}
}

// recordsOf gives the records of a file.
func recordsOf(data []byte) map[record]bool {
	found := map[record]bool{}
	eachRecord(data, func(r record, _ span) { found[r] = true })
	return found
}

// anatomy is what lies where in a store that is whole.
type anatomy struct {
	data     []byte
	pageSize int
	live     []span              // of the records that are in use
	heads    map[[16]byte]record // the ones in use
	bodies   map[[16]byte]record // the ones in use
	pages    map[string][]int    // by type
}

// dissect reads a store that nobody has open.
func dissect(path string) (*anatomy, error) {
	a := &anatomy{heads: map[[16]byte]record{}, bodies: map[[16]byte]record{}, pages: map[string][]int{}}
	var err error
	if a.data, err = os.ReadFile(path); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, NoSync: true})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	a.pageSize = db.Info().PageSize
	return a, db.View(a.read)
}

func (a *anatomy) read(tx *bbolt.Tx) error {
	inUse := map[int]bool{} // by page
	for n := 0; n*a.pageSize < len(a.data); {
		page, err := tx.Page(n)
		if err != nil || page == nil {
			break
		}
		a.pages[page.Type] = append(a.pages[page.Type], n)
		length := 1 // of a page that is free its header says nothing
		if page.Type != "free" {
			length += page.OverflowCount
		}
		for i := range length {
			inUse[n+i] = page.Type == "leaf"
		}
		n += length
	}
	eachRecord(a.data, func(r record, s span) {
		if !inUse[s.from/a.pageSize] {
			return
		}
		a.live = append(a.live, s)
		switch r.kind {
		case recordHead:
			a.heads[r.item] = r
		case recordBody:
			a.bodies[r.item] = r
		}
	})
	return nil
}

// inLive reports whether a byte belongs to a record that is in use.
func (a *anatomy) inLive(at int) bool {
	for _, s := range a.live {
		if at >= s.from && at < s.to {
			return true
		}
	}
	return false
}
