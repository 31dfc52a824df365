package outbox

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"

	"go.etcd.io/bbolt"

	"fieldpost/outbox/activity"
)

// body is what lies sealed: the activity and, while an update of its record is
// pending, the activity as Salesforce has it.
type body struct {
	Activity activity.Activity  `cbor:"1,keyasint"`
	Sent     *activity.Activity `cbor:"2,keyasint,omitempty"`
}

// Add captures the drafts in one transaction and returns once they are on disk:
// a receipt is a promise that survives a power cut. A draft whose key is known
// gives the first receipt again and adds nothing. On an error nothing was added.
// ErrFull: the disk is full. A context that has ended adds nothing; once begun, a commit is not cut short.
func (s *Store) Add(ctx context.Context, drafts []Draft) ([]Receipt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if known, err := s.allKnown(drafts); err != nil || known != nil {
		return known, err
	}
	// What can be done before the others wait for this one's turn is done here.
	receipts, ready := make([]Receipt, len(drafts)), make([]readied, len(drafts))
	for i := range drafts {
		var err error
		if ready[i].content, err = encoding.Marshal(&body{Activity: drafts[i].Activity}); err != nil {
			return nil, err
		}
		ready[i].look = lookOf(&drafts[i].Activity)
	}
	err := s.capture(func(b *batch) error {
		for i := range drafts {
			receipt, err := b.add(&drafts[i], &ready[i])
			if err != nil {
				return err
			}
			receipts[i] = receipt
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.tellSimilar(ready, receipts)
	return receipts, nil
}

// allKnown answers a repetition without touching the disk; nil if any is new.
func (s *Store) allKnown(drafts []Draft) ([]Receipt, error) {
	if !slices.ContainsFunc(drafts, func(d Draft) bool { return d.Activity.Key != "" }) {
		return nil, nil
	}
	receipts := make([]Receipt, 0, len(drafts))
	err := s.view(func(v *snapshot) error {
		for i := range drafts {
			receipt, known, err := s.known(v.tx, drafts[i].Activity.Key)
			if err != nil || !known {
				return err
			}
			receipts = append(receipts, receipt)
		}
		return nil
	})
	if err != nil || len(receipts) < len(drafts) {
		return nil, err
	}
	return receipts, nil
}

// readied is what is made of a draft before it is stored.
type readied struct {
	content []byte // the body, not sealed yet
	look    *look
}

func (b *batch) add(d *Draft, ready *readied) (Receipt, error) {
	if receipt, known, err := b.store.known(b.tx, d.Activity.Key); err != nil || known {
		return receipt, err
	}
	current, err := currentAccount(b.tx)
	if err != nil {
		return Receipt{}, err
	}
	if receipt, known, err := b.toldAgain(current, d); err != nil || known {
		return receipt, err
	}
	id := nextID(lastID(b.tx), b.now)
	h := &head{
		State: Waiting, Kind: d.Activity.Kind, Source: d.Source, CapturedAt: b.now, Account: current,
		Key: b.store.hash(d.Activity.Key), Occasion: b.store.occasion(current, &d.Activity), Version: d.version(),
	}
	switch {
	case d.Activity.Cancelled && h.Occasion != nil: // what it cancels is not to be sent when it comes
		h.callOff(b.now)
		d.Notes = append(d.Notes, Note{Code: NoteNeverSent})
	case d.Hold != nil:
		h.State = Held
	}
	if err := b.problem(id, h, d.Hold); err != nil {
		return Receipt{}, err
	}
	for _, n := range d.Notes {
		if err := b.note(id, h, n); err != nil {
			return Receipt{}, err
		}
	}
	err = errors.Join(b.putBody(id, ready.content, 0), b.insert(id, h))
	if h.State != Discarded {
		b.looks[id] = ready.look
	}
	return Receipt{ID: id.String(), State: h.State, CapturedAt: b.now}, err
}

// Known gives the first receipt of a key that was captured before, whatever became
// of the item.
func (s *Store) Known(key string) (receipt Receipt, known bool, err error) {
	err = s.view(func(v *snapshot) (err error) {
		receipt, known, err = s.known(v.tx, key)
		return err
	})
	return receipt, known, err
}

// known finds the receipt that a key was given before.
func (s *Store) known(tx *bbolt.Tx, key string) (Receipt, bool, error) {
	if key == "" {
		return Receipt{}, false, nil
	}
	value := tx.Bucket(bucketKeys).Get(s.hash(key))
	if value == nil {
		return Receipt{}, false, nil
	}
	id := itemID(value)
	h, err := decodeHead(tx.Bucket(bucketHeads).Get(id[:]), id)
	if err != nil {
		return Receipt{}, false, err
	}
	return Receipt{ID: id.String(), State: h.State, CapturedAt: h.CapturedAt, Known: true}, true, nil
}

// hash is how an idempotency key is stored: such keys often hold a Message-ID or
// a meeting's UID, and those name people.
func (s *Store) hash(key string) []byte {
	if key == "" {
		return nil
	}
	sum := sha256.New()
	sum.Write(s.salt)
	sum.Write([]byte(key))
	return sum.Sum(nil)[:16]
}

func lastID(tx *bbolt.Tx) itemID {
	k, _ := tx.Bucket(bucketHeads).Cursor().Last()
	if len(k) != len(itemID{}) {
		return itemID{}
	}
	return itemID(k)
}
