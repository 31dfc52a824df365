package outbox

import (
	"slices"
	"strings"
	"time"

	"fieldpost/outbox/activity"
)

// similarFor is how far back items are held against a new one (CONTRACT section 4).
const similarFor = 7 * 24 * time.Hour

// similarMost is how many of them at most, the latest: what is compared lies in memory, and
// 20,000 in a week are more than a person makes (decision 0012).
const similarMost = 20_000

// moment is how long a share takes.
const moment = time.Minute

// look is what makes two activities look alike.
type look struct {
	kind     activity.Kind
	people   []string // ids of Salesforce and addresses, folded
	from, to time.Time
	url      string
	// names are what it has one of in common with whatever looks like it.
	names []string
}

func lookOf(a *activity.Activity) *look {
	l := &look{kind: a.Kind}
	for _, p := range a.People {
		if p.ID != "" {
			l.people = append(l.people, activity.LongID(p.ID))
		}
		if p.Email != "" {
			l.people = append(l.people, strings.ToLower(strings.TrimSpace(p.Email)))
		}
	}
	l.names = l.people
	if a.Kind == activity.Share {
		if l.url = a.URL; l.url != "" {
			l.names = append(l.people, l.url)
		}
		l.from, _ = a.OccurredAt.Time()
		l.to = l.from.Add(moment)
		return l
	}
	if a.AllDay {
		first, last, _ := a.Days()
		l.from, l.to = first, last.AddDate(0, 0, 1)
		return l
	}
	l.from, _ = a.Start.Time()
	l.to, _ = a.End.Time()
	if !l.to.After(l.from) {
		l.to = l.from.Add(moment)
	}
	return l
}

// like reports whether two of a kind have a person and a time in common, or the link that
// recipients open.
func (l *look) like(other *look) bool {
	if l.kind != other.kind {
		return false
	}
	if l.url != "" && l.url == other.url {
		return true
	}
	if !l.from.Before(other.to) || !other.from.Before(l.to) {
		return false
	}
	return slices.ContainsFunc(l.people, func(p string) bool { return slices.Contains(other.people, p) })
}

// nameSimilar tells of each item which others of the last 7 days look like it: of the same
// kind, with the same person at the same time, or with the same link for its recipients.
// What is in the bin, and what cannot be read now, is left out.
func (s *Store) nameSimilar(items []*Item) error {
	if len(items) == 0 {
		return nil
	}
	return s.compare(func() error {
		for _, item := range items {
			id, err := parseID(item.ID)
			if err != nil {
				return err
			}
			if !item.Sealed && !item.Purged {
				item.Similar = s.lookalikes.alike(id, lookOf(&item.Activity))
			}
		}
		return nil
	})
}

// open reports that an item may still be changed or put into the bin.
func (i *Item) open() bool {
	return i.State == Waiting || i.State == NeedsAttention || i.State == Held
}

// tellSimilar completes the receipts of what was added just now. What it meets is not told:
// the items are on disk.
func (s *Store) tellSimilar(ready []readied, receipts []Receipt) {
	_ = s.compare(func() error {
		for i := range receipts {
			id, err := parseID(receipts[i].ID)
			if err != nil || receipts[i].Known {
				continue
			}
			receipts[i].Similar = s.lookalikes.alike(id, ready[i].look)
		}
		return nil
	})
}

// Foreseen is what a draft would do, were it captured now.
type Foreseen struct {
	// ID is the item whose receipt it would be given, "" for a new one; Changes, that it
	// would change that item.
	ID      string
	Changes bool
	// Similar names items that it looks like.
	Similar []string
}

// Foresee tells what Add would do with a draft, and does nothing.
func (s *Store) Foresee(d *Draft) (told Foreseen, err error) {
	var id itemID
	err = s.view(func(v *snapshot) error {
		receipt, known, err := s.known(v.tx, d.Activity.Key)
		if err != nil || known {
			told.ID = receipt.ID
			return err
		}
		current, err := currentAccount(v.tx)
		if err != nil {
			return err
		}
		b := &batch{tx: v.tx, store: s}
		var h *head
		if id, h, err = b.standing(current, &d.Activity); err == nil && h != nil {
			told.ID, told.Changes = id.String(), d.version().after(h.Version) && !h.Purged
		}
		return err
	})
	if err != nil || told.ID != "" && id == (itemID{}) { // its key is known
		return told, err
	}
	return told, s.compare(func() error {
		told.Similar = s.lookalikes.alike(id, lookOf(&d.Activity))
		return nil
	})
}
