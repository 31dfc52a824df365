// Package directory keeps the people and records of the org on the laptop, so
// that an address becomes a contact or a lead without a network. It copies down
// and looks up; it writes nothing to Salesforce and knows nothing of activities
// beyond an address.
package directory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
)

var (
	bucketMeta    = []byte("meta")
	bucketPeople  = []byte("people")  // id -> Person
	bucketEmails  = []byte("emails")  // folded address, 0, id -> nothing
	bucketRecords = []byte("records") // id -> Entry
	bucketFacts   = []byte("facts")   // name -> the caller's JSON

	metaRefreshed = []byte("refreshed_at")
	metaCounts    = []byte("counts")
	metaFilter    = []byte("filter") // the Filter that the copy was made through
)

// Person is a contact or a lead.
type Person struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Name    string `json:"name"`
	Email   string `json:"email"`
	Company string `json:"company,omitempty"`
	OwnerID string `json:"owner_id,omitempty"`
	// Own is told by a search: the person is the rep's.
	Own bool `json:"-"`
}

// Entry is a record that an activity can be related to.
type Entry struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Name    string `json:"name"`
	Account string `json:"account,omitempty"`
	OwnerID string `json:"owner_id,omitempty"`
}

// Stats tells what the copy holds and how old it is.
type Stats struct {
	People      int       `json:"people"`
	Records     int       `json:"records"`
	RefreshedAt time.Time `json:"-"`
	// LeadsLeftOut: the condition for contacts names fields that a lead has not.
	LeadsLeftOut bool `json:"leads_left_out,omitempty"`
}

// Directory is the copy on disk. It holds nothing that Salesforce does not, so a
// copy that cannot be opened is made anew.
type Directory struct {
	db *bbolt.DB
	// epoch counts how often the copy was forgotten: what was read for an earlier one is
	// not kept.
	epoch   atomic.Int64
	misses  misses
	changes atomic.Int64 // counts what changed the copy: an index of an earlier one is stale
	indexes indexes
}

// ErrForgotten says that the copy was forgotten while it was being made: another user
// signed in, or nobody is signed in any more. Nothing of it was kept.
var ErrForgotten = errors.New("directory: forgotten meanwhile")

// Open opens the copy at path; a damaged file is replaced by an empty one.
func Open(path string) (*Directory, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	db, err := open(path)
	if err != nil {
		if removal := os.Remove(path); removal != nil {
			return nil, fmt.Errorf("directory: %s: %w", path, errors.Join(err, removal))
		}
		if db, err = open(path); err != nil {
			return nil, fmt.Errorf("directory: %s: %w", path, err)
		}
	}
	return &Directory{db: db}, nil
}

func open(path string) (*bbolt.DB, error) {
	// A copy can be fetched again: it is not worth a disk sync per change.
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, NoFreelistSync: true})
	if err != nil {
		return nil, err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketMeta, bucketPeople, bucketEmails, bucketRecords, bucketFacts} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Close lets the file go.
func (d *Directory) Close() error {
	d.indexes.close()
	return d.db.Close()
}

// Lookup finds the people with exactly this address, whatever its case.
func (d *Directory) Lookup(email string) ([]Person, error) {
	var found []Person
	err := d.db.View(func(tx *bbolt.Tx) error {
		prefix := append([]byte(Fold(email)), 0)
		cursor := tx.Bucket(bucketEmails).Cursor()
		for k, _ := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = cursor.Next() {
			var p Person
			if err := json.Unmarshal(tx.Bucket(bucketPeople).Get(k[len(prefix):]), &p); err != nil {
				return fmt.Errorf("directory: a person: %w", err)
			}
			found = append(found, p)
		}
		return nil
	})
	return found, err
}

// Name gives what a person or record is called, "" where the copy does not know it.
func (d *Directory) Name(id string) (name string, err error) {
	err = d.db.View(func(tx *bbolt.Tx) error {
		for _, bucket := range [][]byte{bucketPeople, bucketRecords} {
			value := tx.Bucket(bucket).Get([]byte(id))
			if value == nil {
				continue
			}
			var named struct{ Name string }
			err := json.Unmarshal(value, &named)
			name = named.Name
			return err
		}
		return nil
	})
	return name, err
}

// Fold is how addresses are compared: Salesforce ignores their case.
func Fold(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// Stats tells what the copy holds.
func (d *Directory) Stats() (Stats, error) {
	var stats Stats
	err := d.db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if at := meta.Get(metaRefreshed); at != nil {
			if err := stats.RefreshedAt.UnmarshalBinary(at); err != nil {
				return err
			}
		}
		if counts := meta.Get(metaCounts); counts != nil {
			return json.Unmarshal(counts, &stats)
		}
		return nil
	})
	return stats, err
}

// MadeBy reports whether the copy was made through this filter: whom another one let
// through must not be found. One that does not say was made through none.
func (d *Directory) MadeBy(filter Filter) (bool, error) {
	want, err := json.Marshal(filter)
	if err != nil {
		return false, err
	}
	same := false
	err = d.db.View(func(tx *bbolt.Tx) error {
		made := tx.Bucket(bucketMeta).Get(metaFilter)
		if made == nil {
			made = []byte("{}")
		}
		same = bytes.Equal(want, made)
		return nil
	})
	return same, err
}

// keep stores what was read in an epoch, or gives ErrForgotten where that is over.
func (d *Directory) keep(epoch int64, store func(tx *bbolt.Tx) error) error {
	defer d.changes.Add(1)
	return d.db.Update(func(tx *bbolt.Tx) error {
		if d.epoch.Load() != epoch {
			return ErrForgotten
		}
		return store(tx)
	})
}

// Keep stores the caller's facts about the org under a name.
func (d *Directory) Keep(name string, facts any) error {
	value, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	return d.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketFacts).Put([]byte(name), value) })
}

// Kept reads what Keep stored; false where there is nothing.
func (d *Directory) Kept(name string, facts any) (bool, error) {
	var value []byte
	err := d.db.View(func(tx *bbolt.Tx) error {
		value = bytes.Clone(tx.Bucket(bucketFacts).Get([]byte(name)))
		return nil
	})
	if err != nil || value == nil {
		return false, err
	}
	return true, json.Unmarshal(value, facts)
}

// Forget empties the copy: another user, or another org, signed in.
func (d *Directory) Forget() error {
	d.ForgetMisses()
	defer d.changes.Add(1)
	return d.db.Update(func(tx *bbolt.Tx) error {
		d.epoch.Add(1)
		for _, name := range [][]byte{bucketMeta, bucketPeople, bucketEmails, bucketRecords, bucketFacts} {
			if err := tx.DeleteBucket(name); err != nil {
				return err
			}
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// ForgetOne removes the people with an address, and the person or record with an id;
// an empty one names nobody.
func (d *Directory) ForgetOne(email, id string) error {
	people, err := d.Lookup(email)
	if err != nil {
		return err
	}
	defer d.changes.Add(1)
	return d.db.Update(func(tx *bbolt.Tx) error {
		if value := tx.Bucket(bucketPeople).Get([]byte(id)); value != nil {
			var p Person
			if err := json.Unmarshal(value, &p); err != nil {
				return err
			}
			people = append(people, p)
		}
		for _, p := range people {
			key := append(append([]byte(Fold(p.Email)), 0), p.ID...)
			if err := errors.Join(tx.Bucket(bucketEmails).Delete(key), tx.Bucket(bucketPeople).Delete([]byte(p.ID))); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketRecords).Delete([]byte(id))
	})
}
