package keychain

import (
	"context"
	"errors"
	"testing"
)

func TestMemoryFailsAsItIsTold(t *testing.T) {
	m := &Memory{Limit: 3}
	if err := m.Set(t.Context(), "name", "four"); !errors.Is(err, ErrTooBig) {
		t.Errorf("%v", err)
	}
	m.Before = func(_ context.Context, verb, _ string) error {
		if verb == "get" {
			return ErrLocked
		}
		return nil
	}
	if err := m.Set(t.Context(), "name", "one"); err != nil {
		t.Errorf("%v", err)
	}
	if _, err := m.Get(t.Context(), "name"); !errors.Is(err, ErrLocked) {
		t.Errorf("%v", err)
	}
}
