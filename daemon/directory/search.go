package directory

import (
	"cmp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// Query is what somebody types.
type Query struct {
	// Text is matched word by word: each begins a word of the name, the company or the
	// address, in any order, without case or accents.
	Text string
	// Object narrows records to one object, in any case, "" for all.
	Object string
	// Recent are the ids and addresses used last, latest first: they come before all else,
	// and alone answer an empty text.
	Recent []string
	// Limit is how many are wanted at most, 0 for DefaultLimit.
	Limit int
}

// DefaultLimit is how many a search finds where no number is asked for.
const DefaultLimit = 20

// maxWords is how many words of a text are looked for: more than a name has.
const maxWords = 16

// idleIndex is how long after the last search the indexes are kept in memory.
const idleIndex = 5 * time.Minute

// People finds people by what is typed, best first. ErrLocked while the copy cannot be
// read.
func (d *Directory) People(q Query) (found []Person, err error) {
	err = d.search(people, q, func(r *row, user string) { found = append(found, r.person(user)) })
	return found, err
}

// Records finds accounts, opportunities and the like, best first.
func (d *Directory) Records(q Query) (found []Entry, err error) {
	err = d.search(records, q, func(r *row, _ string) { found = append(found, r.entry()) })
	return found, err
}

func (r *row) person(user string) Person {
	return Person{
		ID: r.ID, Object: r.Object, Name: r.Name, Email: r.Email, Company: r.Company, AccountID: r.AccountID,
		Own: user != "" && r.OwnerID == user,
	}
}

func (r *row) entry() Entry {
	return Entry{ID: r.ID, Object: r.Object, Name: r.Name, Account: r.Company, Closed: r.Closed}
}

// search finds rows in the index of a table and among what changed since it was made.
func (d *Directory) search(t *table, q Query, tell func(r *row, user string)) error {
	if d.vault.locked() {
		return ErrLocked
	}
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	return d.view(func(tx *bbolt.Tx) error {
		user, err := userOf(tx)
		if err != nil {
			return err
		}
		recent, err := d.idsOf(tx, t, q.Recent)
		if err != nil {
			return err
		}
		words := wordsOf(q.Text)
		hits := make([]hit, len(recent))
		for i, id := range recent {
			hits[i] = hit{id: id}
		}
		if len(words) > 0 {
			if hits, err = d.indexes.find(d, tx, t, words[:min(len(words), maxWords)], q.Object, recent, q.Limit); err != nil {
				return err
			}
		}
		return d.tell(tx, t, hits, q, len(words) > 0, func(r *row) { tell(r, user) })
	})
}

// tell gives the rows of hits, those with words in order, at most as many as are wanted.
func (d *Directory) tell(tx *bbolt.Tx, t *table, hits []hit, q Query, sorted bool, tell func(*row)) error {
	type found struct {
		hit
		*row
	}
	var all []found
	for _, h := range hits {
		r, err := d.get(tx, t, h.id)
		if err != nil {
			return err
		}
		if r != nil && (q.Object == "" || strings.EqualFold(r.Object, q.Object)) {
			all = append(all, found{h, r})
		}
	}
	if sorted { // they come of two indexes
		slices.SortStableFunc(all, func(a, b found) int {
			return cmp.Or(compareHits(&a.hit, &b.hit), strings.Compare(a.Name, b.Name))
		})
	}
	for _, f := range all[:min(len(all), q.Limit)] {
		tell(f.row)
	}
	return nil
}

// idsOf gives the ids of a table's rows that ids and addresses name, each once.
func (d *Directory) idsOf(tx *bbolt.Tx, t *table, recent []string) ([]string, error) {
	var ids []string
	seen := map[string]bool{}
	take := func(id string) {
		if !seen[id] && tx.Bucket(t.rows).Get([]byte(id)) != nil {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, each := range recent {
		if !strings.Contains(each, "@") {
			take(current(tx, each))
			continue
		}
		found, err := d.linked(tx, t, d.vault.hash(Fold(each)))
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			take(r.ID)
		}
	}
	return ids, nil
}

// indexes are read when somebody searches, and go when nobody does any more.
type indexes struct {
	mu   sync.Mutex
	made map[*table]*pair
	idle *time.Timer
}

// pair is the index of a table as it lies in the file, and a small one of what changed
// since.
type pair struct {
	base, young *index
	stored      uint64 // which index of the file the base is
	seen        uint64 // the last change that the young one knows
}

func (i *indexes) find(d *Directory, tx *bbolt.Tx, t *table, words []string, object string, recent []string, limit int) ([]hit, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	p, err := i.of(d, tx, t)
	if err != nil {
		return nil, err
	}
	var hits []hit
	for _, x := range []*index{p.base, p.young} {
		if x != nil {
			hits = append(hits, x.find(words, object, recent, limit)...)
		}
	}
	return hits, nil
}

// of gives the indexes of a table as it is in a transaction.
func (i *indexes) of(d *Directory, tx *bbolt.Tx, t *table) (*pair, error) {
	if i.idle != nil {
		i.idle.Stop()
	}
	i.idle = time.AfterFunc(idleIndex, i.rest)
	if i.made == nil {
		i.made = map[*table]*pair{}
	}
	p, stored, now := i.made[t], tx.Bucket(bucketIndex).Sequence(), tx.Bucket(bucketChanged).Sequence()
	if p == nil || p.stored != stored {
		p = &pair{stored: stored}
		var err error
		if p.base, err = d.loadIndex(tx, t); err != nil {
			return nil, err
		}
	} else if p.seen == now {
		return p, nil
	}
	delete(i.made, t) // until it is whole again
	ids := changes(tx, t)
	if p.base != nil {
		clear(p.base.hidden)
	}
	user, err := userOf(tx)
	if err != nil {
		return nil, err
	}
	rows := map[string]card{}
	var places []place
	for _, id := range ids {
		if p.base != nil {
			if row, known := p.base.withID(id); known {
				p.base.hidden[row] = true
			}
		}
		r, err := d.get(tx, t, id)
		if err != nil {
			return nil, err
		}
		if r != nil {
			places, rows[id] = append(places, placeOf(r, user)), cardOf(r, user)
		}
	}
	if p.young, err = newIndex(places, func(id string) (card, error) { return rows[id], nil }); err != nil {
		return nil, err
	}
	p.seen, i.made[t] = now, p
	return p, nil
}

// close ends the wait for the memory to be given back.
func (i *indexes) close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.idle != nil {
		i.idle.Stop()
	}
}

// rest gives the memory back.
func (i *indexes) rest() {
	i.mu.Lock()
	i.made = nil
	i.mu.Unlock()
	debug.FreeOSMemory()
}

// Rest gives the memory back that searching took, as happens by itself some minutes after
// the last search.
func (d *Directory) Rest() { d.indexes.rest() }
