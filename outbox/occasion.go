package outbox

import (
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"fieldpost/outbox/activity"
)

// A meeting is told of again and again: it is moved, renamed, called off. What names it
// across all that is its occasion: the UID of its calendar entry and, in a series, which
// instance it is (RFC 5545 3.8.4.4 and 3.8.4.7). An item stands for an occasion, and what
// is told of it later is folded into that item.

// The codes of notes about what a calendar told later.
const (
	// NoteUpdated: the meeting was changed by its calendar.
	NoteUpdated = "calendar_updated"
	// NoteCalledOff: the meeting was cancelled after its record was made.
	NoteCalledOff = "calendar_called_off"
	// NoteNeverSent: it was cancelled before that, and is not sent.
	NoteNeverSent = "calendar_never_sent"
	// NoteTakesPlace: it takes place after all.
	NoteTakesPlace = "calendar_takes_place"
)

// version orders what is told of an occasion.
type version struct {
	Sequence  int       `cbor:"1,keyasint,omitempty"`
	Stamp     time.Time `cbor:"2,keyasint,omitzero"` // DTSTAMP
	Cancelled bool      `cbor:"3,keyasint,omitempty"`
}

func (d *Draft) version() version {
	return version{Sequence: d.Activity.Sequence, Stamp: d.Stamp, Cancelled: d.Activity.Cancelled}
}

// after reports whether a version is newer: by its sequence, then as a cancellation, which
// often bears the sequence of what it cancels, then by when it was written.
func (v version) after(other version) bool {
	switch {
	case v.Sequence != other.Sequence:
		return v.Sequence > other.Sequence
	case v.Cancelled && !other.Cancelled:
		return true
	}
	return v.Stamp.After(other.Stamp)
}

// occasion is how an account's occasion is stored, nil where the activity has none.
func (s *Store) occasion(account uint32, a *activity.Activity) []byte {
	if a.Kind != activity.Meeting || a.UID == "" {
		return nil
	}
	instance := string(a.Recurrence)
	if t, err := a.Recurrence.Time(); err == nil && !a.Recurrence.IsDate() {
		instance = string(activity.MomentOf(t.UTC()))
	}
	return s.hash(strings.Join([]string{"occasion", strconv.FormatUint(uint64(account), 10), instance, a.UID}, "\n"))
}

// standing finds the item that stands for the occasion of a draft: the rep's own, or one
// that was captured while nobody was signed in; signed out, anybody's.
func (b *batch) standing(current uint32, a *activity.Activity) (id itemID, h *head, err error) {
	accounts := []uint32{current, 0}
	if current == 0 {
		err = b.tx.Bucket(bucketAccounts).ForEach(func(k, _ []byte) error {
			accounts = append(accounts, binary.BigEndian.Uint32(k))
			return nil
		})
	}
	for _, account := range accounts {
		value := b.tx.Bucket(bucketKeys).Get(b.store.occasion(account, a))
		if value == nil || err != nil {
			continue
		}
		id = itemID(value)
		h, err = b.head(id)
		if err == nil && (h.Account == current || h.Account == 0 || current == 0) {
			return id, h, nil
		}
	}
	return itemID{}, nil, err
}

// toldAgain folds a draft into the item that stands for its occasion already; false where
// none does. What is not newer than what that item says changes nothing.
func (b *batch) toldAgain(current uint32, d *Draft) (receipt Receipt, known bool, err error) {
	if b.store.occasion(current, &d.Activity) == nil {
		return Receipt{}, false, nil
	}
	id, h, err := b.standing(current, &d.Activity)
	if err != nil || h == nil {
		return Receipt{}, false, err
	}
	if d.version().after(h.Version) && !h.Purged {
		if err = b.tell(id, h, d); errors.Is(err, ErrDamaged) {
			err = b.park(id)
		}
	}
	return Receipt{ID: id.String(), State: h.State, CapturedAt: h.CapturedAt, Known: true}, true, err
}

// tell lets an item follow a newer version of its occasion.
func (b *batch) tell(id itemID, h *head, d *Draft) error {
	for _, n := range d.Notes {
		if err := b.note(id, h, n); err != nil {
			return err
		}
	}
	h.Version = d.version()
	u := update{Activity: &d.Activity}
	if d.Activity.Cancelled {
		u = update{Cancellation: &cancellation{Sequence: d.Activity.Sequence, Deletes: d.DeleteCancelled}}
	}
	return b.follow(id, h, &u)
}

// update is what a calendar told and an item does not say yet.
type update struct {
	// Activity is a newer version of what takes place, nil for none.
	Activity *activity.Activity
	// Cancellation is told after that; nil where it does take place.
	Cancellation *cancellation
}

// cancellation says nothing of the meeting but that it does not take place.
type cancellation struct {
	Sequence int `cbor:"1,keyasint,omitempty"`
	// Deletes: the record of the meeting is deleted, not marked.
	Deletes bool `cbor:"2,keyasint,omitempty"`
}

// follow changes what an item says, and what is to be done about it, as its calendar wants
// it. What cannot be folded in now, because the item is being sent or its content is sealed,
// is kept beside it until it can.
func (b *batch) follow(id itemID, h *head, u *update) error {
	from := h.State
	var note string
	var err error
	switch {
	case from == Discarded && u.Cancellation != nil:
		// The rep does not want it, or it is cancelled once more.
	case from == Sending, from == Discarded && !h.CalledOff:
		err = b.postpone(id, h, u)
	case u.Cancellation != nil && h.unsent():
		// An update that is kept stays: it is folded in should the rep restore the item.
		note, h.Cancellation, h.NextAt = NoteNeverSent, u.Cancellation, time.Time{}
		h.callOff(b.now)
		err = b.problem(id, h, nil)
	case u.Cancellation != nil && u.Cancellation.Deletes && h.Record != nil:
		h.dropUpdate()
		note, h.State, h.Pending, h.NextAt = NoteCalledOff, Waiting, PendingDelete, time.Time{}
		err = b.problem(id, h, nil)
	default:
		note, err = b.fold(id, h, u)
	}
	if note != "" {
		err = errors.Join(err, b.note(id, h, Note{Code: note}))
	}
	return errors.Join(err, b.move(id, h, from))
}

// callOff puts an item into the bin because its meeting was cancelled.
func (h *head) callOff(now time.Time) {
	h.State, h.DiscardedAt, h.CalledOff = Discarded, now, true
}

// unsent reports that no call may have written a record of the item.
func (h *head) unsent() bool {
	return h.Record == nil && h.Doubt == nil && (h.State == Waiting || h.State == NeedsAttention || h.State == Held)
}

// postpone keeps an update beside its item, sealed. A newer version takes the place of what
// is kept already; a cancellation goes beside it.
func (b *batch) postpone(id itemID, h *head, u *update) error {
	h.Cancellation = u.Cancellation
	if u.Activity == nil {
		return nil
	}
	payload, err := encoding.Marshal(u.Activity)
	if err == nil {
		h.Update, h.UpdateKey = b.store.keys.seal(payload, updateOf(id))
	}
	return err
}

func (h *head) dropUpdate() { h.Update, h.UpdateKey, h.Cancellation = nil, keyID{}, nil }

func updateOf(id itemID) []byte { return append(id[:], "update"...) }

// fold writes an update into what the item says, and tells what that was to be noted as, ""
// where nothing changed.
func (b *batch) fold(id itemID, h *head, u *update) (note string, err error) {
	content, err := b.content(id)
	if err == nil && u.Activity == nil {
		u, err = b.snapshot().kept(id, h, u.Cancellation)
	}
	if errors.Is(err, ErrSealed) {
		note = h.wake(u, h.CalledOff)
		return note, b.postpone(id, h, u)
	}
	if err != nil {
		return "", err
	}
	h.dropUpdate()
	before := content.Activity
	content.Activity = folded(before, u)
	if same(before, content.Activity) && h.State == Delivered {
		return "", b.body(id, content, h.revision+1) // the sequence alone
	}
	note = h.wake(u, h.CalledOff || before.Cancelled)
	if content.Sent == nil && (h.Pending == PendingUpdate || h.Doubt != nil) {
		content.Sent = &before
	}
	if h.State == Waiting {
		err = b.problem(id, h, nil)
	}
	return note, errors.Join(err, b.body(id, content, h.revision+1))
}

// wake makes an item wait for what an update makes necessary, and tells its note.
func (h *head) wake(u *update, wasCancelled bool) (note string) {
	note = NoteUpdated
	switch {
	case u.Cancellation != nil:
		note = NoteCalledOff
	case wasCancelled:
		note = NoteTakesPlace
	}
	h.Deletes = u.Cancellation != nil && u.Cancellation.Deletes
	h.CalledOff = false
	switch h.State {
	case Delivered:
		h.State, h.Pending, h.NextAt = Waiting, PendingUpdate, time.Time{}
	case Waiting, NeedsAttention, Discarded:
		if h.Pending == PendingDelete {
			h.Pending = PendingUpdate
		}
		if h.State == Discarded && h.Record != nil { // its record was deleted
			h.Record, h.Pending, h.Delivered, h.DeleteSent = nil, PendingCreate, time.Time{}, false
		}
		h.State, h.DiscardedAt = Waiting, time.Time{}
		if h.Doubt == nil {
			h.NextAt = time.Time{}
		}
	}
	return note
}

// folded is what an activity says once an update is written into it.
func folded(a activity.Activity, u *update) activity.Activity {
	if u.Activity != nil {
		a = rewritten(a, *u.Activity)
	}
	if u.Cancellation != nil {
		a.Cancelled, a.Sequence = true, u.Cancellation.Sequence
	}
	return a
}

// rewritten is a newer version of an activity with what the rep chose: the Related To, and
// people named by their id.
func rewritten(a, update activity.Activity) activity.Activity {
	chosen := slices.DeleteFunc(slices.Clone(a.People), func(p activity.Person) bool { return p.ID == "" })
	people := chosen
	for _, p := range update.People {
		known := slices.ContainsFunc(chosen, func(c activity.Person) bool {
			return strings.EqualFold(c.Email, p.Email) && activity.SameID(c.ID, p.ID) || p.ID == "" && strings.EqualFold(c.Email, p.Email)
		})
		if !known {
			people = append(people, p)
		}
	}
	if len(people) > activity.MaxPeople {
		people = people[:activity.MaxPeople]
	}
	update.Key, update.People = a.Key, people
	if update.RelatedTo == nil {
		update.RelatedTo = a.RelatedTo
	}
	return update
}

// same reports that two versions say the same.
func same(a, b activity.Activity) bool {
	a.Sequence = b.Sequence
	return reflect.DeepEqual(a, b)
}

// kept gives the version that is kept beside an item, and a cancellation after it.
func (v *snapshot) kept(id itemID, h *head, cancelled *cancellation) (*update, error) {
	u := &update{Cancellation: cancelled}
	if h.Update == nil {
		return u, nil
	}
	payload, err := v.keys.unseal(h.UpdateKey, h.Update, updateOf(id))
	if err != nil {
		return u, err
	}
	u.Activity = &activity.Activity{}
	return u, cbor.Unmarshal(payload, u.Activity)
}

// catchUp folds in what was kept beside an item, where that can be done now.
func (b *batch) catchUp(id itemID, h *head) error {
	if h.Update == nil && h.Cancellation == nil || h.State == Sending {
		return nil
	}
	u, err := b.snapshot().kept(id, h, h.Cancellation)
	switch {
	case errors.Is(err, ErrSealed):
		return nil
	case err != nil:
		return err
	}
	return b.follow(id, h, u)
}
