package keychain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"filippo.io/age"
)

// File is a keychain in one file, for machines without any other. The file holds
// an age identity sealed by a passphrase, and the secrets sealed to that identity.
// It is safe for concurrent use within one process; two processes must not write
// at the same time.
type File struct {
	path       string
	passphrase func() (string, error)
	cost       int // of a derivation, as its base-2 logarithm

	mu sync.Mutex // guards what follows
	// opened is the identity of the file whose sealed form is openedFrom: the
	// passphrase costs 32 MiB and a tenth of a second, once per process.
	opened     *age.X25519Identity
	openedFrom []byte
	// refused remembers what did not open, so that it costs that only once too.
	refused attempt
}

type attempt struct{ identity, passphrase string }

// OpenFile names the file and who knows the passphrase; "" or an error from there
// means that the keychain is locked. Nothing is read yet. A file that does not
// exist is made at the first Set.
func OpenFile(path string, passphrase func() (string, error)) *File {
	return &File{path: path, passphrase: passphrase, cost: workFactor}
}

// Get reads a secret.
func (f *File) Get(ctx context.Context, name string) (string, error) {
	var secret string
	err := f.with(ctx, "read", name, func(secrets map[string]string) (changed bool, err error) {
		var ok bool
		if secret, ok = secrets[name]; !ok {
			return false, ErrAbsent
		}
		return false, nil
	})
	return secret, err
}

// Set writes a secret; it is on disk when Set returns.
func (f *File) Set(ctx context.Context, name, secret string) error {
	return f.with(ctx, "write", name, func(secrets map[string]string) (changed bool, err error) {
		secrets[name] = secret
		return true, nil
	})
}

// Delete removes a secret; one that is absent is no error.
func (f *File) Delete(ctx context.Context, name string) error {
	return f.with(ctx, "delete", name, func(secrets map[string]string) (changed bool, err error) {
		_, found := secrets[name]
		delete(secrets, name)
		return found, nil
	})
}

// with reads the file, lets do work on the secrets, and writes them if changed.
func (f *File) with(ctx context.Context, verb, name string, do func(map[string]string) (changed bool, err error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	content, err := f.read()
	if err != nil {
		return failed(verb, name, err)
	}
	identity, err := f.unlock(&content)
	if err != nil {
		return failed(verb, name, err)
	}
	secrets, err := content.openSecrets(identity)
	if err != nil {
		return failed(verb, name, err)
	}
	changed, err := do(secrets)
	if err == nil && changed {
		err = f.write(content, identity, secrets)
	}
	if err != nil {
		return failed(verb, name, err)
	}
	return nil
}

// unlock gives the identity of the file, making one for a file that is not there.
func (f *File) unlock(content *sealed) (*age.X25519Identity, error) {
	missing := len(content.Identity) == 0
	if f.opened != nil && (missing || bytes.Equal(content.Identity, f.openedFrom)) {
		content.Identity = f.openedFrom
		return f.opened, nil
	}
	passphrase, err := f.passphrase()
	if err != nil || passphrase == "" {
		return nil, ErrLocked
	}
	try := attempt{identity: string(content.Identity), passphrase: passphrase}
	if try == f.refused {
		return nil, ErrLocked
	}
	open := content.unseal
	if missing {
		open = content.newIdentity
	}
	identity, err := open(passphrase, f.cost)
	if errors.Is(err, ErrLocked) {
		f.refused = try
	}
	if err != nil {
		return nil, err
	}
	f.opened, f.openedFrom = identity, content.Identity
	return identity, nil
}

// read gives the file as it stands; one that does not exist is empty.
func (f *File) read() (sealed, error) {
	data, err := os.ReadFile(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return sealed{Version: fileVersion}, nil
	case err != nil:
		return sealed{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return parseSealed(data)
}

func (f *File) write(content sealed, identity *age.X25519Identity, secrets map[string]string) error {
	if err := content.sealSecrets(identity, secrets); err != nil {
		return err
	}
	data, err := content.encode()
	if err != nil {
		return err
	}
	if err := replaceFile(f.path, data); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}
