package outbox

import (
	"errors"

	"filippo.io/age"

	"fieldpost/outbox/seal"
)

// Recover opens what a lost keychain sealed: each data key that identity opens (the
// company's recovery key) is wrapped anew to the recipients of this opening. It
// tells how many data keys it opened. ErrSealed: the identity opens none of those
// that are out of reach.
func (s *Store) Recover(identity age.Identity) (int, error) {
	rewrapped, err := s.keys.recover(identity)
	if err != nil {
		return 0, err
	}
	err = s.update(func(b *batch) error {
		for id, wrapped := range rewrapped {
			if err := putSeal(b.tx, id, wrapped); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	s.swap.Lock()
	defer s.swap.Unlock()
	return len(rewrapped), s.rewriteKeys()
}

// recover opens the data keys that are out of reach and wraps them to the present
// recipients.
func (k *keyring) recover(identity age.Identity) (map[keyID][]byte, error) {
	shut := map[keyID][]byte{}
	k.mu.RLock()
	for id, wrapped := range k.wrapped {
		shut[id] = wrapped
	}
	k.mu.RUnlock()
	rewrapped := map[keyID][]byte{}
	tried := 0
	for id, wrapped := range shut {
		if k.opens(id) {
			continue
		}
		tried++
		secret, err := seal.Unwrap(wrapped, identity)
		if err != nil {
			continue
		}
		if rewrapped[id], err = k.adopt(id, secret); err != nil {
			return nil, err
		}
	}
	if tried > 0 && len(rewrapped) == 0 {
		return nil, ErrSealed
	}
	return rewrapped, nil
}

// adopt opens a data key for good and gives it wrapped to the present recipients.
func (k *keyring) adopt(id keyID, secret []byte) ([]byte, error) {
	aead, err := seal.New(secret)
	if err != nil {
		return nil, errors.Join(ErrDamaged, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	wrapped, err := seal.Wrap(secret, k.recipients)
	if err != nil {
		return nil, err
	}
	k.open[id], k.wrapped[id] = aead, wrapped
	delete(k.closed, id)
	return wrapped, nil
}

// Sealed counts the items whose content cannot be opened now.
func (s *Store) Sealed() (int, error) {
	n := 0
	err := s.view(func(v *snapshot) error {
		return v.tx.Bucket(bucketBodies).ForEach(func(k, value []byte) error {
			if f, err := expect(value, frameBody, itemID(k)); err == nil && !s.keys.opens(f.key) {
				n++
			}
			return nil
		})
	})
	return n, err
}
