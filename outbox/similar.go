package outbox

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"fieldpost/outbox/activity"
)

// similarFor is how far back items are held against a new one (CONTRACT section 4).
const similarFor = 7 * 24 * time.Hour

// moment is how long a share takes.
const moment = time.Minute

// lookalikes holds what was captured lately, and is not in the bin, in a form that is
// compared at once. It is read from the store when it is first asked for, and what changes
// is read anew.
type lookalikes struct {
	mu    sync.Mutex
	looks map[itemID]*look // nil: not read yet
	stale []itemID
}

// look is what makes two activities look alike.
type look struct {
	kind     activity.Kind
	people   []string // ids of Salesforce and addresses, folded
	from, to time.Time
	url      string
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
	if a.Kind == activity.Share {
		l.url = a.URL
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
	return s.compare(func(*snapshot) error {
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
func (s *Store) tellSimilar(drafts []Draft, receipts []Receipt) {
	_ = s.compare(func(*snapshot) error {
		for i := range receipts {
			id, err := parseID(receipts[i].ID)
			if err != nil || receipts[i].Known {
				continue
			}
			receipts[i].Similar = s.lookalikes.alike(id, lookOf(&drafts[i].Activity))
		}
		return nil
	})
}

// compare looks at the store and at what was captured lately. The lock is taken first: what
// is noted as changed has then been committed before the look.
func (s *Store) compare(look func(v *snapshot) error) error {
	s.lookalikes.mu.Lock()
	defer s.lookalikes.mu.Unlock()
	return s.view(func(v *snapshot) error {
		if err := s.lookalikes.refresh(v, s.now().Add(-similarFor)); err != nil {
			return err
		}
		return look(v)
	})
}

// alike names, latest first, what looks like the item id, which looks like own.
func (l *lookalikes) alike(id itemID, own *look) (similar []string) {
	var ids []itemID
	for other, look := range l.looks {
		if other != id && look.like(own) {
			ids = append(ids, other)
		}
	}
	slices.SortFunc(ids, func(a, b itemID) int { return slices.Compare(b[:], a[:]) })
	for _, other := range ids {
		similar = append(similar, other.String())
	}
	return similar
}

// refresh reads what is not known yet, and what changed.
func (l *lookalikes) refresh(v *snapshot, since time.Time) error {
	if l.looks == nil {
		l.looks = map[itemID]*look{}
		from := nextID(itemID{}, since)
		cursor := v.tx.Bucket(bucketHeads).Cursor()
		for k, _ := cursor.Seek(from[:8]); k != nil; k, _ = cursor.Next() {
			l.stale = append(l.stale, itemID(k))
		}
	}
	for _, id := range l.stale {
		delete(l.looks, id)
		h, err := v.head(id)
		if err != nil || h.Purged || h.State == Discarded || id.time().Before(since) {
			continue
		}
		content, err := v.content(id, h)
		if notReadable(err) != nil {
			return err
		}
		if err == nil {
			l.looks[id] = lookOf(&content.Activity)
		}
	}
	l.stale = nil
	for id := range l.looks {
		if id.time().Before(since) {
			delete(l.looks, id)
		}
	}
	return nil
}

// notReadable lets what cannot be read now, or for good, look like nothing.
func notReadable(err error) error {
	if errors.Is(err, ErrSealed) || errors.Is(err, ErrDamaged) {
		return nil
	}
	return err
}

// changed notes which items are to be read anew.
func (l *lookalikes) changed(ids []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.looks == nil {
		return
	}
	for _, text := range ids {
		if id, err := parseID(text); err == nil {
			l.stale = append(l.stale, id)
		}
	}
}

// reset has everything read anew: more can be opened now.
func (l *lookalikes) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looks, l.stale = nil, nil
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
	err = s.compare(func(v *snapshot) error {
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
		id, h, err := b.standing(current, &d.Activity)
		if err != nil {
			return err
		}
		if h != nil {
			told.ID, told.Changes = id.String(), d.version().after(h.Version) && !h.Purged
		}
		told.Similar = s.lookalikes.alike(id, lookOf(&d.Activity))
		return nil
	})
	return told, err
}
