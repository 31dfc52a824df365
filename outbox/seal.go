package outbox

import (
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"

	"filippo.io/age"

	"fieldpost/outbox/seal"
)

// ErrSealed says that a record's data key cannot be opened now: the identity
// that it is wrapped to lies in a keychain that is locked or lost.
var ErrSealed = errors.New("outbox: the content is sealed")

var errNoRecipient = errors.New("outbox: no recipient to seal to")

// keyID names a data key; the zero id stands for "not sealed".
type keyID [4]byte

// keyring seals and opens records. Each opening of the store makes one data key,
// so that capturing never needs the keychain: the key lives in memory and, on
// disk, only wrapped to the recipients (the rep's identity, the company's
// recovery key). It is safe for concurrent use.
type keyring struct {
	mu         sync.RWMutex
	recipients []age.Recipient
	identity   age.Identity // nil while locked
	wrapped    map[keyID][]byte
	open       map[keyID]cipher.AEAD
	closed     map[keyID]bool // tried with this identity, in vain
	current    keyID          // seals what comes in
}

// newKeyring takes the wrapped keys of earlier openings and makes this one's.
func newKeyring(recipients []age.Recipient, wrapped map[keyID][]byte) (*keyring, error) {
	if len(recipients) == 0 {
		return nil, errNoRecipient
	}
	k := &keyring{wrapped: wrapped, open: map[keyID]cipher.AEAD{}, closed: map[keyID]bool{}}
	_, _, err := k.begin(recipients)
	return k, err
}

// begin makes a data key for what comes in from now on.
func (k *keyring) begin(recipients []age.Recipient) (id keyID, wrapped []byte, err error) {
	secret := seal.NewKey()
	if wrapped, err = seal.Wrap(secret, recipients); err != nil {
		return id, nil, err
	}
	aead, err := seal.New(secret)
	if err != nil {
		return id, nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for id == (keyID{}) || k.wrapped[id] != nil {
		rand.Read(id[:])
	}
	k.recipients, k.current = recipients, id
	k.wrapped[id], k.open[id] = wrapped, aead
	return id, wrapped, nil
}

// unlock hands over the identity that earlier data keys are wrapped to.
func (k *keyring) unlock(identity age.Identity) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.identity, k.closed = identity, map[keyID]bool{}
}

// currentID names the data key that seals what comes in.
func (k *keyring) currentID() keyID {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.current
}

// seal encrypts payload for the record that owner names, binds it to it, and tells
// under which data key.
func (k *keyring) seal(payload, owner []byte) (sealed []byte, key keyID) {
	k.mu.RLock()
	aead, key := k.open[k.current], k.current
	k.mu.RUnlock()
	return aead.Seal(make([]byte, 0, len(payload)+aead.Overhead()), nil, payload, owner), key
}

// unseal opens what seal made under key. ErrSealed: the key is out of reach;
// ErrDamaged: the bytes are not what was sealed for this owner.
func (k *keyring) unseal(key keyID, sealed, owner []byte) ([]byte, error) {
	aead, err := k.aead(key)
	if err != nil {
		return nil, err
	}
	payload, err := aead.Open(nil, nil, sealed, owner)
	if err != nil {
		return nil, fmt.Errorf("%w: its seal is broken", ErrDamaged)
	}
	return payload, nil
}

// learn takes a wrapped data key that turned up.
func (k *keyring) learn(id keyID, wrapped []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.wrapped[id] == nil && k.open[id] == nil {
		k.wrapped[id] = wrapped
	}
}

// opens reports whether what key sealed can be read now.
func (k *keyring) opens(key keyID) bool {
	_, err := k.aead(key)
	return err == nil
}

func (k *keyring) aead(key keyID) (cipher.AEAD, error) {
	k.mu.RLock()
	aead, identity, wrapped, closed := k.open[key], k.identity, k.wrapped[key], k.closed[key]
	k.mu.RUnlock()
	switch {
	case aead != nil:
		return aead, nil
	case identity == nil || wrapped == nil || closed:
		return nil, ErrSealed
	}
	secret, err := seal.Unwrap(wrapped, identity)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.closed[key] = true
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	if aead, err = seal.New(secret); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	k.open[key] = aead
	return aead, nil
}
