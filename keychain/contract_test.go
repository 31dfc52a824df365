package keychain

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// store is what every backend does.
type store interface {
	Get(ctx context.Context, name string) (string, error)
	Set(ctx context.Context, name, secret string) error
	Delete(ctx context.Context, name string) error
}

func TestMemoryKeepsTheContract(t *testing.T) { contract(t, &Memory{}) }

func TestFileKeepsTheContract(t *testing.T) {
	contract(t, OpenFile(filepath.Join(t.TempDir(), "keychain"), knows("correct horse")))
}

func TestSystemKeepsTheContract(t *testing.T) {
	if os.Getenv("FIELDPOST_SECRET_SERVICE") != "1" {
		t.Skip("SKIP: no real keychain. Run under dbus-run-session with an unlocked gnome-keyring and FIELDPOST_SECRET_SERVICE=1")
	}
	s := OpenSystem("fieldpost-test")
	contract(t, s)
	if runtime.GOOS != "windows" {
		return
	}
	t.Run("the biggest secret of Windows fits, one byte more is refused", func(t *testing.T) {
		t.Cleanup(func() { _ = s.Delete(context.WithoutCancel(t.Context()), "big") })
		if err := s.Set(t.Context(), "big", strings.Repeat("k", 2560)); err != nil {
			t.Error(err)
		}
		if err := s.Set(t.Context(), "big", strings.Repeat("k", 2561)); !errors.Is(err, ErrTooBig) {
			t.Errorf("%v, want ErrTooBig", err)
		}
	})
}

// contract is the suite that each backend passes.
func contract(t *testing.T, s store) {
	const name = "refresh-token/contract"
	ctx := t.Context()
	forget := func() { _ = s.Delete(context.WithoutCancel(ctx), name) }
	forget()
	t.Cleanup(forget)

	t.Run("an absent secret is absent", func(t *testing.T) {
		_, err := s.Get(ctx, name)
		if !errors.Is(err, ErrAbsent) || !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%v, want ErrAbsent", err)
		}
		if err := s.Delete(ctx, name); err != nil {
			t.Fatalf("deleting it: %v", err)
		}
	})
	secrets := map[string]string{
		"a token":            "5Aep861_" + strings.Repeat("x", 150),
		"several lines":      "one\ntwo\n",
		"other scripts":      "clé – 鍵 – ключ 🔑",
		"quotes and dollars": `it's "a" $HOME \ %s`,
		"an empty one":       "",
		"a big one":          strings.Repeat("k", 2048),
	}
	for what, secret := range secrets {
		t.Run("what is set is got: "+what, func(t *testing.T) {
			if err := s.Set(ctx, name, secret); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Get(ctx, name); err != nil || got != secret {
				t.Fatalf("got %q, %v, want %q", got, err, secret)
			}
		})
	}
	t.Run("names are kept apart", func(t *testing.T) {
		if _, err := s.Get(ctx, name+"-2"); !errors.Is(err, ErrAbsent) {
			t.Fatalf("%v, want ErrAbsent", err)
		}
	})
	t.Run("a deleted secret is absent", func(t *testing.T) {
		if err := s.Delete(ctx, name); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(ctx, name); !errors.Is(err, ErrAbsent) {
			t.Fatalf("%v, want ErrAbsent", err)
		}
	})
	t.Run("a cancelled call does nothing", func(t *testing.T) {
		over, cancel := context.WithCancel(ctx)
		cancel()
		if err := s.Set(over, name, "late"); !errors.Is(err, context.Canceled) {
			t.Fatalf("%v, want context.Canceled", err)
		}
	})
}

func knows(passphrase string) func() (string, error) {
	return func() (string, error) { return passphrase, nil }
}
