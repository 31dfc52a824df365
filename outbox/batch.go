package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// batch is one writer's part of a transaction. It alone moves items between
// states, so that the index and the counters cannot drift from the heads.
type batch struct {
	tx       *bbolt.Tx
	store    *Store
	now      time.Time
	counters *counters
	changed  []itemID
	looks    map[itemID]*look // of what was added, as long as it is as it was added
	owned    bool             // the store's own record or its data keys changed
}

// counters are kept in the store, for counting a million heads takes seconds.
type counters struct {
	ByState       map[State]int `cbor:"1,keyasint"`
	LastDelivered time.Time     `cbor:"2,keyasint,omitzero"`

	revision uint32
}

// counting runs work on the counters, and stores them behind it.
func counting(tx *bbolt.Tx, work func(*transaction) error) error {
	c, err := readCounters(tx)
	if err != nil {
		return err
	}
	t := &transaction{tx: tx, counters: c}
	if err := work(t); err != nil {
		return err
	}
	t.counters.revision++
	value, err := clear(frameCounters, itemID{}, t.counters.revision, t.counters)
	if err != nil {
		return err
	}
	return tx.Bucket(bucketMeta).Put(metaCounters, value)
}

func readCounters(tx *bbolt.Tx) (counters, error) {
	c := counters{ByState: map[State]int{}}
	value := tx.Bucket(bucketMeta).Get(metaCounters)
	if value == nil {
		return c, nil
	}
	var err error
	c.revision, err = readClear(value, frameCounters, itemID{}, &c)
	return c, err
}

// insert files a new item, and the key and the occasion that it may be told of again by.
func (b *batch) insert(id itemID, h *head) error {
	b.tx.Bucket(bucketHeads).FillPercent = 0.9 // ids ascend
	for _, name := range [][]byte{h.Key, h.Occasion} {
		if len(name) == 0 {
			continue
		}
		if err := b.tx.Bucket(bucketKeys).Put(name, id[:]); err != nil {
			return err
		}
	}
	return b.file(id, h, "")
}

// move stores a changed head and files the item under its new state.
func (b *batch) move(id itemID, h *head, from State) error {
	h.revision++
	if err := b.tx.Bucket(bucketStates).Delete(stateKey(from, id)); err != nil {
		return err
	}
	return b.file(id, h, from)
}

func (b *batch) file(id itemID, h *head, from State) error {
	value, err := h.encode(id)
	if err != nil {
		return err
	}
	if err := b.tx.Bucket(bucketHeads).Put(id[:], value); err != nil {
		return err
	}
	if err := b.tx.Bucket(bucketStates).Put(stateKey(h.State, id), indexValue(h)); err != nil {
		return err
	}
	if from != "" {
		b.counters.ByState[from]--
		delete(b.looks, id)
	}
	b.counters.ByState[h.State]++
	b.changed = append(b.changed, id)
	return nil
}

// head reads where an item stands.
func (b *batch) head(id itemID) (*head, error) {
	value := b.tx.Bucket(bucketHeads).Get(id[:])
	if value == nil {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
	}
	return decodeHead(value, id)
}

// headOrRemains is head, but of a damaged one it gives what the index still knows.
func (b *batch) headOrRemains(id itemID) (*head, error) {
	h, err := b.head(id)
	if errors.Is(err, ErrDamaged) {
		return remains(b.tx, id)
	}
	return h, err
}

// each visits the items that are in a state now; the visit may move them.
func (b *batch) each(state State, visit func(id itemID, h *head) error) error {
	ids, err := idsInState(b.tx, state)
	if err != nil {
		return err
	}
	for _, id := range ids {
		h, err := b.head(id)
		if err != nil {
			return err
		}
		if err := visit(id, h); err != nil {
			return err
		}
	}
	return nil
}

// snapshot reads the store as the batch leaves it.
func (b *batch) snapshot() *snapshot { return &snapshot{tx: b.tx, keys: b.store.keys} }

// content opens what the rep did.
func (b *batch) content(id itemID) (*body, error) {
	return b.snapshot().body(id)
}

// note adds one line to an item's story; its head is stored by the caller.
func (b *batch) note(id itemID, h *head, n Note) error {
	if n.At.IsZero() {
		n.At = b.now
	}
	payload, err := encoding.Marshal(n)
	if err != nil {
		return err
	}
	return b.putNote(id, h, b.store.sealed(frameNote, id, uint32(h.Notes)+1, payload))
}

// putNote files a sealed note behind those that an item has.
func (b *batch) putNote(id itemID, h *head, value []byte) error {
	key := noteKey(id, h.Notes)
	h.Notes++
	return b.tx.Bucket(bucketNotes).Put(key, value)
}

func noteKey(id itemID, number uint16) []byte { return binary.BigEndian.AppendUint16(id[:], number) }

// body stores what the rep did, sealed.
func (b *batch) body(id itemID, content *body, revision uint32) error {
	payload, err := encoding.Marshal(content)
	if err != nil {
		return err
	}
	return b.putBody(id, payload, revision)
}

// putBody files an encoded body.
func (b *batch) putBody(id itemID, payload []byte, revision uint32) error {
	bodies := b.tx.Bucket(bucketBodies)
	bodies.FillPercent = 0.9
	return bodies.Put(id[:], b.store.sealed(frameBody, id, revision, payload))
}

// problem gives a head its problem, the particulars sealed; nil clears it.
func (b *batch) problem(id itemID, h *head, p *Problem) error {
	h.Problem, h.Who, h.Private, h.PrivateKey = "", "", nil, keyID{}
	if p == nil {
		return nil
	}
	h.Problem, h.Who = p.Code, p.Who
	if len(p.Args) == 0 {
		return nil
	}
	payload, err := encoding.Marshal(p.Args)
	if err != nil {
		return err
	}
	h.Private, h.PrivateKey = b.store.keys.seal(payload, id[:])
	return nil
}

// recoverClaims turns what was being sent when the last process ended into
// doubts (W3, W5, W6, W9): it may be in Salesforce already.
func (b *batch) recoverClaims() error {
	return b.each(Sending, func(id itemID, h *head) error {
		h.doubt(b.now)
		return errors.Join(b.note(id, h, Note{Code: NoteInterrupted}), b.move(id, h, Sending))
	})
}

// doubtAll makes everything that is not delivered doubtful: it may be in Salesforce
// already, nobody here knows since when.
func (b *batch) doubtAll() error {
	for _, state := range []State{Waiting, Sending, NeedsAttention, Held} {
		err := b.each(state, func(id itemID, h *head) error {
			if h.Doubt == nil {
				h.Doubt = &Doubt{Since: h.CapturedAt}
			}
			return b.move(id, h, state)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// doubt makes a claimed item wait with the doubt that its claim leaves behind.
// An older doubt stays: the first call decides how long absence is unproven.
func (h *head) doubt(now time.Time) {
	if h.Doubt == nil {
		h.Doubt = &Doubt{Since: now}
		if h.Claim != nil {
			h.Doubt = &Doubt{Since: h.Claim.At, Mode: h.Claim.Mode}
		}
	}
	h.State, h.Claim, h.NextAt = Waiting, nil, time.Time{}
}

// sealed makes the frame of a sealed record.
func (s *Store) sealed(kind frameKind, id itemID, revision uint32, payload []byte) []byte {
	f := frame{kind: kind, id: id, revision: revision}
	f.payload, f.key = s.keys.seal(payload, id[:])
	return f.encode()
}
