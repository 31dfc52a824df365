package keychain

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/zalando/go-keyring"
)

// CallTimeout bounds each call. A locked Secret Service with a display waits for
// its prompt for ever; that counts as locked.
const CallTimeout = 5 * time.Second

// promptPause is how long a keychain that is locked is not asked again where asking
// opens a window on the rep's screen: who closed it does not want the next one soon.
// It is asked at once when it is found open.
const promptPause = time.Hour

// System is the keychain of the operating system: Secret Service, macOS Keychain
// or Windows Credential Manager. It is safe for concurrent use; calls are made one
// at a time.
type System struct {
	service string
	backend keyring.Keyring
	// turn is taken while a call is under way, also by one that nobody waits for
	// any more: a keychain that hangs holds up one goroutine, not many.
	turn chan struct{}
	// shut tells, without a window, whether the keychain is locked.
	shut func() bool

	mu       sync.Mutex
	prompted time.Time // when a locked keychain was asked last
}

// OpenSystem names the service under which the secrets stand ("fieldpost"). It
// does not touch the keychain yet.
func OpenSystem(service string) *System { return newSystem(service, library{}, shut) }

func newSystem(service string, backend keyring.Keyring, shut func() bool) *System {
	return &System{service: service, backend: backend, turn: make(chan struct{}, 1), shut: shut}
}

// Get reads a secret.
func (s *System) Get(ctx context.Context, name string) (string, error) {
	return s.call(ctx, "read", name, func() (string, error) { return s.backend.Get(s.service, name) })
}

// Set writes a secret and reads it back: macOS's tool reports success for
// commands that failed.
func (s *System) Set(ctx context.Context, name, secret string) error {
	if !fits(s.service, name, secret) {
		return failed("write", name, ErrTooBig)
	}
	kept, err := s.call(ctx, "write", name, func() (string, error) {
		if err := s.backend.Set(s.service, name, secret); err != nil {
			return "", err
		}
		return s.backend.Get(s.service, name)
	})
	if err == nil && kept != secret {
		return failed("write", name, ErrUnavailable)
	}
	return err
}

// Delete removes a secret; one that is absent is no error.
func (s *System) Delete(ctx context.Context, name string) error {
	_, err := s.call(ctx, "delete", name, func() (string, error) {
		return "", s.backend.Delete(s.service, name)
	})
	if errors.Is(err, ErrAbsent) {
		return nil
	}
	return err
}

// mayPrompt tells whether the rep may be asked to unlock the keychain, and notes that
// it is done.
func (s *System) mayPrompt() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.prompted.IsZero() && time.Since(s.prompted) < promptPause {
		return false
	}
	s.prompted = time.Now()
	return true
}

type outcome struct {
	secret string
	err    error
}

func (s *System) call(ctx context.Context, verb, name string, do func() (string, error)) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if !reachable() {
		return "", failed(verb, name, ErrUnavailable)
	}
	if s.shut() && !s.mayPrompt() {
		return "", failed(verb, name, ErrLocked)
	}
	limit := time.NewTimer(CallTimeout)
	defer limit.Stop()
	select {
	case s.turn <- struct{}{}:
	case <-limit.C:
		return "", failed(verb, name, ErrLocked)
	case <-ctx.Done():
		return "", ctx.Err()
	}
	done := make(chan outcome, 1)
	go func() {
		defer func() { <-s.turn }()
		secret, err := do()
		done <- outcome{secret, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return "", failed(verb, name, classify(o.err))
		}
		return o.secret, nil
	case <-limit.C:
		return "", failed(verb, name, ErrLocked)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// failed says what was tried, never what with.
func failed(verb, name string, err error) error {
	return fmt.Errorf("keychain: %s %s: %w", verb, name, err)
}

// classify names a failure of the library. Its text is dropped: what a system
// tool prints may repeat what it was given.
func classify(err error) *Error {
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return ErrAbsent
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return ErrTooBig
	case locked(err):
		return ErrLocked
	}
	return ErrUnavailable
}

// library is the keychain of this system behind go-keyring's interface.
type library struct{}

func (library) Get(service, name string) (string, error) { return keyring.Get(service, name) }
func (library) Set(service, name, secret string) error   { return keyring.Set(service, name, secret) }
func (library) Delete(service, name string) error        { return keyring.Delete(service, name) }
func (library) DeleteAll(service string) error           { return keyring.DeleteAll(service) }
