package outbox

import (
	"errors"
	"slices"
	"time"
)

// A verb moves an item on behalf of a person.
type verb struct {
	name string
	from []State
	to   State
	note string
}

var (
	verbHold    = verb{"hold", []State{Waiting, NeedsAttention}, Held, NoteHeld}
	verbRelease = verb{"release", []State{Held}, Waiting, NoteReleased}
	verbRetry   = verb{"retry", []State{Waiting, NeedsAttention}, Waiting, NoteRetried}
	verbDiscard = verb{"discard", []State{Waiting, NeedsAttention, Held}, Discarded, NoteDiscarded}
	verbRestore = verb{"restore", []State{Discarded}, Waiting, NoteRestored}
)

// Hold keeps an item from being sent until it is released.
func (s *Store) Hold(id string) error { return s.apply(verbHold, id) }

// Release lets a held item go.
func (s *Store) Release(id string) error { return s.apply(verbRelease, id) }

// Retry makes an item due now. The wait of a doubtful outcome is not cut: it is
// what keeps a record from being written twice.
func (s *Store) Retry(id string) error { return s.apply(verbRetry, id) }

// Discard takes an item out: it is never sent. Restore brings it back.
func (s *Store) Discard(id string) error { return s.apply(verbDiscard, id) }

// Restore makes a discarded item wait again.
func (s *Store) Restore(id string) error { return s.apply(verbRestore, id) }

func (s *Store) apply(v verb, text string) error {
	id, err := parseID(text)
	if err != nil {
		return err
	}
	return s.update(func(b *batch) error { return b.apply(v, id) })
}

func (b *batch) apply(v verb, id itemID) error {
	h, err := b.head(id)
	if err != nil {
		return err
	}
	from := h.State
	if !slices.Contains(v.from, from) || h.Purged && v.to != Discarded {
		return &StateError{ID: id.String(), State: from, Verb: v.name, Purged: h.Purged}
	}
	switch {
	case v.to == Discarded && h.Pending != PendingCreate:
		return b.dropChange(id, h, from)
	case from == Discarded && h.Record != nil:
		return &StateError{ID: id.String(), State: from, Verb: v.name} // it was withdrawn
	}
	h.State = v.to
	switch {
	case v.to == Discarded:
		h.DiscardedAt = b.now
	case from == Discarded: // the rep wants it, cancelled or not
		h.CalledOff, h.Cancellation = false, nil
	}
	if h.Doubt == nil {
		h.NextAt = time.Time{}
	}
	err = b.problem(id, h, nil)
	return errors.Join(err, b.note(id, h, Note{Code: v.note}), b.move(id, h, from))
}

// RetryAll makes every item that needs attention, or waits, and has the problem
// code due now; with code "" every such item. It returns how many.
func (s *Store) RetryAll(code string) (int, error) {
	return s.applyAll(verbRetry, code)
}

// RetryBy makes every item due whose problem is one that who can act on: they may have
// acted. It returns how many.
func (s *Store) RetryBy(who Who) (n int, err error) {
	err = s.update(func(b *batch) error {
		n = 0
		return b.each(NeedsAttention, func(id itemID, h *head) error {
			if h.Who != who || h.Purged {
				return nil
			}
			n++
			h.State, h.NextAt = Waiting, time.Time{}
			return b.move(id, h, NeedsAttention)
		})
	})
	return n, err
}

// ReleaseAll lets every held item with the problem code go.
func (s *Store) ReleaseAll(code string) (int, error) {
	return s.applyAll(verbRelease, code)
}

// DiscardAll takes every undelivered item out. Items being sent stay.
func (s *Store) DiscardAll() (int, error) { return s.applyAll(verbDiscard, "") }

func (s *Store) applyAll(v verb, code string) (n int, err error) {
	err = s.update(func(b *batch) error {
		n = 0
		for _, state := range v.from {
			err := b.each(state, func(id itemID, h *head) error {
				if code != "" && h.Problem != code || h.Purged && v.to != Discarded {
					return nil
				}
				n++
				return b.apply(v, id)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// Hurry makes every waiting item due now, but those that wait out a doubt. It
// changes nothing else: it is what a flush and a sync do.
func (s *Store) Hurry() error {
	return s.update(func(b *batch) error {
		var late []itemID
		err := eachInState(b.tx, Waiting, func(id itemID, value []byte) error {
			due, _, err := readIndexValue(value)
			if err == nil && !due.IsZero() {
				late = append(late, id)
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range late {
			h, err := b.head(id)
			if err != nil {
				return err
			}
			if h.Doubt != nil {
				continue
			}
			h.NextAt = time.Time{}
			if err := b.move(id, h, Waiting); err != nil {
				return err
			}
		}
		return nil
	})
}
