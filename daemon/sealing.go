package daemon

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// Secrets is the keychain as the daemon uses it. An absent secret is
// fs.ErrNotExist; any other error means that the keychain cannot be asked now.
type Secrets interface {
	Get(ctx context.Context, name string) (string, error)
	Set(ctx context.Context, name, secret string) error
	Delete(ctx context.Context, name string) error
}

// identityFile lies beside the outbox. It holds nothing secret, but for the time
// in which the keychain would not take the identity (decision 0001).
const identityFile = "outbox.identity"

// sealing is who can open the outbox: the rep's identity, by its public half
// always and by its private half where the keychain gives it.
type sealing struct {
	path    string
	secrets Secrets
	stored  storedIdentity
}

type storedIdentity struct {
	// Store names this home in the keychain, so that two homes share no secret.
	Store     string `json:"store"`
	Recipient string `json:"recipient"`
	// Pending is the private half until the keychain has taken it.
	Pending string `json:"pending,omitempty"`
}

// openSealing reads the identity of the home at folder, making one at the first
// start. What is acknowledged must be readable after a restart, so an identity
// that the keychain does not take is kept in the file until it does.
func openSealing(ctx context.Context, folder string, secrets Secrets) (*sealing, error) {
	s := &sealing{path: filepath.Join(folder, identityFile), secrets: secrets}
	data, err := os.ReadFile(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, s.found(ctx)
	case err != nil:
		return nil, fmt.Errorf("daemon: %w", err)
	}
	if err := json.Unmarshal(data, &s.stored); err != nil {
		return nil, fmt.Errorf("daemon: %s is unreadable: %w", s.path, err)
	}
	if _, err := age.ParseX25519Recipient(s.stored.Recipient); err != nil {
		return nil, fmt.Errorf("daemon: %s is unreadable: %w", s.path, err)
	}
	return s, nil
}

func (s *sealing) found(ctx context.Context) error {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	name := make([]byte, 8)
	rand.Read(name)
	s.stored = storedIdentity{Store: hex.EncodeToString(name), Recipient: identity.Recipient().String(), Pending: identity.String()}
	if s.deposit(ctx) == nil {
		s.stored.Pending = ""
	}
	return s.save()
}

// deposit puts a pending identity into the keychain and reads it back.
func (s *sealing) deposit(ctx context.Context) error {
	if err := s.secrets.Set(ctx, s.secretName(), s.stored.Pending); err != nil {
		return err
	}
	back, err := s.secrets.Get(ctx, s.secretName())
	if err != nil {
		return err
	}
	if back != s.stored.Pending {
		return errors.New("daemon: the keychain gave back another identity than it took")
	}
	return nil
}

func (s *sealing) secretName() string { return "outbox-identity-" + s.stored.Store }

func (s *sealing) save() error {
	data, err := json.Marshal(s.stored)
	if err != nil {
		return err
	}
	return replaceFile(s.path, data)
}

// recipients are who the outbox is sealed to: the rep, and the company where the
// policy names its recovery key.
func (s *sealing) recipients(recovery string) ([]age.Recipient, error) {
	own, err := age.ParseX25519Recipient(s.stored.Recipient)
	if err != nil {
		return nil, err
	}
	all := []age.Recipient{own}
	if recovery != "" {
		company, err := age.ParseX25519Recipient(recovery)
		if err != nil {
			return nil, fmt.Errorf("daemon: security.recovery_recipient: %w", err)
		}
		all = append(all, company)
	}
	return all, nil
}

// identity gives the private half, from the file while it is pending there, else
// from the keychain. A pending one is handed to the keychain on the way.
func (s *sealing) identity(ctx context.Context) (age.Identity, error) {
	if s.stored.Pending != "" {
		identity, err := age.ParseX25519Identity(s.stored.Pending)
		if err != nil {
			return nil, err
		}
		if s.deposit(ctx) == nil {
			s.stored.Pending = ""
			if err := s.save(); err != nil {
				return nil, err
			}
		}
		return identity, nil
	}
	secret, err := s.secrets.Get(ctx, s.secretName())
	if err != nil {
		return nil, err
	}
	return age.ParseX25519Identity(secret)
}

// exposed reports whether the private half lies in the file for want of a keychain.
func (s *sealing) exposed() bool { return s.stored.Pending != "" }

// replaceFile puts data in place of a file, whole or not at all, for the user alone.
func replaceFile(path string, data []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("daemon: %w", err)
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(data)
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return fmt.Errorf("daemon: %w", err)
	}
	if err := os.Rename(draft.Name(), path); err != nil {
		return fmt.Errorf("daemon: %w", err)
	}
	return nil
}
