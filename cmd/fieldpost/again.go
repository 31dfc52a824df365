package main

import (
	"context"
	"log/slog"
	"os"

	"fieldpost/daemon/upgrade"
)

// replaced tells how to notice that this program's own file was replaced by another
// version; nil where nothing would start that.
func (p *program) replaced(ctx context.Context, log *slog.Logger) func(context.Context) error {
	if !p.canRunAgain(ctx) {
		return nil
	}
	path, err := os.Executable()
	if err != nil {
		return nil // the system does not tell; the next login starts the new version
	}
	own, err := upgrade.Running(path)
	if err != nil {
		log.Warn("a new version will not be noticed", "error", err)
		return nil
	}
	return own.Await
}
