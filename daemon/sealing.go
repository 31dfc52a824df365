package daemon

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"filippo.io/age"
)

// Secrets is the keychain as the daemon uses it. An absent secret is
// fs.ErrNotExist; any other error means that the keychain cannot be asked now.
type Secrets interface {
	Get(ctx context.Context, name string) (string, error)
	Set(ctx context.Context, name, secret string) error
	Delete(ctx context.Context, name string) error
}

var errNotAsked = errors.New("daemon: the keychain was not asked yet")

// identityFile lies beside the outbox. It holds nothing secret, but for the time
// in which the keychain would not take the identity (decision 0001).
const identityFile = "outbox.identity"

// sealing is who can open the outbox: the rep's identity, by its public half
// always and by its private half where the keychain gives it.
type sealing struct {
	path    string
	secrets Secrets

	mu     sync.Mutex // the keeper changes what the port and a sign-in read
	stored storedIdentity
	unkept error // why the keychain did not take the identity; nil once it has
}

type storedIdentity struct {
	// Store names this home in the keychain, so that two homes share no secret.
	Store     string `json:"store"`
	Recipient string `json:"recipient"`
	// Pending is the private half until the keychain has taken it.
	Pending string `json:"pending,omitempty"`
	// Name is the identity's name in the keychain.
	Name string `json:"name,omitempty"`
	// Lost names identities that the keychain no longer gave (decision 0002).
	Lost []string `json:"lost,omitempty"`
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
	if s.stored.Pending != "" {
		s.unkept = errNotAsked
	}
	return s, nil
}

func (s *sealing) found(ctx context.Context) error {
	s.stored.Store = randomName()
	_, err := s.begin(ctx)
	return err
}

func randomName() string {
	name := make([]byte, 8)
	rand.Read(name)
	return hex.EncodeToString(name)
}

// begin makes the identity that what comes in is sealed to from now on.
func (s *sealing) begin(ctx context.Context) (age.Identity, error) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	s.change(func(stored *storedIdentity) {
		stored.Recipient, stored.Pending = identity.Recipient().String(), identity.String()
	})
	s.handOver(ctx)
	return identity, s.save()
}

// handOver lets the keychain take a pending identity, if it will.
func (s *sealing) handOver(ctx context.Context) (taken bool) {
	err := s.deposit(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unkept = err
	if err == nil {
		s.stored.Pending = ""
	}
	return err == nil
}

// deposit puts a pending identity into the keychain and reads it back.
func (s *sealing) deposit(ctx context.Context) error {
	stored := s.current()
	if err := s.secrets.Set(ctx, stored.secretName(), stored.Pending); err != nil {
		return err
	}
	back, err := s.secrets.Get(ctx, stored.secretName())
	if err != nil {
		return err
	}
	if back != stored.Pending {
		return errors.New("daemon: the keychain gave back another identity than it took")
	}
	return nil
}

// ask finds out whether the keychain can be asked at all.
func (s *sealing) ask(ctx context.Context) error {
	_, err := s.secrets.Get(ctx, s.current().secretName())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// current is a copy of what is stored now.
func (s *sealing) current() storedIdentity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stored
}

func (s *sealing) change(how func(*storedIdentity)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	how(&s.stored)
}

func (s storedIdentity) secretName() string {
	return cmp.Or(s.Name, "outbox-identity-"+s.Store)
}

func (s *sealing) save() error {
	data, err := json.Marshal(s.current())
	if err != nil {
		return err
	}
	return replaceFile(s.path, data)
}

// recipients are who the outbox is sealed to: the rep, and the company where the
// policy names its recovery key.
func (s *sealing) recipients(recovery string) ([]age.Recipient, error) {
	own, err := age.ParseX25519Recipient(s.current().Recipient)
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

// open gives the private halves, from the file while one is pending there, else from
// the keychain. begun is true where the keychain, unlocked, has lost the identity: a
// new one was begun then, for what is acknowledged must be readable after a restart.
func (s *sealing) open(ctx context.Context) (all identities, begun bool, err error) {
	current, err := s.identity(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		s.change(func(stored *storedIdentity) {
			stored.Lost = append(stored.Lost, stored.secretName())
			stored.Name = "outbox-identity-" + stored.Store + "-" + randomName()
		})
		current, err = s.begin(ctx)
		begun = true
	}
	if err != nil {
		return nil, false, err
	}
	all = identities{current}
	for _, name := range s.current().Lost {
		if found, err := s.read(ctx, name); err == nil {
			all = append(all, found) // it came back
		}
	}
	return all, begun, nil
}

func (s *sealing) identity(ctx context.Context) (age.Identity, error) {
	stored := s.current()
	if stored.Pending != "" {
		identity, err := age.ParseX25519Identity(stored.Pending)
		if err == nil && s.handOver(ctx) {
			err = s.save()
		}
		return identity, err
	}
	identity, err := s.read(ctx, stored.secretName())
	if errors.Is(err, fs.ErrNotExist) {
		return s.read(ctx, stored.secretName()) // a keychain that has just come up may not know at once
	}
	return identity, err
}

func (s *sealing) read(ctx context.Context, name string) (age.Identity, error) {
	secret, err := s.secrets.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	return age.ParseX25519Identity(secret)
}

// erase takes the identity out of the keychain, and any that came back.
func (s *sealing) erase(ctx context.Context) error {
	stored := s.current()
	errs := []error{s.secrets.Delete(ctx, stored.secretName())}
	for _, name := range stored.Lost {
		errs = append(errs, s.secrets.Delete(ctx, name))
	}
	return errors.Join(errs...)
}

// exposed reports whether the private half lies in the file for want of a keychain,
// and what the keychain said when it was last asked to take it.
func (s *sealing) exposed() (inFile bool, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unkept != nil, s.unkept
}

// identities open what any of them opens.
type identities []age.Identity

// Unwrap implements age.Identity.
func (all identities) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, identity := range all {
		key, err := identity.Unwrap(stanzas)
		if !errors.Is(err, age.ErrIncorrectIdentity) {
			return key, err
		}
	}
	return nil, age.ErrIncorrectIdentity
}

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
