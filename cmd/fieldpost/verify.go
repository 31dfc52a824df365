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

	"fieldpost/daemon"
	"fieldpost/daemon/directory"
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

// verifyCopy is the child that reads the copy of people and records.
func (p *program) verifyCopy() *cobra.Command {
	c := p.command("verify-copy", func(_ *cobra.Command, args []string) error { return directory.Verify(args[0]) }, "file")
	c.Args = exactly(1)
	ofPaths(c)
	c.Hidden = true
	return p.described(c, "verify_copy", "verify-copy directory.db")
}

// verifyApart reads files in child processes: a damaged one can crash its reader.
func verifyApart() daemon.Verify { return daemon.Verify{Outbox: outboxApart, Directory: copyApart} }

// errNoChild says that no child process could be started.
var errNoChild = errors.New("no process could be started")

// readApart gives what a child said that reads a file, and with which *exec.ExitError it
// ended; errNoChild where there was none.
func readApart(verb, path string) (said string, err error) {
	self, err := os.Executable()
	if err != nil || strings.HasSuffix(filepath.Base(self), ".test") {
		return "", errNoChild // a test binary is no fieldpost to start
	}
	ctx, cancel := context.WithTimeout(context.Background(), verifyTime)
	defer cancel()
	all, err := exec.CommandContext(ctx, self, verb, path).CombinedOutput()
	first, _, _ := strings.Cut(string(all), "\n")
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", errNoChild
	}
	return first, err
}

func copyApart(path string) error {
	said, err := readApart("verify-copy", path)
	if err == nil || errors.Is(err, errNoChild) {
		return nil
	}
	return fmt.Errorf("%w: %s", directory.ErrDamaged, said)
}

func outboxApart(path string) error {
	said, err := readApart("verify-store", path)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &exit):
		return outbox.Verify(path)
	}
	switch exit.ExitCode() {
	case storeInUse:
		return outbox.ErrInUse
	case storeNewer:
		return outbox.ErrNewerSchema
	case storeShut:
		return fmt.Errorf("verifying %s: %s", path, said)
	}
	return fmt.Errorf("%w: %s", outbox.ErrDamaged, said)
}
