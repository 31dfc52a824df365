package capture

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// Store is where captured drafts are made durable. All drafts of one call are
// one transaction; Add returns only once they are on disk, with one receipt each,
// in order.
type Store interface {
	Add(ctx context.Context, drafts []outbox.Draft) ([]outbox.Receipt, error)
	// Known gives the first receipt of a key that was captured before.
	Known(key string) (receipt outbox.Receipt, known bool, err error)
}

// Org says what the rep's org and the settings allow and want, as far as it is known.
type Org interface {
	// CheckRelated refuses a Related To that the org or the settings do not allow; nil
	// where it is allowed, or where the org's facts are not known yet: delivery decides
	// then.
	CheckRelated(kind activity.Kind, to activity.Related) *Refusal
	// CheckAccess refuses a rep who is known not to be among those who may capture.
	CheckAccess() *Refusal
	// DeletesCancelled reports whether the record of a cancelled meeting is deleted, not
	// marked.
	DeletesCancelled() bool
}

// noOrg refuses nothing.
type noOrg struct{}

func (noOrg) CheckRelated(activity.Kind, activity.Related) *Refusal { return nil }
func (noOrg) CheckAccess() *Refusal                                 { return nil }
func (noOrg) DeletesCancelled() bool                                { return false }

// Intake is the one door that every capture passes: it completes, validates,
// applies privacy and the Related To rule, and hands on to the store.
type Intake struct {
	store   Store
	privacy func() Privacy
	org     Org
	now     func() time.Time
}

// NewIntake makes the door. Privacy is asked at each capture, so that a changed
// setting counts at once; org may be nil, where nothing is known of any; now gives the
// time in the rep's zone.
func NewIntake(store Store, privacy func() Privacy, org Org, now func() time.Time) *Intake {
	if org == nil {
		org = noOrg{}
	}
	return &Intake{store: store, privacy: privacy, org: org, now: now}
}

// One captures one draft. A *Refusal says why it cannot be taken; any other
// error means that it could not be made durable.
func (in *Intake) One(ctx context.Context, d outbox.Draft) (outbox.Receipt, error) {
	receipts, err := in.All(ctx, []outbox.Draft{d})
	if err != nil {
		return outbox.Receipt{}, err
	}
	return receipts[0], nil
}

// An Outcome is what became of one entry: a receipt, or the *Refusal.
type Outcome struct {
	Receipt outbox.Receipt
	Err     error
}

// Each captures the good entries of a list in one transaction and tells the
// outcome of each, in order; the notes begin each one's history. The error means
// that nothing was made durable.
func (in *Intake) Each(ctx context.Context, source outbox.Source, entries []Entry, notes ...outbox.Note) ([]Outcome, error) {
	outcomes := make([]Outcome, len(entries))
	var ready []outbox.Draft
	var at []int
	privacy := in.privacy()
	for i, entry := range entries {
		draft := outbox.Draft{Activity: entry.Activity, Source: source, Notes: slices.Clone(notes)}
		outcomes[i].Err = entry.Err
		if entry.Err == nil {
			outcomes[i].Err = in.prepare(&draft, &privacy)
		}
		if outcomes[i].Err == nil {
			ready, at = append(ready, draft), append(at, i)
			continue
		}
		receipt, known, err := in.store.Known(entry.Activity.Key)
		if err != nil {
			return nil, err
		}
		if known {
			outcomes[i] = Outcome{Receipt: receipt}
		}
	}
	receipts, err := in.add(ctx, ready)
	if err != nil {
		return nil, err
	}
	for i, receipt := range receipts {
		outcomes[at[i]].Receipt = receipt
	}
	return outcomes, nil
}

// All captures the drafts of one file, whole or not at all. Entries that privacy
// forbids are left out and counted in the first one's history; the error is a
// *Refusal where nothing else is left or one entry is at fault.
func (in *Intake) All(ctx context.Context, drafts []outbox.Draft) ([]outbox.Receipt, error) {
	ready, err := in.Prepare(drafts)
	if err != nil {
		return nil, err
	}
	return in.Add(ctx, ready)
}

// Prepare is All without the store: the drafts as they would be captured.
func (in *Intake) Prepare(drafts []outbox.Draft) ([]outbox.Draft, error) {
	privacy := in.privacy()
	ready := make([]outbox.Draft, 0, len(drafts))
	var left *Refusal
	for i, draft := range drafts {
		err := in.prepare(&draft, &privacy)
		refusal, _ := AsRefusal(err)
		switch {
		case err == nil:
			ready = append(ready, draft)
		case refusal.Private():
			left = refusal
		case len(drafts) > 1:
			return nil, InEntry(refusal, i)
		default:
			return nil, refusal
		}
	}
	if len(ready) == 0 && left != nil {
		return nil, left
	}
	if n := len(drafts) - len(ready); n > 0 {
		in.note(&ready[0], NoteExcluded, outbox.Args{"n": strconv.Itoa(n)})
	}
	return ready, nil
}

// Add makes prepared drafts durable, all of them in one transaction.
func (in *Intake) Add(ctx context.Context, ready []outbox.Draft) ([]outbox.Receipt, error) {
	return in.add(ctx, ready)
}

func (in *Intake) add(ctx context.Context, ready []outbox.Draft) ([]outbox.Receipt, error) {
	if len(ready) == 0 {
		return nil, nil
	}
	receipts, err := in.store.Add(ctx, ready)
	if err != nil {
		return nil, err
	}
	if len(receipts) != len(ready) {
		return nil, errors.New("capture: the store gave fewer receipts than it took drafts")
	}
	return receipts, nil
}

// Revise checks an item that was changed as if it came in now; who may capture is not
// asked again.
func (in *Intake) Revise(a *activity.Activity) error {
	draft, privacy := outbox.Draft{Activity: *a}, in.privacy()
	if err := in.check(&draft, &privacy); err != nil {
		return err
	}
	*a = draft.Activity
	return nil
}

func (in *Intake) prepare(d *outbox.Draft, privacy *Privacy) error {
	if refusal := in.org.CheckAccess(); refusal != nil {
		return refusal
	}
	d.DeleteCancelled = d.Activity.Cancelled && in.org.DeletesCancelled()
	return in.check(d, privacy)
}

func (in *Intake) check(d *outbox.Draft, privacy *Privacy) error {
	a := &d.Activity
	if a.Kind == activity.Share && a.OccurredAt == "" {
		a.OccurredAt = activity.MomentOf(in.now())
	}
	if err := Valid(a); err != nil {
		return err
	}
	if refusal := privacy.Apply(d, in.now()); refusal != nil {
		return refusal
	}
	if refusal := in.checkRelated(a); refusal != nil {
		return refusal
	}
	return nil
}

// Valid reports what is wrong with an activity by itself, whatever the settings say; the
// error is a *Refusal. A cancellation may stand without the particulars of its meeting: a
// calendar that withdraws one often names the UID alone.
func Valid(a *activity.Activity) error {
	if !a.Cancelled || a.UID == "" {
		return fieldRefusal(a.Validate())
	}
	whole := *a
	if whole.Subject == "" {
		whole.Subject = a.UID
	}
	if whole.Start == "" && whole.End == "" {
		whole.Start, whole.End = "2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z"
		whole.AllDay = false
	}
	return fieldRefusal(whole.Validate())
}

func fieldRefusal(err error) error {
	if refusal, ok := AsRefusal(err); ok {
		return refusal
	}
	return err
}

func (in *Intake) checkRelated(a *activity.Activity) *Refusal {
	if a.RelatedTo == nil {
		return nil
	}
	refusal := in.org.CheckRelated(a.Kind, *a.RelatedTo)
	if refusal != nil {
		refusal.Field = "related_to"
	}
	return refusal
}

func (in *Intake) note(d *outbox.Draft, code string, args outbox.Args) {
	d.Notes = append(d.Notes, outbox.Note{At: in.now(), Code: code, Args: args})
}
