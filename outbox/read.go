package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
	"go.etcd.io/bbolt"

	"fieldpost/outbox/activity"
)

// The codes of notes that the outbox itself writes.
const (
	NoteCaptured  = "captured"
	NoteDelivered = "delivered"
	NoteDoubtful  = "doubtful"
	// NoteInterrupted: fieldpost stopped while the item was being sent.
	NoteInterrupted = "interrupted"
	NoteHeld        = "held"
	NoteReleased    = "released"
	NoteRetried     = "retried"
	NoteDiscarded   = "discarded"
	NoteRestored    = "restored"
)

// The codes of problems that the outbox itself finds.
const (
	// ProblemDamaged: the disk gave back other bytes than were written.
	ProblemDamaged = "record_damaged"
	// ProblemLost: the content could not be salvaged from a damaged file.
	ProblemLost = "content_lost"
	// ProblemClaim: captured while nobody was signed in, and more than one user is known.
	ProblemClaim = "claim"
	// ProblemOther: it is another user's, and waits for them.
	ProblemOther = "other_account"
)

// snapshot is one consistent look at the store.
type snapshot struct {
	tx   *bbolt.Tx
	keys *keyring
}

// Get gives one item with its whole story.
func (s *Store) Get(id string) (Item, error) {
	key, err := parseID(id)
	if err != nil {
		return Item{}, err
	}
	var item Item
	err = s.view(func(v *snapshot) error {
		h, err := v.head(key)
		if err != nil {
			return err
		}
		item, err = v.item(key, h)
		if err != nil {
			return err
		}
		item.History, err = v.history(key, h)
		return err
	})
	if err == nil {
		err = s.nameSimilar([]*Item{&item})
	}
	return item, err
}

// Query picks items for List. The zero value picks all.
type Query struct {
	State State
	Kind  activity.Kind
	// Text must stand in the subject, or in a name or address, whatever its case.
	Text string
	// Limit bounds the page; 50 if zero, 500 at most.
	Limit int
	// Cursor is where the page before ended.
	Cursor string
}

// List gives items newest first, without their story, and the cursor of the next
// page ("" at the end).
func (s *Store) List(q Query) (items []Item, next string, err error) {
	limit := min(q.Limit, 500)
	if limit <= 0 {
		limit = 50
	}
	err = s.view(func(v *snapshot) error {
		walk, err := v.newestFirst(q)
		if err != nil {
			return err
		}
		for id, ok := walk.first(); ok; id, ok = walk.next() {
			if len(items) == limit {
				next = items[limit-1].ID
				return nil
			}
			h, err := v.head(id)
			if err != nil {
				return err
			}
			if q.Kind != "" && h.Kind != q.Kind {
				continue
			}
			item, err := v.item(id, h)
			if err != nil {
				return err
			}
			if matches(&item, q.Text) {
				items = append(items, item)
			}
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	var open []*Item
	for i := range items {
		if items[i].open() {
			open = append(open, &items[i])
		}
	}
	return items, next, s.nameSimilar(open)
}

// walk goes down an index bucket from its end or from behind a cursor.
type walk struct {
	cursor *bbolt.Cursor
	prefix []byte
	from   []byte // exclusive upper bound
}

func (v *snapshot) newestFirst(q Query) (*walk, error) {
	w := &walk{}
	if q.State != "" {
		if stateBytes[q.State] == 0 {
			return nil, fmt.Errorf("outbox: unknown state %q", q.State)
		}
		w.prefix = []byte{stateBytes[q.State]}
		w.cursor = v.tx.Bucket(bucketStates).Cursor()
		w.from = []byte{stateBytes[q.State] + 1}
	} else {
		w.cursor = v.tx.Bucket(bucketHeads).Cursor()
	}
	if q.Cursor != "" {
		after, err := parseID(q.Cursor)
		if err != nil {
			return nil, err
		}
		w.from = append(slices.Clone(w.prefix), after[:]...)
	}
	return w, nil
}

func (w *walk) first() (itemID, bool) {
	if w.from == nil {
		k, _ := w.cursor.Last()
		return w.at(k)
	}
	if k, _ := w.cursor.Seek(w.from); k == nil {
		k, _ = w.cursor.Last()
		return w.at(k)
	}
	return w.next()
}

func (w *walk) next() (itemID, bool) {
	k, _ := w.cursor.Prev()
	return w.at(k)
}

func (w *walk) at(k []byte) (itemID, bool) {
	if k == nil || !bytes.HasPrefix(k, w.prefix) || len(k) != len(w.prefix)+len(itemID{}) {
		return itemID{}, false
	}
	return itemID(k[len(w.prefix):]), true
}

func matches(item *Item, text string) bool {
	if text == "" {
		return true
	}
	text = strings.ToLower(text)
	holds := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	if holds(item.Activity.Subject) || item.ID == text {
		return true
	}
	return slices.ContainsFunc(item.Activity.People, func(p activity.Person) bool {
		return holds(p.Email) || holds(p.Name)
	})
}

// Counts gives the outbox in numbers.
func (s *Store) Counts() (Counts, error) {
	counts := Counts{ByState: map[State]int{}}
	err := s.view(func(v *snapshot) error {
		c, err := readCounters(v.tx)
		if err != nil {
			return err
		}
		for _, state := range States {
			counts.ByState[state] = c.ByState[state]
			counts.Captured += c.ByState[state]
		}
		counts.LastDeliveredAt = c.LastDelivered
		id, ok := firstInState(v.tx, Waiting)
		if !ok {
			return nil
		}
		h, err := v.head(id)
		if err != nil {
			return err
		}
		counts.OldestWaitingAt = h.CapturedAt
		return nil
	})
	return counts, err
}

// head reads where an item stands. Of a damaged one it gives what the index knows.
func (v *snapshot) head(id itemID) (*head, error) {
	value := v.tx.Bucket(bucketHeads).Get(id[:])
	if value == nil {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
	}
	h, err := decodeHead(value, id)
	if errors.Is(err, ErrDamaged) {
		return remains(v.tx, id)
	}
	return h, err
}

// remains is what the index of states still knows of an item whose head is damaged.
func remains(tx *bbolt.Tx, id itemID) (*head, error) {
	for _, state := range States {
		value := tx.Bucket(bucketStates).Get(stateKey(state, id))
		if value == nil {
			continue
		}
		at, account, err := readIndexValue(value)
		h := &head{State: state, CapturedAt: id.time(), Account: account, Problem: ProblemDamaged, Who: You, revision: rebuiltRevision}
		switch state {
		case Delivered:
			h.Delivered = at
		case Discarded:
			h.DiscardedAt = at
		default:
			h.NextAt = at
		}
		return h, err
	}
	return nil, fmt.Errorf("%w: %s stands in no state", ErrDamaged, id)
}

// rebuiltRevision is above every revision that counting reaches, so that what was
// rebuilt wins over older copies.
const rebuiltRevision = 1 << 30

// item puts an item together, its story left out. Content that cannot be opened
// now makes it Sealed, not an error; content that is damaged is a problem of the item.
func (v *snapshot) item(id itemID, h *head) (Item, error) {
	item := Item{
		ID: id.String(), Source: h.Source, State: h.State, CapturedAt: h.CapturedAt, Attempts: h.Attempts,
		NextAttemptAt: h.NextAt, Record: h.Record, DeliveredAt: h.Delivered,
	}
	var err error
	if item.Account, err = accountOf(v.tx, h.Account); err != nil && !errors.Is(err, ErrDamaged) {
		return item, err
	}
	if item.Problem, err = v.problem(id, h); err != nil && !errors.Is(err, ErrDamaged) {
		return item, err
	}
	if item.Problem == nil && h.State == Waiting {
		item.Problem = v.ownership(h, item.Account)
	}
	item.Activity.Kind = h.Kind
	if h.Purged {
		item.Purged = true
		return item, nil
	}
	content, err := v.content(id, h)
	switch {
	case errors.Is(err, ErrSealed):
		item.Sealed = true
	case errors.Is(err, ErrDamaged):
		item.Problem = &Problem{Code: ProblemDamaged, Who: You}
	case err != nil:
		return item, err
	default:
		item.Activity = content.Activity
	}
	return item, nil
}

// ownership says why a waiting item is not sent although nothing is wrong with it: it
// is not the signed-in user's. Nil where it is, or where nobody is signed in.
func (v *snapshot) ownership(h *head, owner *Account) *Problem {
	current, err := currentAccount(v.tx)
	switch {
	case err != nil, current == 0, h.Account == current:
		return nil
	case h.Account == 0 || owner == nil:
		return &Problem{Code: ProblemClaim, Who: You}
	}
	return &Problem{Code: ProblemOther, Who: You, Args: Args{"username": owner.Username}}
}

func (v *snapshot) body(id itemID) (*body, error) {
	content := &body{}
	return content, v.unseal(v.tx.Bucket(bucketBodies).Get(id[:]), frameBody, id, content)
}

// content is what an item says, with what could not be folded in yet.
func (v *snapshot) content(id itemID, h *head) (*body, error) {
	content, err := v.body(id)
	if err != nil {
		return nil, err
	}
	u, err := v.kept(id, h, h.Cancellation)
	if err == nil {
		content.Activity = folded(content.Activity, u)
	}
	return content, err
}

func (v *snapshot) problem(id itemID, h *head) (*Problem, error) {
	if h.Problem == "" {
		return nil, nil
	}
	p := &Problem{Code: h.Problem, Who: h.Who}
	if h.Private == nil {
		return p, nil
	}
	payload, err := v.keys.unseal(h.PrivateKey, h.Private, id[:])
	if errors.Is(err, ErrSealed) {
		return p, nil
	}
	if err == nil {
		err = cbor.Unmarshal(payload, &p.Args)
	}
	return p, err
}

// history tells an item's story. Being captured and being delivered stand in the
// head and are not stored twice.
func (v *snapshot) history(id itemID, h *head) ([]Note, error) {
	notes := []Note{{At: h.CapturedAt, Code: NoteCaptured, Args: Args{"source": string(h.Source)}}}
	cursor := v.tx.Bucket(bucketNotes).Cursor()
	for k, value := cursor.Seek(id[:]); bytes.HasPrefix(k, id[:]); k, value = cursor.Next() {
		var n Note
		err := v.unseal(value, frameNote, id, &n)
		if errors.Is(err, ErrSealed) || errors.Is(err, ErrDamaged) {
			continue
		}
		if err != nil {
			return nil, err
		}
		notes = append(notes, n)
	}
	if !h.Delivered.IsZero() {
		n := Note{At: h.Delivered, Code: NoteDelivered}
		if h.Record != nil {
			n.Args = Args{"object": h.Record.Object, "record": h.Record.ID}
		}
		notes = append(notes, n)
	}
	slices.SortStableFunc(notes, func(a, b Note) int { return a.At.Compare(b.At) })
	return notes, nil
}

func (v *snapshot) unseal(value []byte, kind frameKind, id itemID, into any) error {
	f, err := expect(value, kind, id)
	if err != nil {
		return err
	}
	payload, err := v.keys.unseal(f.key, f.payload, id[:])
	if err != nil {
		return err
	}
	if err := cbor.Unmarshal(payload, into); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// Due tells when the next waiting item of the account that is signed in may be
// sent: the zero time for "now", false where none waits.
func (s *Store) Due() (at time.Time, any bool, err error) {
	err = s.view(func(v *snapshot) error {
		current, err := currentAccount(v.tx)
		if err != nil || current == 0 {
			return err
		}
		err = eachInState(v.tx, Waiting, func(_ itemID, value []byte) error {
			due, account, err := readIndexValue(value)
			if err != nil || account != current {
				return err
			}
			if jumped(due, s.now()) {
				due = time.Time{}
			}
			if !any || due.Before(at) {
				at, any = due, true
			}
			if due.IsZero() {
				return errEnough
			}
			return nil
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	})
	return at, any, err
}
