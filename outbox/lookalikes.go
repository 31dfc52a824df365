package outbox

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// lookalikes holds what was captured lately in a form that is compared at once: the latest
// similarMost items of similarFor. It is read from the store when it is first asked for;
// what is added comes as it is, and what changes is read anew.
type lookalikes struct {
	mu   sync.Mutex
	read bool
	// latest are the ids that are held, in the order of capture, and looks those of them
	// that can be read and are not in the bin.
	latest []itemID
	looks  map[itemID]*look
	named  map[string][]itemID // by what a look-alike has in common
	stale  map[itemID]bool
}

// compare looks at what was captured lately. The lock is taken first: what is noted as
// changed has then been committed before the look.
func (s *Store) compare(look func() error) error {
	l := &s.lookalikes
	l.mu.Lock()
	defer l.mu.Unlock()
	since := s.now().Add(-similarFor)
	if !l.read || len(l.stale) > 0 {
		if err := s.view(func(v *snapshot) error { return l.refresh(v, since) }); err != nil {
			return err
		}
	}
	l.forget(since)
	return look()
}

// alike names, latest first, what looks like the item id, which looks like own.
func (l *lookalikes) alike(id itemID, own *look) (similar []string) {
	var ids []itemID
	for _, name := range own.names {
		for _, other := range l.named[name] {
			if other != id && l.looks[other].like(own) {
				ids = append(ids, other)
			}
		}
	}
	slices.SortFunc(ids, func(a, b itemID) int { return slices.Compare(b[:], a[:]) })
	for _, other := range slices.Compact(ids) {
		similar = append(similar, other.String())
	}
	return similar
}

// refresh reads what is not known yet, and what changed.
func (l *lookalikes) refresh(v *snapshot, since time.Time) error {
	if !l.read {
		l.latest = v.latest(since)
		l.looks, l.named, l.stale = map[itemID]*look{}, map[string][]itemID{}, map[itemID]bool{}
		for _, id := range l.latest {
			l.stale[id] = true
		}
		l.read = true
	}
	for id := range l.stale {
		l.drop(id)
		delete(l.stale, id)
		h, err := v.head(id)
		if err != nil || h.Purged || h.State == Discarded {
			continue
		}
		content, err := v.content(id, h)
		if notReadable(err) != nil {
			return err
		}
		if err == nil {
			l.put(id, lookOf(&content.Activity))
		}
	}
	return nil
}

// latest are the items that are compared, in the order of capture.
func (v *snapshot) latest(since time.Time) (ids []itemID) {
	cursor := v.tx.Bucket(bucketHeads).Cursor()
	for k, _ := cursor.Last(); len(k) == len(itemID{}) && len(ids) < similarMost; k, _ = cursor.Prev() {
		if itemID(k).time().Before(since) {
			break
		}
		ids = append(ids, itemID(k))
	}
	slices.Reverse(ids)
	return ids
}

// notReadable lets what cannot be read now, or for good, look like nothing.
func notReadable(err error) error {
	if errors.Is(err, ErrSealed) || errors.Is(err, ErrDamaged) {
		return nil
	}
	return err
}

// changed notes, in the order of commits, what was added and which items are to be read
// anew.
func (l *lookalikes) changed(ids []itemID, added map[itemID]*look) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.read {
		return
	}
	for _, id := range ids {
		if !l.hold(id) {
			continue
		}
		if look := added[id]; look != nil {
			l.put(id, look)
		} else {
			l.stale[id] = true
		}
	}
	for len(l.latest) > similarMost {
		l.shift()
	}
}

// hold takes an id among those that are held, and reports whether it is one: not where
// similarMost later ones are held.
func (l *lookalikes) hold(id itemID) bool {
	at, held := slices.BinarySearchFunc(l.latest, id, func(a, b itemID) int { return slices.Compare(a[:], b[:]) })
	if held || at == 0 && len(l.latest) >= similarMost {
		return held
	}
	l.latest = slices.Insert(l.latest, at, id)
	return true
}

// forget lets go what is too old.
func (l *lookalikes) forget(since time.Time) {
	for len(l.latest) > 0 && l.latest[0].time().Before(since) {
		l.shift()
	}
}

func (l *lookalikes) shift() {
	delete(l.stale, l.latest[0])
	l.drop(l.latest[0])
	l.latest = l.latest[1:]
}

func (l *lookalikes) put(id itemID, look *look) {
	l.drop(id)
	l.looks[id] = look
	for _, name := range look.names {
		l.named[name] = append(l.named[name], id)
	}
}

func (l *lookalikes) drop(id itemID) {
	look := l.looks[id]
	if look == nil {
		return
	}
	delete(l.looks, id)
	for _, name := range look.names {
		l.named[name] = slices.DeleteFunc(l.named[name], func(other itemID) bool { return other == id })
		if len(l.named[name]) == 0 {
			delete(l.named, name)
		}
	}
}

// reset has everything read anew: more can be opened now.
func (l *lookalikes) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read = false
}
