package outbox

import (
	"errors"
	"time"

	"fieldpost/outbox/activity"
)

// NoteEdited says that a person changed what an item says; NoteChangeDropped, that a
// pending change of its record was given up.
const (
	NoteEdited        = "edited"
	NoteChangeDropped = "change_dropped"
	NoteWithdrawn     = "withdrawn"
)

// Edit lets change rework what an item says; an error of change leaves it as it is.
// An item that needs attention waits again: the edit is its repair. A delivered one
// is touched only where delivered is set: it waits with a pending update of its
// record. *StateError where the item is being sent, in the bin, or was purged.
// change may be called more than once.
func (s *Store) Edit(id string, delivered bool, change func(*activity.Activity) error) error {
	key, err := parseID(id)
	if err != nil {
		return err
	}
	return s.update(func(b *batch) error { return b.edit(key, delivered, change) })
}

func (b *batch) edit(id itemID, delivered bool, change func(*activity.Activity) error) error {
	h, err := b.head(id)
	if err != nil {
		return err
	}
	if err := b.catchUp(id, h); err != nil {
		return err
	}
	from := h.State
	editable := from == Waiting || from == NeedsAttention || from == Held || from == Delivered && delivered
	if !editable || h.Purged || h.Pending == PendingDelete {
		return &StateError{ID: id.String(), State: from, Verb: "edit", Purged: h.Purged}
	}
	content, err := b.content(id)
	if err != nil {
		return err
	}
	before := content.Activity
	if err := change(&content.Activity); err != nil {
		return err
	}
	content.Activity.Key = before.Key // what makes a capture repeatable is not edited
	// What Salesforce has, or may have, is kept: an update writes the difference.
	if content.Sent == nil && (from == Delivered || h.Doubt != nil) {
		content.Sent = &before
	}
	switch from {
	case Delivered:
		h.State, h.Pending, h.NextAt = Waiting, PendingUpdate, time.Time{}
	case NeedsAttention:
		h.State, h.NextAt = Waiting, time.Time{}
	}
	if h.State == Waiting {
		err = b.problem(id, h, nil)
	}
	return errors.Join(err, b.body(id, content, h.revision+1), b.note(id, h, Note{Code: NoteEdited}), b.move(id, h, from))
}

// dropChange gives a pending update or delete of a record up: the item stays in
// Salesforce as it is there.
func (b *batch) dropChange(id itemID, h *head, from State) error {
	content, err := b.content(id)
	if err != nil {
		return err
	}
	if content.Sent != nil {
		content.Activity, content.Sent = *content.Sent, nil
	}
	h.State, h.Pending, h.NextAt, h.Deletes = Delivered, PendingCreate, time.Time{}, false
	h.dropUpdate()
	return errors.Join(
		b.problem(id, h, nil), b.body(id, content, h.revision+1),
		b.note(id, h, Note{Code: NoteChangeDropped}), b.move(id, h, from),
	)
}

// Withdrawn notes that the record of a delivered item was deleted in Salesforce: the
// item goes into the bin for good.
func (s *Store) Withdrawn(id string) error {
	key, err := parseID(id)
	if err != nil {
		return err
	}
	return s.update(func(b *batch) error {
		h, err := b.head(key)
		if err != nil {
			return err
		}
		if h.State != Delivered {
			return &StateError{ID: id, State: h.State, Verb: "withdraw"}
		}
		h.State, h.DiscardedAt = Discarded, b.now
		return errors.Join(b.note(key, h, Note{Code: NoteWithdrawn}), b.move(key, h, Delivered))
	})
}
