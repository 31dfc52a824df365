package keychain

import (
	"context"
	"sync"
)

// Memory is a keychain that ends with the process: the demo's, and the twin that
// tests put in the system's place. The zero value is empty and open.
type Memory struct {
	// Before, where set, runs before each call ("get", "set", "delete"): an error
	// of its fails the call, and it may wait as long as the context lets it.
	Before func(ctx context.Context, verb, name string) error
	// Limit, where set, is the size in bytes above which a secret is too big.
	Limit int

	mu      sync.Mutex
	secrets map[string]string
}

// Get reads a secret.
func (m *Memory) Get(ctx context.Context, name string) (string, error) {
	if err := m.enter(ctx, "get", name); err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	secret, ok := m.secrets[name]
	if !ok {
		return "", failed("read", name, ErrAbsent)
	}
	return secret, nil
}

// Set writes a secret.
func (m *Memory) Set(ctx context.Context, name, secret string) error {
	if err := m.enter(ctx, "set", name); err != nil {
		return err
	}
	if m.Limit > 0 && len(secret) > m.Limit {
		return failed("write", name, ErrTooBig)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.secrets == nil {
		m.secrets = map[string]string{}
	}
	m.secrets[name] = secret
	return nil
}

// Delete removes a secret; one that is absent is no error.
func (m *Memory) Delete(ctx context.Context, name string) error {
	if err := m.enter(ctx, "delete", name); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.secrets, name)
	return nil
}

func (m *Memory) enter(ctx context.Context, verb, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.Before == nil {
		return nil
	}
	return m.Before(ctx, verb, name)
}
