package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"fieldpost/daemon"
	"fieldpost/daemon/config"
	"fieldpost/daemon/logs"
	"fieldpost/installer"
)

func (p *program) runDaemon() *cobra.Command {
	var service string
	c := p.command("run", func(c *cobra.Command, _ []string) error {
		liveLong()
		if service != "" {
			return installer.RunAsService(service, p.runOnce)
		}
		err := p.runOnce(c.Context())
		if errors.Is(err, daemon.ErrReplaced) {
			return p.runAgain()
		}
		return err
	})
	c.Flags().StringVar(&service, "as-service", "", "")
	_ = c.Flags().MarkHidden("as-service") // what a Windows service's definition says
	return p.described(c, "run", "run")
}

// runOnce runs the daemon until ctx ends or its program is replaced.
func (p *program) runOnce(ctx context.Context) error {
	settings, err := p.load()
	if err != nil {
		return err
	}
	return p.serve(ctx, settings)
}

// logLevel is the setting as it is at each line.
type logLevel struct{ settings *config.Config }

func (l logLevel) Level() slog.Level { return l.settings.Settings().Log.Level }

// serve runs the daemon until ctx ends.
func (p *program) serve(ctx context.Context, settings *config.Config) error {
	file := logFile(settings)
	defer file.Close()
	log, giveBack := logs.Open(logLevel{settings}, file, p.errOut)
	defer giveBack()
	home, err := daemon.OpenHome(ctx, settings, daemon.OpenSecrets(settings, os.Getenv), verifyApart(), log)
	if err != nil {
		return err
	}
	if err := settings.KeepPolicy(); err != nil {
		log.Warn("the policy could not be kept", "error", err)
	}
	d, err := daemon.New(home, daemon.Parts{
		Version: version, Transport: daemon.NewTransport(settings), Service: p.serviceState, Replaced: p.replaced(ctx, log),
	})
	if err != nil {
		return errors.Join(err, home.Close())
	}
	return errors.Join(d.Run(ctx), home.Close())
}
