package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"fieldpost/daemon"
	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/client"
	"fieldpost/installer"
)

func (p *program) service() *cobra.Command {
	verb := func(name string, do func(context.Context, *installer.Service) error) *cobra.Command {
		return p.described(p.command(name, func(c *cobra.Command, _ []string) error {
			service, _, err := p.installer(c.Context())
			if err != nil {
				return err
			}
			if err := do(c.Context(), service); err != nil {
				return err
			}
			p.say("cli.service." + name + ".done")
			return nil
		}), "service."+name, "service "+name)
	}
	return p.group("service",
		verb("install", func(ctx context.Context, s *installer.Service) error { return s.Install(ctx) }),
		p.serviceUninstall(),
		verb("start", func(ctx context.Context, s *installer.Service) error { return s.Start(ctx) }),
		verb("stop", func(ctx context.Context, s *installer.Service) error { return s.Stop(ctx) }),
		verb("restart", func(ctx context.Context, s *installer.Service) error { return s.Restart(ctx) }),
		p.serviceStatus(),
	)
}

func (p *program) installer(ctx context.Context) (*installer.Service, *config.Config, error) {
	settings, err := p.load()
	if err != nil {
		return nil, nil, err
	}
	args := []string{"run"}
	if p.home != "" || os.Getenv("FIELDPOST_HOME") != "" {
		args = append(args, "--home", settings.Paths().State)
	}
	service, err := installer.New(installer.Config{
		Args: args, LogDir: settings.Paths().Logs, Runner: installer.System{}, Daemon: &localDaemon{p: p, settings: settings},
	})
	return service, settings, err
}

// localDaemon is the running daemon as its port shows it.
type localDaemon struct {
	p        *program
	settings *config.Config
}

func (l *localDaemon) Running(ctx context.Context) bool {
	_, err := l.p.client(ctx, l.settings)
	return err == nil
}

func (l *localDaemon) Stop(ctx context.Context) error {
	running, err := l.p.client(ctx, l.settings)
	if errors.Is(err, client.ErrNotRunning) {
		return nil
	}
	if err != nil {
		return err
	}
	return running.Stop(ctx)
}

// serviceState tells how the system keeps the daemon running, "" where it does not say.
func (p *program) serviceState(ctx context.Context) string {
	service, _, err := p.installer(ctx)
	if err != nil {
		return ""
	}
	status, err := service.Status(ctx)
	if err != nil {
		return ""
	}
	return string(status.State)
}

func (p *program) serviceStatus() *cobra.Command {
	return p.described(p.command("status", func(c *cobra.Command, _ []string) error {
		service, _, err := p.installer(c.Context())
		if err != nil {
			return err
		}
		status, err := service.Status(c.Context())
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(status)
		}
		p.say("cli.service.state." + string(status.State))
		if !status.Since.IsZero() {
			p.say("cli.service.since", "time", moment(status.Since), "restarts", status.Restarts)
		}
		return nil
	}), "service.status", "service status")
}

func (p *program) serviceUninstall() *cobra.Command {
	var keep, discard bool
	c := p.command("uninstall", func(c *cobra.Command, _ []string) error {
		service, settings, err := p.installer(c.Context())
		if err != nil {
			return err
		}
		if err := apart(c, "keep-data", "discard-data"); err != nil {
			return err
		}
		if !keep && !discard {
			if err := p.refuseWhileItemsWait(c.Context(), settings); err != nil {
				return orRemedy(err, "cli.service.uninstall.refused")
			}
		}
		before, unknown := service.Status(c.Context())
		if err := service.Uninstall(c.Context()); err != nil {
			return err
		}
		if discard {
			if err := os.RemoveAll(settings.Paths().State); err != nil {
				return fmt.Errorf("removing %s: %w", settings.Paths().State, err)
			}
		}
		if unknown == nil && before.State == installer.NotInstalled {
			p.say("cli.service.state.not_installed")
			return nil
		}
		p.say("cli.service.uninstall.done")
		return nil
	})
	c.Flags().BoolVar(&keep, "keep-data", false, p.words.Text("cli.flag.keep_data"))
	c.Flags().BoolVar(&discard, "discard-data", false, p.words.Text("cli.flag.discard_data"))
	return p.described(c, "service.uninstall", "service uninstall --keep-data")
}

// refuseWhileItemsWait asks the daemon, or counts itself where none runs.
func (p *program) refuseWhileItemsWait(ctx context.Context, settings *config.Config) error {
	running, err := p.client(ctx, settings)
	if err == nil {
		status, err := running.Status(ctx)
		if err != nil {
			return err
		}
		o := status.Outbox
		return refuse(o.Waiting + o.Sending + o.NeedsAttention + o.Held)
	}
	if !errors.Is(err, client.ErrNotRunning) {
		return err
	}
	home, err := daemon.OpenHome(ctx, settings, daemon.OpenSecrets(settings, os.Getenv), verifyApart(), p.logger(settings))
	if err != nil {
		return err
	}
	n, err := home.Undelivered()
	return errors.Join(err, home.Close(), refuse(n))
}

func refuse(waiting int) error {
	if waiting > 0 {
		return &daemon.WaitingError{N: waiting}
	}
	return nil
}
