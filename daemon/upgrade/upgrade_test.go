package upgrade

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// install puts a program in place as package managers do: beside, then renamed over.
func install(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path+".new", []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func program(t *testing.T) (*Program, string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: the programs of this test are shell scripts")
	}
	path := filepath.Join(t.TempDir(), "program")
	install(t, path, "#!/bin/sh\nexit 0\n")
	p, err := Running(path)
	if err != nil {
		t.Fatal(err)
	}
	return p, path
}

func TestAnotherProgramInPlaceIsNoticed(t *testing.T) {
	t.Parallel()
	p, path := program(t)
	found := make(chan error, 1)
	go func() { found <- p.Await(t.Context()) }()
	install(t, path, "#!/bin/sh\n# two\nexit 0\n")
	select {
	case err := <-found:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the new program is not noticed")
	}
}

func TestAProgramThatCannotStartIsLeftAlone(t *testing.T) {
	t.Parallel()
	p, path := program(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*settle)
	defer cancel()
	install(t, path, "#!/bin/sh\nexit 1\n")
	if !p.changed() || !p.settled(ctx) || p.starts(ctx) {
		t.Error("a program that fails is taken for one that works")
	}
	install(t, path, "half a pro")
	if !p.changed() || p.starts(ctx) {
		t.Error("half a program is taken for one that works")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if p.changed() {
		t.Error("no program is taken for another")
	}
}

func TestNothingIsNoticedWhereNothingChanged(t *testing.T) {
	t.Parallel()
	p, path := program(t)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := p.Await(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
