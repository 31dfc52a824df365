package directory

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// Query is what somebody types.
type Query struct {
	// Text is matched word by word: each begins a word of the name, the company or the
	// address, in any order, without case or accents.
	Text string
	// Object narrows records to one object, "" for all.
	Object string
	// UserID is the rep: what is theirs comes first.
	UserID string
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

// People finds people by what is typed, best first.
func (d *Directory) People(q Query) ([]Person, error) {
	var people []Person
	err := d.indexes.search(d, bucketPeople, q, func(c card) {
		people = append(people, Person{ID: c.id, Object: c.object, Name: c.name, Email: c.email, Company: c.company, Own: c.own})
	})
	return people, err
}

// Records finds accounts, opportunities and the like, best first.
func (d *Directory) Records(q Query) ([]Entry, error) {
	var records []Entry
	err := d.indexes.search(d, bucketRecords, q, func(c card) {
		records = append(records, Entry{ID: c.id, Object: c.object, Name: c.name, Account: c.company})
	})
	return records, err
}

// indexes are made of the copy when somebody searches, and go when nobody does any more.
type indexes struct {
	mu   sync.Mutex
	made map[string]*index // by bucket
	user string            // for whom
	at   int64             // of which change of the copy
	idle *time.Timer
}

func (i *indexes) search(d *Directory, bucket []byte, q Query, found func(card)) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	x, err := i.of(d, bucket, q.UserID)
	if err != nil {
		return err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	recent, err := d.rowsOf(x, q.Recent)
	if err != nil {
		return err
	}
	var rows []uint32
	if words := wordsOf(q.Text); len(words) > 0 {
		rows = x.find(words[:min(len(words), maxWords)], q.Object, recent, limit)
	} else {
		rows = slices.DeleteFunc(recent, func(row uint32) bool { return !x.of(row, q.Object) })
	}
	for _, row := range rows[:min(len(rows), limit)] {
		found(x.card(row))
	}
	return nil
}

// rowsOf gives the rows of ids and addresses, each once.
func (d *Directory) rowsOf(x *index, recent []string) ([]uint32, error) {
	var rows []uint32
	seen := map[uint32]bool{}
	take := func(id string) {
		if row, known := x.withID(id); known && !seen[row] {
			seen[row] = true
			rows = append(rows, row)
		}
	}
	for _, each := range recent {
		take(each)
		people, err := d.Lookup(each)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			take(p.ID)
		}
	}
	return rows, nil
}

// of gives the index of a bucket as it is now.
func (i *indexes) of(d *Directory, bucket []byte, user string) (*index, error) {
	if now := d.changes.Load(); i.made == nil || i.user != user || i.at != now {
		i.made, i.user, i.at = map[string]*index{}, user, now
	}
	if i.idle != nil {
		i.idle.Stop()
	}
	i.idle = time.AfterFunc(idleIndex, i.drop)
	if x := i.made[string(bucket)]; x != nil {
		return x, nil
	}
	cards, err := d.cards(bucket, user)
	if err != nil {
		return nil, err
	}
	x := newIndex(cards)
	i.made[string(bucket)] = x
	return x, nil
}

// close ends the wait for the memory to be given back.
func (i *indexes) close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.idle != nil {
		i.idle.Stop()
	}
}

// drop gives the memory back.
func (i *indexes) drop() {
	i.mu.Lock()
	i.made = nil
	i.mu.Unlock()
	debug.FreeOSMemory()
}

// cards reads a bucket whole.
func (d *Directory) cards(bucket []byte, user string) ([]card, error) {
	var cards []card
	err := d.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(_, value []byte) error {
			var read struct {
				Person
				Account string `json:"account"`
			}
			if err := json.Unmarshal(value, &read); err != nil {
				return fmt.Errorf("directory: a card: %w", err)
			}
			// A person has a company, an opportunity an account; nothing has both.
			cards = append(cards, card{
				id: read.ID, object: read.Object, name: read.Name, email: read.Email, company: read.Company + read.Account,
				own: user != "" && read.OwnerID == user,
			})
			return nil
		})
	})
	return cards, err
}
