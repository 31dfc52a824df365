package outbox

import (
	"errors"
	"fmt"
	"time"

	"fieldpost/outbox/activity"
)

// Exported is an item on its way from one outbox to another.
type Exported struct {
	ID         string    `json:"id"`
	State      State     `json:"state"`
	Source     Source    `json:"source"`
	CapturedAt time.Time `json:"captured_at"`
	// Account is whose it is, nil for what was captured signed out.
	Account  *ExportedAccount   `json:"account,omitempty"`
	Attempts int                `json:"attempts,omitempty"`
	Problem  *ExportedProblem   `json:"problem,omitempty"`
	Pending  Pending            `json:"pending,omitempty"`
	Record   *Record            `json:"record,omitempty"`
	Activity activity.Activity  `json:"activity"`
	Sent     *activity.Activity `json:"sent,omitempty"`
}

// ExportedAccount is an Account as an export writes it.
type ExportedAccount struct {
	OrgID       string `json:"org_id"`
	UserID      string `json:"user_id"`
	Username    string `json:"username,omitempty"`
	InstanceURL string `json:"instance_url,omitempty"`
}

// ExportedProblem is a Problem as an export writes it.
type ExportedProblem struct {
	Code string `json:"code"`
	Who  Who    `json:"who"`
	Args Args   `json:"args,omitempty"`
}

// Export gives everything that is not delivered and not in the bin, in the order of
// capture, and counts what cannot be opened now and is therefore left out.
func (s *Store) Export() (items []Exported, sealed int, err error) {
	err = s.view(func(v *snapshot) error {
		return v.tx.Bucket(bucketHeads).ForEach(func(k, _ []byte) error {
			id := itemID(k)
			h, err := v.head(id)
			if err != nil || h.Purged || h.State == Delivered || h.State == Discarded {
				return err
			}
			item, err := v.exported(id, h)
			if errors.Is(err, ErrSealed) || errors.Is(err, ErrDamaged) {
				sealed++
				return nil
			}
			items = append(items, item)
			return err
		})
	})
	return items, sealed, err
}

func (v *snapshot) exported(id itemID, h *head) (Exported, error) {
	content, err := v.content(id, h)
	if err != nil {
		return Exported{}, err
	}
	item := Exported{
		ID: id.String(), State: h.State, Source: h.Source, CapturedAt: h.CapturedAt, Attempts: h.Attempts,
		Pending: h.Pending, Record: h.Record, Activity: content.Activity, Sent: content.Sent,
	}
	account, err := accountOf(v.tx, h.Account)
	if err != nil {
		return item, err
	}
	if account != nil {
		item.Account = &ExportedAccount{account.OrgID, account.UserID, account.Username, account.InstanceURL}
	}
	problem, err := v.problem(id, h)
	if problem != nil {
		item.Problem = &ExportedProblem{problem.Code, problem.Who, problem.Args}
	}
	return item, err
}

// Import takes exported items in. One whose id or key is here already is passed
// over, so that importing twice doubles nothing. What comes in may have been
// delivered elsewhere since: it is looked for before it is sent. All or nothing is
// imported; the activities must be valid ones. ErrFull: the disk is full.
func (s *Store) Import(items []Exported) (added, known int, err error) {
	err = s.capture(func(b *batch) error {
		added, known = 0, 0
		for i := range items {
			fresh, err := b.takeIn(&items[i])
			if err != nil {
				return fmt.Errorf("item %d: %w", i+1, err)
			}
			if fresh {
				added++
			} else {
				known++
			}
		}
		return nil
	})
	return added, known, err
}

func (b *batch) takeIn(item *Exported) (fresh bool, err error) {
	id, err := parseID(item.ID)
	if err != nil {
		return false, err
	}
	if b.tx.Bucket(bucketHeads).Get(id[:]) != nil {
		return false, nil
	}
	if _, known, err := b.store.known(b.tx, item.Activity.Key); err != nil || known {
		return false, err
	}
	h := &head{
		State: item.State, Kind: item.Activity.Kind, Source: item.Source, CapturedAt: item.CapturedAt, Attempts: item.Attempts,
		Pending: item.Pending, Record: item.Record, Key: b.store.hash(item.Activity.Key),
		Version: version{Sequence: item.Activity.Sequence, Cancelled: item.Activity.Cancelled},
		Doubt:   &Doubt{Since: item.CapturedAt},
	}
	switch item.State {
	case Sending:
		h.State = Waiting
	case Waiting, NeedsAttention, Held:
	default:
		return false, fmt.Errorf("outbox: an item that is %q cannot be imported", item.State)
	}
	if h.Pending != PendingCreate && h.Record == nil {
		return false, errors.New("outbox: a pending change names no record")
	}
	if item.Account != nil {
		a := item.Account
		if h.Account, _, err = b.remember(Account{a.OrgID, a.UserID, a.Username, a.InstanceURL}); err != nil {
			return false, err
		}
		b.owned = true
	}
	if item.Problem != nil {
		if err := b.problem(id, h, &Problem{item.Problem.Code, item.Problem.Who, item.Problem.Args}); err != nil {
			return false, err
		}
	}
	if _, standing, err := b.standing(h.Account, &item.Activity); err != nil || standing != nil {
		return false, err
	}
	h.Occasion = b.store.occasion(h.Account, &item.Activity)
	return true, errors.Join(
		b.note(id, h, Note{Code: NoteImported}),
		b.body(id, &body{Activity: item.Activity, Sent: item.Sent}, 0), b.insert(id, h),
	)
}

// NoteImported says that an item came from another outbox's export.
const NoteImported = "imported"
