package outbox

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

// SignIn makes account the one that new captures belong to and keeps profile,
// the caller's own facts about the sign-in (no secret), beside it. Items that
// were captured while signed out are taken over when no other user ever signed
// in here; otherwise they stay and wait to be claimed (CONTRACT section 6).
func (s *Store) SignIn(account Account, profile []byte) error {
	return s.update(func(b *batch) error {
		number, others, err := b.remember(account)
		if err != nil {
			return err
		}
		if err := b.changeSelf(func(s *self) { s.Current, s.Profile = number, profile }); err != nil {
			return err
		}
		if others {
			return nil
		}
		return b.adopt(0, number)
	})
}

// Unowned counts the waiting items that were captured signed out and belong to nobody
// yet, while somebody is signed in.
func (s *Store) Unowned() (n int, err error) {
	err = s.view(func(v *snapshot) error {
		current, err := currentAccount(v.tx)
		if err != nil || current == 0 {
			return err
		}
		return eachInState(v.tx, Waiting, func(_ itemID, value []byte) error {
			_, account, err := readIndexValue(value)
			if err == nil && account == 0 {
				n++
			}
			return err
		})
	})
	return n, err
}

// ClaimUnowned gives the items captured signed out to the account signed in now.
func (s *Store) ClaimUnowned() error {
	return s.update(func(b *batch) error {
		current, err := currentAccount(b.tx)
		if err != nil {
			return err
		}
		return b.adopt(0, current)
	})
}

// SignOut forgets who is signed in. Items keep the account they belong to.
func (s *Store) SignOut() error {
	return s.update(func(b *batch) error {
		return b.changeSelf(func(s *self) { s.Current, s.Profile = 0, nil })
	})
}

// Current gives the account that is signed in and the profile kept with it, or
// nil where nobody is.
func (s *Store) Current() (*Account, []byte, error) {
	var account *Account
	var profile []byte
	err := s.view(func(v *snapshot) error {
		known, err := readSelf(v.tx)
		if err != nil || known.Current == 0 {
			return err
		}
		profile = known.Profile
		account, err = accountOf(v.tx, known.Current)
		return err
	})
	return account, profile, err
}

// remember files the account and reports whether other users are known as well.
func (b *batch) remember(account Account) (number uint32, others bool, err error) {
	accounts := b.tx.Bucket(bucketAccounts)
	highest := uint32(0)
	err = accounts.ForEach(func(k, v []byte) error {
		highest = binary.BigEndian.Uint32(k)
		var known Account
		if _, err := readClear(v, frameAccount, numbered(highest), &known); err != nil {
			return err
		}
		if known.Same(&account) {
			number = highest
		} else {
			others = true
		}
		return nil
	})
	if err != nil {
		return 0, false, err
	}
	if number == 0 {
		number = highest + 1
	}
	return number, others, b.fileAccount(number, account)
}

func (b *batch) fileAccount(number uint32, account Account) error {
	value, err := clear(frameAccount, numbered(number), 0, account)
	if err != nil {
		return err
	}
	return b.tx.Bucket(bucketAccounts).Put(binary.BigEndian.AppendUint32(nil, number), value)
}

// adopt binds what belongs to one account number to another.
func (b *batch) adopt(from, to uint32) error {
	for _, state := range []State{Waiting, NeedsAttention, Held} {
		var orphans []itemID
		err := eachInState(b.tx, state, func(id itemID, value []byte) error {
			_, account, err := readIndexValue(value)
			if err == nil && account == from {
				orphans = append(orphans, id)
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range orphans {
			h, err := b.head(id)
			if err != nil {
				return err
			}
			h.Account = to
			if err := b.move(id, h, state); err != nil {
				return err
			}
		}
	}
	return nil
}

func currentAccount(tx *bbolt.Tx) (uint32, error) {
	s, err := readSelf(tx)
	return s.Current, err
}

func accountOf(tx *bbolt.Tx, number uint32) (*Account, error) {
	if number == 0 {
		return nil, nil
	}
	account := &Account{}
	value := tx.Bucket(bucketAccounts).Get(binary.BigEndian.AppendUint32(nil, number))
	if _, err := readClear(value, frameAccount, numbered(number), account); err != nil {
		return nil, fmt.Errorf("account %d: %w", number, err)
	}
	return account, nil
}
