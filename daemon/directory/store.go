// Package directory keeps the people and records of the org on the laptop, so
// that an address becomes a contact or a lead without a network. It copies down
// and looks up; it writes nothing to Salesforce and knows nothing of activities
// beyond an address. Whatever names somebody is sealed (decision 0006).
package directory

import (
	"bytes"
	"encoding/json"
	"errors"
	"sync"

	"filippo.io/age"
	"go.etcd.io/bbolt"

	"fieldpost/outbox/seal"
)

var (
	bucketMeta    = []byte("meta")
	bucketFacts   = []byte("facts")   // name -> the caller's JSON
	bucketIndex   = []byte("index")   // table/number -> a sealed piece of its index
	bucketChanged = []byte("changed") // table/id -> number: not in the index as it is now
	bucketMoved   = []byte("moved")   // id -> the id that took its place
	bucketAnswers = []byte("answers") // user, hash of an address or domain -> sealed answer

	metaFormat = []byte("format")
	metaKey    = []byte("key") // the key of the vault, wrapped to the rep's identity
	metaState  = []byte("state")

	format = []byte("2") // 1 was not sealed
)

// Person is a contact or a lead.
type Person struct {
	ID, Object, Name, Email, Company, AccountID string
	// Own: the person is the rep's.
	Own bool
}

// Entry is a record that an activity can be related to.
type Entry struct {
	ID, Object, Name, Account string
	// Closed: an opportunity that is won or lost.
	Closed bool
}

// Directory is the copy on disk. Besides the rep's answers it holds nothing that
// Salesforce does not, so a copy that is damaged is made anew. It is safe for concurrent
// use.
type Directory struct {
	file    file
	vault   vault
	looks   looks
	indexes indexes

	mu         sync.Mutex
	epoch      epoch
	recipients []age.Recipient // who can open the copy
}

// ErrForgotten says that the copy was forgotten while it was being made: another user
// signed in, or nobody is signed in any more. Nothing of it was kept.
var ErrForgotten = errors.New("directory: forgotten meanwhile")

// copied are the buckets of the copy: what another user must not find.
func copied() [][]byte {
	names := [][]byte{bucketIndex, bucketChanged, bucketMoved}
	for _, t := range tables {
		names = append(names, t.rows, t.links)
	}
	return names
}

// begin makes the key of a copy that is empty yet.
func (d *Directory) begin(tx *bbolt.Tx) error {
	secret := seal.NewKey()
	if err := wrap(tx, secret, d.openers()); err != nil {
		return err
	}
	return d.vault.use(secret)
}

func wrap(tx *bbolt.Tx, secret []byte, recipients []age.Recipient) error {
	wrapped, err := seal.Wrap(secret, recipients)
	if err != nil {
		return err
	}
	meta := tx.Bucket(bucketMeta)
	if err := meta.Put(metaFormat, format); err != nil {
		return err
	}
	return meta.Put(metaKey, wrapped)
}

// Unlock opens the copy with the rep's identity. One that this identity does not open is
// emptied and begun anew for the recipients, answers and all: nobody can read it any more.
func (d *Directory) Unlock(identity age.Identity, recipients []age.Recipient) error {
	d.setOpeners(recipients)
	if !d.vault.locked() {
		return nil
	}
	var wrapped []byte
	err := d.view(func(tx *bbolt.Tx) error {
		wrapped = bytes.Clone(tx.Bucket(bucketMeta).Get(metaKey))
		return nil
	})
	if err != nil {
		return err
	}
	if secret, err := seal.Unwrap(wrapped, identity); err == nil {
		return d.vault.use(secret)
	}
	return d.update(func(tx *bbolt.Tx) error {
		d.turn()
		if err := empty(tx, append(copied(), bucketAnswers)...); err != nil {
			return err
		}
		return errors.Join(tx.Bucket(bucketMeta).Delete(metaState), d.begin(tx))
	})
}

// Reseal lets new recipients open the copy from now on: the keychain has lost the
// identity of the earlier ones.
func (d *Directory) Reseal(identity age.Identity, recipients []age.Recipient) error {
	if d.vault.locked() {
		return d.Unlock(identity, recipients)
	}
	d.setOpeners(recipients)
	return d.update(func(tx *bbolt.Tx) error { return wrap(tx, d.vault.key(), recipients) })
}

// writer is a change of the copy and of what is told about it, in one transaction.
type writer struct {
	d     *Directory
	tx    *bbolt.Tx
	state *state
}

// epoch counts how often the copy was emptied: what was read for an earlier one is not
// kept.
type epoch struct{ forgotten, replaced int }

func (d *Directory) now() epoch {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.epoch
}

// turn begins another epoch: the copy is forgotten.
func (d *Directory) turn() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.epoch.forgotten++
}

// write changes the copy that was read in an epoch. Where that is over it gives
// ErrForgotten, or a *StoreError where a damaged file was replaced.
func (d *Directory) write(since epoch, change func(*writer) error) error {
	return d.update(func(tx *bbolt.Tx) error {
		switch now := d.now(); {
		case now.forgotten != since.forgotten:
			return ErrForgotten
		case now.replaced != since.replaced:
			return &StoreError{errors.New("the copy was damaged and is made anew")}
		}
		s, err := stateOf(tx)
		if err != nil {
			return err
		}
		if err := change(&writer{d, tx, s}); err != nil {
			return err
		}
		value, err := json.Marshal(s)
		if err != nil {
			return err
		}
		return tx.Bucket(bucketMeta).Put(metaState, value)
	})
}

// clear takes everything of the copy out.
func (w *writer) clear() error {
	*w.state = state{Calls: w.state.Calls}
	return empty(w.tx, copied()...)
}

// empty takes everything out of buckets. Their numbers go on: what is remembered of an
// earlier one must not look like the later one.
func empty(tx *bbolt.Tx, names ...[]byte) error {
	for _, name := range names {
		last := tx.Bucket(name).Sequence()
		if err := tx.DeleteBucket(name); err != nil {
			return err
		}
		bucket, err := tx.CreateBucket(name)
		if err != nil {
			return err
		}
		if err := bucket.SetSequence(last + 1); err != nil {
			return err
		}
	}
	return nil
}

// Keep stores the caller's facts about the org under a name. They are not sealed: what is
// captured is held against them while the keychain is locked.
func (d *Directory) Keep(name string, facts any) error {
	value, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	return d.update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketFacts).Put([]byte(name), value) })
}

// Kept reads what Keep stored; false where there is nothing.
func (d *Directory) Kept(name string, facts any) (bool, error) {
	var value []byte
	err := d.view(func(tx *bbolt.Tx) error {
		value = bytes.Clone(tx.Bucket(bucketFacts).Get([]byte(name)))
		return nil
	})
	if err != nil || value == nil {
		return false, err
	}
	return true, json.Unmarshal(value, facts)
}

// Forget empties the copy: another user, or another org, signed in. The rep's answers stay
// for the next sign-in of the same user; nobody else is given them.
func (d *Directory) Forget() error {
	d.looks.forget()
	return d.update(func(tx *bbolt.Tx) error {
		d.turn()
		return errors.Join(empty(tx, append(copied(), bucketFacts)...), tx.Bucket(bucketMeta).Delete(metaState))
	})
}

// ForgetOne removes the people with an address, and the person or record with an id; an
// empty one names nobody. What was answered about the address goes as well, and the index
// is made anew: their names stand in it.
func (d *Directory) ForgetOne(email, id string) error {
	if d.vault.locked() {
		return ErrLocked
	}
	err := d.write(d.now(), func(w *writer) error {
		if email != "" {
			for _, t := range []*table{people, users} {
				found, err := d.linked(w.tx, t, d.vault.hash(Fold(email)))
				if err != nil {
					return err
				}
				for _, r := range found {
					if err := w.drop(t, r.ID); err != nil {
						return err
					}
				}
			}
			if err := w.forgetAnswers(email); err != nil {
				return err
			}
		}
		return errors.Join(w.drop(people, id), w.drop(records, id))
	})
	if err != nil {
		return err
	}
	return d.reindex()
}
