package directory

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"sync"

	"fieldpost/outbox/seal"
)

// ErrLocked says that the copy cannot be read now: its key lies in a keychain that is
// locked.
var ErrLocked error = lockedError{}

type lockedError struct{}

func (lockedError) Error() string { return "directory: locked" }

// Problem names the sentence in daemon/words.
func (lockedError) Problem() (code string, args map[string]string) { return "directory_locked", nil }

// vault seals what names somebody. Rows are encrypted, each bound to its id; addresses
// are looked up by a keyed hash (decision 0006). It is safe for concurrent use.
type vault struct {
	mu     sync.RWMutex
	aead   cipher.AEAD // nil while locked
	hashes []byte      // the key of the hashes
	secret []byte
}

// hashSize is long enough that no two addresses of an org share a hash.
const hashSize = 16

// use opens the vault with its key.
func (v *vault) use(secret []byte) error {
	aead, err := seal.New(secret)
	if err != nil {
		return err
	}
	hashes, err := hkdf.Expand(sha256.New, secret, "addresses", sha256.Size)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.aead, v.hashes, v.secret = aead, hashes, secret
	return nil
}

// Locked reports that the copy cannot be read now.
func (d *Directory) Locked() bool { return d.vault.locked() }

func (v *vault) locked() bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.aead == nil
}

// key is what opened the vault, nil while it is locked.
func (v *vault) key() []byte {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.secret
}

// seal encrypts for the owner that a name stands for.
func (v *vault) seal(payload, owner []byte) ([]byte, error) {
	v.mu.RLock()
	aead := v.aead
	v.mu.RUnlock()
	if aead == nil {
		return nil, ErrLocked
	}
	return aead.Seal(make([]byte, 0, len(payload)+aead.Overhead()), nil, payload, owner), nil
}

// unseal opens into a buffer, which may be nil, what seal made for the owner.
func (v *vault) unseal(into, sealed, owner []byte) ([]byte, error) {
	v.mu.RLock()
	aead := v.aead
	v.mu.RUnlock()
	if aead == nil {
		return nil, ErrLocked
	}
	payload, err := aead.Open(into[:0], nil, sealed, owner)
	if err != nil {
		return nil, fmt.Errorf("%w: the seal of %q is broken", ErrDamaged, owner)
	}
	return payload, nil
}

// hash is what stands for a text that must not be readable; nil while locked.
func (v *vault) hash(text string) []byte {
	v.mu.RLock()
	key := v.hashes
	v.mu.RUnlock()
	if key == nil {
		return nil
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)[:hashSize]
}
