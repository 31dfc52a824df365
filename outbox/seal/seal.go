// Package seal is how keys are kept: what seals records, and how such a key lies on disk,
// wrapped to those who may open it. It holds no key and knows no record.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"io"

	"filippo.io/age"
)

// NewKey makes a data key.
func NewKey() []byte {
	secret := make([]byte, 32)
	rand.Read(secret)
	return secret
}

// New gives what seals records with a data key: AES-256-GCM, each record with a random
// nonce of its own before it.
func New(secret []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Wrap seals a data key so that each of the recipients can open it.
func Wrap(secret []byte, recipients []age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipients...)
	if err != nil {
		return nil, fmt.Errorf("seal: wrapping a data key: %w", err)
	}
	if _, err := w.Write(secret); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Unwrap opens what Wrap made; an error where identity is none of the recipients.
func Unwrap(wrapped []byte, identity age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(wrapped), identity)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, 64))
}
