package outbox

import (
	"errors"
	"time"
)

// purgeStep is how many items one transaction purges.
const purgeStep = 500

// Purge removes the content of what was delivered, or put into the bin, before the
// given times; the line of the ledger stays: id, kind, times and record (CONTRACT
// section 3, retention.delivered). It tells how many. The bytes are gone from the
// disk after the next compaction.
func (s *Store) Purge(deliveredBefore, discardedBefore time.Time) (int, error) {
	total := 0
	for {
		n := 0
		err := s.update(func(b *batch) error {
			n = 0
			due, err := b.expired(deliveredBefore, discardedBefore)
			if err != nil {
				return err
			}
			for _, id := range due {
				if err := b.purge(id); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		total += n
		if err != nil || n < purgeStep {
			return total, err
		}
	}
}

// expired finds up to purgeStep items whose retention is over.
func (b *batch) expired(deliveredBefore, discardedBefore time.Time) ([]itemID, error) {
	var ids []itemID
	for state, before := range map[State]time.Time{Delivered: deliveredBefore, Discarded: discardedBefore} {
		err := eachInState(b.tx, state, func(id itemID, value []byte) error {
			since, _, err := readIndexValue(value)
			if err == nil && !since.IsZero() && since.Before(before) {
				if len(ids) == purgeStep {
					return errEnough
				}
				ids = append(ids, id)
			}
			return err
		})
		if err != nil && !errors.Is(err, errEnough) {
			return nil, err
		}
	}
	return ids, nil
}

// purge leaves the item's line of the ledger and nothing else.
func (b *batch) purge(id itemID) error {
	h, err := b.head(id)
	if err != nil {
		return err
	}
	return errors.Join(b.erase(id, h), b.move(id, h, h.State))
}

// erase removes an item's content and story; its head is stored by the caller.
func (b *batch) erase(id itemID, h *head) error {
	err := b.tx.Bucket(bucketBodies).Delete(id[:])
	notes := b.tx.Bucket(bucketNotes)
	for number := range h.Notes {
		err = errors.Join(err, notes.Delete(noteKey(id, number)))
	}
	h.Notes, h.Purged = 0, true
	h.dropUpdate()
	return errors.Join(err, b.problem(id, h, nil))
}
