//go:build !windows

package main

import (
	"context"
	"os"
	"syscall"
)

func (p *program) canRunAgain(context.Context) bool { return true }

// runAgain becomes the new version, in the same process: a service manager sees no end.
func (p *program) runAgain() error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	return &os.PathError{Op: "exec", Path: path, Err: syscall.Exec(path, os.Args, os.Environ())}
}
