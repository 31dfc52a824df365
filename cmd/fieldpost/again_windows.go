package main

import (
	"context"
	"os"

	"fieldpost/installer"
)

// canRunAgain: Windows cannot become another program, so something has to start it.
func (p *program) canRunAgain(ctx context.Context) bool {
	state := p.serviceState(ctx)
	return state != "" && state != string(installer.NotInstalled)
}

// runAgain lets the new version restart the logon task. A Windows service ends as
// failed instead, and its manager starts it again.
func (p *program) runAgain() error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"service", "restart"}
	if p.home != "" {
		args = append(args, "--home", p.home)
	}
	return installer.System{}.Spawn(path, args...)
}
