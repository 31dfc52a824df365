package directory

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"
	"go.etcd.io/bbolt"
)

// Answer is what the rep said once about an address, or about all of a domain: who it is,
// or that it is nobody to relate.
type Answer struct {
	// Address is folded; with nothing before the @ it is a whole domain.
	Address string `cbor:"1,keyasint"`
	// ID is the contact or lead, "" where the address is ignored.
	ID string `cbor:"2,keyasint,omitempty"`
}

// ErrNoAnswer says that nothing was answered about an address.
var ErrNoAnswer = errors.New("directory: nothing was answered about this address")

// Remember keeps an answer of the user for good, in place of an earlier one.
func (d *Directory) Remember(user string, a Answer) error {
	a.Address = Fold(a.Address)
	payload, err := cbor.Marshal(a)
	if err != nil {
		return err
	}
	key := d.answerKey(user, a.Address)
	sealed, err := d.vault.seal(payload, key)
	if err != nil {
		return err
	}
	return d.update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketAnswers).Put(key, sealed) })
}

// Unanswer forgets an answer of the user; ErrNoAnswer where there is none.
func (d *Directory) Unanswer(user, address string) error {
	if d.vault.locked() {
		return ErrLocked
	}
	key := d.answerKey(user, Fold(address))
	return d.update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(bucketAnswers)
		if bucket.Get(key) == nil {
			return ErrNoAnswer
		}
		return bucket.Delete(key)
	})
}

// Answers lists what the user answered, by address.
func (d *Directory) Answers(user string) (all []Answer, err error) {
	prefix := []byte(user + "/")
	err = d.view(func(tx *bbolt.Tx) error {
		all = nil
		cursor := tx.Bucket(bucketAnswers).Cursor()
		for k, sealed := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, sealed = cursor.Next() {
			a, err := d.answerIn(k, sealed)
			if err != nil {
				return err
			}
			all = append(all, a)
		}
		return nil
	})
	slices.SortFunc(all, func(a, b Answer) int { return strings.Compare(a.Address, b.Address) })
	return all, err
}

// answerKey names an answer. The hash hides the address.
func (d *Directory) answerKey(user, folded string) []byte {
	return append([]byte(user+"/"), d.vault.hash(user+"/"+folded)...)
}

func (d *Directory) answerIn(key, sealed []byte) (a Answer, err error) {
	payload, err := d.vault.unseal(nil, sealed, key)
	if err == nil {
		err = cbor.Unmarshal(payload, &a)
	}
	return a, err
}

// answered gives the user's answer about a folded address, else about its domain.
func (d *Directory) answered(tx *bbolt.Tx, user, folded string) (a Answer, known bool, err error) {
	_, domain, _ := cutLast(folded)
	for _, about := range []string{folded, untagged(folded), "@" + domain} {
		key := d.answerKey(user, about)
		if sealed := tx.Bucket(bucketAnswers).Get(key); sealed != nil && about != "" {
			a, err = d.answerIn(key, sealed)
			a.ID = cmp.Or(current(tx, a.ID), a.ID)
			return a, err == nil, err
		}
	}
	return a, false, nil
}

// forgetAnswers takes out what any user answered about an address.
func (w *writer) forgetAnswers(email string) error {
	bucket := w.tx.Bucket(bucketAnswers)
	var about [][]byte
	err := bucket.ForEach(func(k, _ []byte) error {
		user, _, _ := strings.Cut(string(k), "/")
		if bytes.Equal(k, w.d.answerKey(user, Fold(email))) {
			about = append(about, bytes.Clone(k))
		}
		return nil
	})
	for _, k := range about {
		err = errors.Join(err, bucket.Delete(k))
	}
	return err
}
