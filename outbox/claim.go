package outbox

import (
	"errors"
	"fmt"
	"time"

	"fieldpost/outbox/activity"
)

// Work is a claimed item: what the sender needs, and nothing else.
type Work struct {
	ID         string
	Activity   activity.Activity
	CapturedAt time.Time
	Source     Source
	Attempts   int
	// Doubt is set where an earlier call may have written the record already.
	Doubt *Doubt
	// Pending says what to do; for an update or a delete Record names the record
	// and Sent is the activity as Salesforce has it.
	Pending Pending
	Record  *Record
	Sent    *activity.Activity
	// Doubted: a call before the one that wrote the record was in doubt. It may still be
	// carried out, were the record not there (salesforce.md 6.5).
	Doubted bool
	// DeleteSent: the record may have been deleted by an earlier call.
	DeleteSent bool
}

// Work is an item as it would be claimed to be created.
func (i *Item) Work() Work {
	return Work{ID: i.ID, Activity: i.Activity, CapturedAt: i.CapturedAt, Source: i.Source}
}

// errEnough ends a walk through the index.
var errEnough = errors.New("enough")

// Claim stores that up to most waiting items of the account that is signed in
// are being sent from now on in the given mode, and returns them in the order of
// capture. Items that are not due, of another account, or whose content is
// sealed are passed over. next is when a further one falls due: zero if none
// will by itself, not after now if more are due already.
func (s *Store) Claim(most int, mode string) (work []Work, next time.Time, err error) {
	err = s.update(func(b *batch) error {
		work, next = nil, time.Time{}
		due, later, err := b.due(most)
		if err != nil {
			return err
		}
		next = later
		for _, id := range due {
			w, claimed, err := b.claim(id, mode)
			if errors.Is(err, ErrDamaged) {
				err = b.park(id)
			} else if claimed {
				work = append(work, w)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	return work, next, nil
}

// due walks the waiting items in the order of capture.
func (b *batch) due(most int) (ids []itemID, next time.Time, err error) {
	current, err := currentAccount(b.tx)
	if err != nil || current == 0 {
		return nil, time.Time{}, err
	}
	err = eachInState(b.tx, Waiting, func(id itemID, value []byte) error {
		at, account, err := readIndexValue(value)
		if err != nil || account != current {
			return err
		}
		if at.After(b.now) && !jumped(at, b.now) {
			if next.IsZero() || at.Before(next) {
				next = at
			}
			return nil
		}
		if b.isSealed(id) {
			return nil
		}
		if len(ids) == most {
			next = b.now
			return errEnough
		}
		ids = append(ids, id)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return ids, next, err
}

// maxWait is the longest that an item is ever told to wait, with room to spare.
const maxWait = 2 * time.Hour

// jumped reports that a wait ends so late that the clock must have been set back
// since: the item is due.
func jumped(at, now time.Time) bool { return at.Sub(now) > maxWait }

// isSealed reports that an item's content cannot be opened now. One that is damaged
// is not passed over: the claim parks it.
func (b *batch) isSealed(id itemID) bool {
	f, err := expect(b.tx.Bucket(bucketBodies).Get(id[:]), frameBody, id)
	return err == nil && !b.store.keys.opens(f.key)
}

// park takes an item whose records are damaged out of the way, so that it delays no
// other; a person decides what becomes of it.
func (b *batch) park(id itemID) error {
	h, err := b.headOrRemains(id)
	if err != nil {
		return err
	}
	from := h.State
	h.State, h.Claim, h.NextAt = NeedsAttention, nil, time.Time{}
	return errors.Join(b.problem(id, h, &Problem{Code: ProblemDamaged, Who: You}), b.move(id, h, from))
}

// claim marks an item as being sent; false where it turns out not to be due: its calendar
// has cancelled it meanwhile.
func (b *batch) claim(id itemID, mode string) (w Work, claimed bool, err error) {
	h, err := b.head(id)
	if err != nil {
		return w, false, err
	}
	if err := b.catchUp(id, h); err != nil || h.State != Waiting {
		return w, false, err
	}
	content, err := b.content(id)
	if err != nil {
		return w, false, err
	}
	h.State, h.Claim, h.NextAt = Sending, &Claim{At: b.now, Mode: mode}, time.Time{}
	h.DeleteSent = h.DeleteSent || h.Pending == PendingDelete
	w = Work{
		ID: id.String(), Activity: content.Activity, CapturedAt: h.CapturedAt, Source: h.Source, Attempts: h.Attempts,
		Doubt: h.Doubt, Pending: h.Pending, Record: h.Record, Sent: content.Sent, DeleteSent: h.DeleteSent, Doubted: h.Doubted,
	}
	return w, true, b.move(id, h, Waiting)
}

// Outcome is what became of a claimed item.
type Outcome struct {
	ID string
	// To is the state to settle in: Waiting, Delivered, NeedsAttention or Held; Discarded
	// for a cancelled meeting that turned out not to be in Salesforce.
	To State
	// Record names the record that a Delivered item is in Salesforce.
	Record *Record
	// Problem says why, for every state but Delivered.
	Problem *Problem
	// NextAt is when a Waiting item may be tried again; zero is at once.
	NextAt time.Time
	// Answered is true where Salesforce answered: only then an attempt counts.
	Answered bool
	// Doubtful says that the call may have been carried out.
	Doubtful bool
	// Existing says that the record was there already: an earlier call wrote it.
	Existing bool
	// Absent says that an earlier doubt is settled: the record is not there.
	Absent bool
	// Anew says that the record which was to be updated was deleted by an earlier call: it is
	// made anew.
	Anew  bool
	Notes []Note
}

// Settle stores the outcomes of claimed items in one transaction. An item that
// is no longer being sent is left as it is.
func (s *Store) Settle(outcomes []Outcome) error {
	return s.update(func(b *batch) error {
		for i := range outcomes {
			if err := b.settle(&outcomes[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *batch) settle(o *Outcome) error {
	id, err := parseID(o.ID)
	if err != nil {
		return err
	}
	h, err := b.head(id)
	if err != nil {
		return err
	}
	if h.State != Sending {
		return nil
	}
	if o.Answered {
		h.Attempts++
	}
	doubted := h.Doubt != nil
	h.settleDoubt(o, b.now)
	if h.Doubt != nil && !doubted {
		if err := b.note(id, h, Note{Code: NoteDoubtful}); err != nil {
			return err
		}
	}
	if o.Absent && h.Pending == PendingCreate {
		if err := b.unsent(id, h); err != nil {
			return err
		}
	}
	if o.Anew {
		if err := b.anew(id, h); err != nil {
			return err
		}
	}
	h.State, h.Claim, h.NextAt = o.To, nil, o.NextAt
	if err := b.problem(id, h, o.Problem); err != nil {
		return err
	}
	for _, n := range o.Notes {
		if err := b.note(id, h, n); err != nil {
			return err
		}
	}
	if o.To == Delivered {
		if err := b.delivered(id, h, o, doubted); err != nil {
			return err
		}
	}
	if o.To == Discarded {
		h.callOff(b.now)
	}
	return b.sent(id, h)
}

// sent files an item that was being sent, and what its calendar told meanwhile.
func (b *batch) sent(id itemID, h *head) error {
	err := b.move(id, h, Sending)
	if err == nil {
		err = b.catchUp(id, h)
	}
	if errors.Is(err, ErrDamaged) {
		return nil // the outcome counts; the next claim tells of the damage
	}
	return err
}

func (h *head) settleDoubt(o *Outcome, now time.Time) {
	if o.To == Delivered && h.Pending == PendingCreate && h.Doubt != nil {
		h.Doubted = true
	}
	if o.Absent || o.To == Delivered {
		h.Doubt = nil
	}
	if o.Doubtful {
		h.doubt(now)
	}
}

func (b *batch) delivered(id itemID, h *head, o *Outcome, doubted bool) error {
	b.counters.LastDelivered = b.now
	if h.Pending != PendingCreate {
		return b.settleChange(id, h)
	}
	if o.Record == nil {
		return fmt.Errorf("outbox: %s is delivered as no record", o.ID)
	}
	h.Record, h.Delivered = o.Record, b.now
	if h.Deletes { // cancelled while nobody knew whether it is there
		h.State, h.Pending = Waiting, PendingDelete
		return nil
	}
	if !doubted {
		return nil
	}
	return b.settleEdit(id, h, o.Existing)
}

// settleEdit deals with an item that was edited while it was in doubt: where the
// earlier call had written it, the edit is still to be written.
func (b *batch) settleEdit(id itemID, h *head, existing bool) error {
	if !existing {
		return b.unsent(id, h)
	}
	content, err := b.content(id)
	if err == nil && content.Sent != nil {
		h.State, h.Pending = Waiting, PendingUpdate
	}
	return err
}

// anew forgets the record of an item.
func (b *batch) anew(id itemID, h *head) error {
	h.Record, h.Pending, h.Delivered, h.DeleteSent = nil, PendingCreate, time.Time{}, false
	return b.unsent(id, h)
}

// unsent forgets what Salesforce might have had of an item before it was edited. Kept
// longer, a later edit would be written as the difference to what was never there.
func (b *batch) unsent(id itemID, h *head) error {
	content, err := b.content(id)
	if err != nil || content.Sent == nil {
		return err
	}
	content.Sent = nil
	return b.body(id, content, h.revision+1)
}

// settleChange ends a pending update or delete of a record. An item whose record was
// deleted is in the bin for good.
func (b *batch) settleChange(id itemID, h *head) error {
	if h.Pending == PendingDelete {
		h.callOff(b.now)
	}
	h.Pending, h.Deletes, h.DeleteSent = PendingCreate, false, false
	content, err := b.content(id)
	if err != nil {
		return err
	}
	content.Sent = nil
	return b.body(id, content, h.revision+1)
}

// Unclaim gives items that were certainly not sent back, as if never claimed.
func (s *Store) Unclaim(ids []string) error {
	return s.update(func(b *batch) error {
		for _, text := range ids {
			id, err := parseID(text)
			if err != nil {
				return err
			}
			h, err := b.head(id)
			if err != nil {
				return err
			}
			if h.State != Sending {
				continue
			}
			h.State, h.Claim = Waiting, nil
			if err := b.sent(id, h); err != nil {
				return err
			}
		}
		return nil
	})
}
