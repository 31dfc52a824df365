package outbox

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// self is what the store knows of itself. It is one record, so that a scan of raw
// pages finds all of it or nothing, and a copy lies in the key file.
type self struct {
	// Salt is mixed into the hashes of idempotency keys.
	Salt []byte `cbor:"1,keyasint"`
	// Generation is drawn anew at each opening. Another one in the key file means
	// that one of the two files was put back from a backup (reliability.md W22).
	Generation []byte `cbor:"2,keyasint,omitempty"`
	// Current is the number of the account that is signed in, 0 for nobody.
	Current uint32 `cbor:"3,keyasint,omitempty"`
	// Profile is the caller's own facts about the sign-in; no secret.
	Profile []byte `cbor:"4,keyasint,omitempty"`

	revision uint32
}

func readSelf(tx *bbolt.Tx) (self, error) {
	s := self{}
	var err error
	s.revision, err = readClear(tx.Bucket(bucketMeta).Get(metaSelf), frameSelf, itemID{}, &s)
	if err != nil {
		return s, fmt.Errorf("the store's own record: %w", err)
	}
	return s, nil
}

func (s *self) encode() ([]byte, error) { return clear(frameSelf, itemID{}, s.revision, s) }

func writeSelf(tx *bbolt.Tx, s *self) error {
	s.revision++
	value, err := s.encode()
	if err != nil {
		return err
	}
	return tx.Bucket(bucketMeta).Put(metaSelf, value)
}

// changeSelf changes the store's own record; its copy follows once the
// transaction is on disk.
func (b *batch) changeSelf(change func(*self)) error {
	s, err := readSelf(b.tx)
	if err != nil {
		return err
	}
	change(&s)
	b.owned = true
	return writeSelf(b.tx, &s)
}
