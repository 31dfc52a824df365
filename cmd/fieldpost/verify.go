package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fieldpost/outbox"
)

// verifyTime bounds the child that reads a store (DESIGN "Store").
const verifyTime = 10 * time.Second

// How the child tells what it found. Whatever else it ends with, a crash above all,
// is damage.
const (
	storeWhole = 0
	storeInUse = 11
	storeNewer = 12
	storeShut  = 13 // the system let nobody read it
)

// verifyStore is the child: hidden, for a person has "outbox check".
func (p *program) verifyStore() *cobra.Command {
	c := p.command("verify-store", func(_ *cobra.Command, args []string) error {
		err := outbox.Verify(args[0])
		switch {
		case err == nil:
			return nil
		case errors.Is(err, outbox.ErrInUse):
			return &codeError{storeInUse, err}
		case errors.Is(err, outbox.ErrNewerSchema):
			return &codeError{storeNewer, err}
		case errors.Is(err, outbox.ErrDamaged):
			return err
		}
		return &codeError{storeShut, err}
	}, "file")
	c.Args = exactly(1)
	ofPaths(c)
	c.Hidden = true
	return p.described(c, "verify_store", "verify-store outbox.db")
}

// verifyApart reads a store in a child process: a damaged one can crash its reader.
func verifyApart(path string) error {
	self, err := os.Executable()
	if err != nil || strings.HasSuffix(filepath.Base(self), ".test") {
		return outbox.Verify(path) // a test binary is no fieldpost to start
	}
	ctx, cancel := context.WithTimeout(context.Background(), verifyTime)
	defer cancel()
	child := exec.CommandContext(ctx, self, "verify-store", path)
	said, err := child.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &exit):
		return outbox.Verify(path) // no process could be started
	}
	switch exit.ExitCode() {
	case storeInUse:
		return outbox.ErrInUse
	case storeNewer:
		return outbox.ErrNewerSchema
	case storeShut:
		return fmt.Errorf("verifying %s: %s", path, said)
	}
	first, _, _ := strings.Cut(string(said), "\n")
	return fmt.Errorf("%w: %s", outbox.ErrDamaged, first)
}
