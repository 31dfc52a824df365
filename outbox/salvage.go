package outbox

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"
	"go.etcd.io/bbolt"
)

// Salvage tells what was taken back from a damaged file.
type Salvage struct {
	// File is the name of the file that was set aside.
	File string    `cbor:"1,keyasint"`
	At   time.Time `cbor:"2,keyasint"`
	// Found counts the items taken back whole; Lost those that are known to have been
	// there and of which the content, or everything, is gone.
	Found int `cbor:"3,keyasint"`
	Lost  int `cbor:"4,keyasint"`
}

// salvageStep is how many items are taken back in one transaction, so that captures
// go on in between.
const salvageStep = 500

// Salvage takes back what can be read of files that were set aside and not salvaged
// yet, the keychain locked or not: every record whose checksum holds, wherever in the
// file it lies. What may have been delivered since is doubtful. It may be cut short
// at any time and goes on when it is called again.
func (s *Store) Salvage(ctx context.Context) error {
	files, err := s.damagedFiles()
	if err != nil {
		return err
	}
	done, err := s.Salvages()
	if err != nil {
		return err
	}
	for _, file := range files {
		name := filepath.Base(file)
		if slices.ContainsFunc(done, func(d Salvage) bool { return d.File == name }) {
			continue
		}
		if err := s.salvage(ctx, file); err != nil {
			return fmt.Errorf("outbox: salvaging %s: %w", name, err)
		}
	}
	return nil
}

// Salvages tells what was taken back so far, the latest last.
func (s *Store) Salvages() ([]Salvage, error) {
	var all []Salvage
	err := s.view(func(v *snapshot) (err error) {
		all, err = salvagesIn(v.tx)
		return err
	})
	return all, err
}

// salvagesIn gives no reports where they are damaged: to salvage a file twice does no
// harm, never to salvage it would.
func salvagesIn(tx *bbolt.Tx) (all []Salvage, err error) {
	value := tx.Bucket(bucketMeta).Get(metaSalvages)
	if value == nil {
		return nil, nil
	}
	if _, err := readClear(value, frameSalvages, itemID{}, &all); err != nil {
		return nil, nil
	}
	return all, nil
}

func (s *Store) salvage(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	found, err := searchWreck(file)
	if err != nil {
		return err
	}
	ids := found.ids()
	if err := s.update(func(b *batch) error { return b.takeVitals(found.vitals) }); err != nil {
		return err
	}
	report := Salvage{File: filepath.Base(path), At: s.now().UTC()}
	for part := range slices.Chunk(ids, salvageStep) {
		if err := ctx.Err(); err != nil {
			return err
		}
		whole, lost := 0, 0
		err := s.update(func(b *batch) error {
			whole, lost = 0, 0
			for _, id := range part {
				ok, err := b.takeBack(file, found, id)
				if err != nil {
					return err
				}
				if ok {
					whole++
				} else {
					lost++
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		report.Found, report.Lost = report.Found+whole, report.Lost+lost
	}
	report.Lost += max(0, found.captured-len(ids))
	return s.update(func(b *batch) error { return b.report(report) })
}

func (b *batch) report(report Salvage) error {
	all, err := salvagesIn(b.tx)
	if err != nil {
		return err
	}
	value, err := clear(frameSalvages, itemID{}, 0, append(all, report))
	if err != nil {
		return err
	}
	return b.tx.Bucket(bucketMeta).Put(metaSalvages, value)
}

// place is where in a wreck the newest copy of a record lies.
type place struct {
	at       int64
	length   int
	revision uint32
}

// noteName tells the notes of an item apart: a note's revision is its number.
type noteName struct {
	id     itemID
	number uint32
}

// wreck is what a damaged file still holds: the newest intact copy of each record.
// Pages that bbolt has freed hold older ones.
type wreck struct {
	vitals   *vitals
	heads    map[itemID]place
	bodies   map[itemID]place
	notes    map[noteName]place
	captured int // how many items the newest counters speak of
	counted  uint32
}

func searchWreck(file io.Reader) (*wreck, error) {
	w := &wreck{
		vitals: newVitals(), heads: map[itemID]place{}, bodies: map[itemID]place{}, notes: map[noteName]place{},
	}
	return w, scanFile(file, w.take)
}

func (w *wreck) take(at int64, f frame) {
	p := place{at: at, length: frameHeader + len(f.payload), revision: f.revision}
	switch f.kind {
	case frameHead:
		newest(w.heads, f.id, p)
	case frameBody:
		newest(w.bodies, f.id, p)
	case frameNote:
		newest(w.notes, noteName{f.id, f.revision}, p)
	case frameCounters:
		w.count(f)
	default:
		w.vitals.take(f)
	}
}

func (w *wreck) count(f frame) {
	c := counters{}
	if f.revision < w.counted || cbor.Unmarshal(f.payload, &c) != nil {
		return
	}
	w.counted, w.captured = f.revision, 0
	for _, n := range c.ByState {
		w.captured += n
	}
}

func newest[K comparable](places map[K]place, key K, p place) {
	if known, ok := places[key]; !ok || p.revision >= known.revision {
		places[key] = p
	}
}

// ids are the items of which anything is left, in the order of capture.
func (w *wreck) ids() []itemID {
	var ids []itemID
	for id := range w.heads {
		ids = append(ids, id)
	}
	for id := range w.bodies {
		if _, ok := w.heads[id]; !ok {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b itemID) int { return slices.Compare(a[:], b[:]) })
	return ids
}

func (p place) read(file io.ReaderAt) ([]byte, error) {
	value := make([]byte, p.length)
	_, err := file.ReadAt(value, p.at)
	return value, err
}

// takeVitals adds the accounts and data keys of a wreck that the key file did not
// know either, and takes the sign-in up where there is none.
func (b *batch) takeVitals(found *vitals) error {
	for number, account := range found.accounts {
		if known, err := accountOf(b.tx, number); err == nil && known != nil {
			continue
		}
		if err := b.fileAccount(number, account); err != nil {
			return err
		}
	}
	for id, wrapped := range found.wrapped {
		b.store.keys.learn(id, wrapped)
		if err := putSeal(b.tx, id, wrapped); err != nil {
			return err
		}
	}
	b.owned = true
	own, err := readSelf(b.tx)
	if err != nil || own.Current != 0 || found.self == nil || own.Profile != nil {
		return err
	}
	return b.changeSelf(func(s *self) { s.Current, s.Profile = found.self.Current, found.self.Profile })
}

// takeBack files an item of a wreck; false where its content is gone. An item that
// is here already is left as it is.
func (b *batch) takeBack(file io.ReaderAt, found *wreck, id itemID) (whole bool, err error) {
	if b.tx.Bucket(bucketHeads).Get(id[:]) != nil {
		return true, nil
	}
	h, err := found.head(file, id)
	if err != nil {
		return false, err
	}
	if _, err := accountOf(b.tx, h.Account); err != nil {
		h.Account = 0 // whose it was is lost
	}
	body, held := found.bodies[id]
	if held {
		value, err := body.read(file)
		if err != nil {
			return false, err
		}
		if err := b.tx.Bucket(bucketBodies).Put(id[:], value); err != nil {
			return false, err
		}
	}
	if err := b.takeNotes(file, found, id, h); err != nil {
		return false, err
	}
	h.salvaged()
	whole = held || h.Purged
	if !whole {
		if err := b.withoutContent(id, h); err != nil {
			return false, err
		}
	}
	return whole, b.insert(id, h)
}

// head gives an item's head, or one made anew from what its id tells.
func (w *wreck) head(file io.ReaderAt, id itemID) (*head, error) {
	anew := &head{State: Waiting, CapturedAt: id.time(), revision: rebuiltRevision}
	p, ok := w.heads[id]
	if !ok {
		return anew, nil
	}
	value, err := p.read(file)
	if err != nil {
		return nil, err
	}
	h, err := decodeHead(value, id)
	if err != nil || stateBytes[h.State] == 0 {
		return anew, nil // its checksum holds, its content is none
	}
	return h, nil
}

// takeNotes files the lines of an item's story that are left, numbered anew.
func (b *batch) takeNotes(file io.ReaderAt, found *wreck, id itemID, h *head) error {
	most := h.Notes
	h.Notes = 0
	for number := range uint32(most) {
		p, ok := found.notes[noteName{id, number + 1}]
		if !ok {
			continue
		}
		value, err := p.read(file)
		if err != nil {
			return err
		}
		if err := b.putNote(id, h, value); err != nil {
			return err
		}
	}
	return nil
}

// salvaged makes a head fit for its new place: a newer one may have been lost, so
// what is not delivered by this one may be in Salesforce all the same.
func (h *head) salvaged() {
	h.revision++
	switch h.State {
	case Sending:
		h.doubt(time.Time{})
	case Waiting, NeedsAttention, Held:
		if h.Doubt == nil {
			h.Doubt = &Doubt{Since: h.CapturedAt}
		}
	}
}

// withoutContent keeps the line of an item whose content is gone: where it is not
// in Salesforce, the rep is told.
func (b *batch) withoutContent(id itemID, h *head) error {
	h.Purged = true
	if h.State == Delivered || h.State == Discarded {
		return nil
	}
	h.State, h.NextAt, h.Doubt = NeedsAttention, time.Time{}, nil
	return b.problem(id, h, &Problem{Code: ProblemLost, Who: You})
}
