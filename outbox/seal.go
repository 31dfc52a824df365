package outbox

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"

	"filippo.io/age"
)

// ErrSealed says that a record's data key cannot be opened now: the identity
// that it is wrapped to lies in a keychain that is locked or lost.
var ErrSealed = errors.New("outbox: the content is sealed")

// keyID names a data key; the zero id stands for "not sealed".
type keyID [4]byte

// keyring seals and opens records. Each opening of the store makes one data key,
// so that capturing never needs the keychain: the key lives in memory and, on
// disk, only wrapped to the recipients (the rep's identity, the company's
// recovery key). It is safe for concurrent use.
type keyring struct {
	recipients []age.Recipient

	mu       sync.RWMutex
	identity age.Identity // nil while locked
	wrapped  map[keyID][]byte
	open     map[keyID]cipher.AEAD

	current        keyID
	currentWrapped []byte
}

// newKeyring takes the wrapped keys of earlier openings and makes this one's.
func newKeyring(recipients []age.Recipient, wrapped map[keyID][]byte) (*keyring, error) {
	if len(recipients) == 0 {
		return nil, errors.New("outbox: no recipient to seal to")
	}
	k := &keyring{recipients: recipients, wrapped: wrapped, open: map[keyID]cipher.AEAD{}}
	secret := make([]byte, 32)
	rand.Read(secret)
	for k.current == (keyID{}) || wrapped[k.current] != nil {
		rand.Read(k.current[:])
	}
	var err error
	if k.currentWrapped, err = wrap(secret, recipients); err != nil {
		return nil, err
	}
	if k.open[k.current], err = newAEAD(secret); err != nil {
		return nil, err
	}
	return k, nil
}

func newAEAD(secret []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func wrap(secret []byte, recipients []age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipients...)
	if err != nil {
		return nil, fmt.Errorf("outbox: wrapping the data key: %w", err)
	}
	if _, err := w.Write(secret); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// unlock hands over the identity that earlier data keys are wrapped to.
func (k *keyring) unlock(identity age.Identity) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.identity = identity
}

// seal encrypts payload for the record that owner names and binds it to it.
func (k *keyring) seal(payload, owner []byte) []byte {
	k.mu.RLock()
	aead := k.open[k.current]
	k.mu.RUnlock()
	return aead.Seal(make([]byte, 0, len(payload)+aead.Overhead()), nil, payload, owner)
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

func (k *keyring) aead(key keyID) (cipher.AEAD, error) {
	k.mu.RLock()
	aead, identity, wrapped := k.open[key], k.identity, k.wrapped[key]
	k.mu.RUnlock()
	switch {
	case aead != nil:
		return aead, nil
	case identity == nil || wrapped == nil:
		return nil, ErrSealed
	}
	r, err := age.Decrypt(bytes.NewReader(wrapped), identity)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	secret, err := io.ReadAll(io.LimitReader(r, 64))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	if aead, err = newAEAD(secret); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	k.mu.Lock()
	k.open[key] = aead
	k.mu.Unlock()
	return aead, nil
}
