package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"fieldpost/daemon"
	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/client"
	"fieldpost/installer"
)

func (p *program) serviceUninstall() *cobra.Command {
	var keep, discard, all bool
	c := p.command("uninstall", func(c *cobra.Command, _ []string) error {
		if err := apart(c, "keep-data", "discard-data", "all-users"); err != nil {
			return err
		}
		if all {
			return p.atAllUsers(c.Context(), "uninstall", (*installer.AllUsers).Uninstall)
		}
		service, settings, err := p.installer(c.Context(), nil)
		if err != nil {
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
		if err := p.leave(c.Context(), settings, discard); err != nil {
			return err
		}
		if unknown == nil && before.State == installer.NotInstalled {
			p.say("service.state.not_installed")
			return nil
		}
		p.say("service.done.uninstall")
		return nil
	})
	c.Flags().BoolVar(&keep, "keep-data", false, p.words.Text("cli.flag.keep_data"))
	c.Flags().BoolVar(&discard, "discard-data", false, p.words.Text("cli.flag.discard_data"))
	c.Flags().BoolVar(&all, "all-users", false, p.words.Text("cli.flag.all_users"))
	return p.described(c, "service.uninstall", "service uninstall --keep-data")
}

// leave ends what the service left: a daemon that was started by hand, the grant to
// act as the rep in Salesforce, and, where that is wished, the rep's data. The service
// is off by then, so what fails here is told and stops nothing.
func (p *program) leave(ctx context.Context, settings *config.Config, discard bool) error {
	if err := (&localDaemon{p: p, settings: settings}).Stop(ctx); err != nil {
		return err
	}
	if _, err := os.Stat(settings.Paths().Outbox); err != nil {
		return nil // it never ran
	}
	err := p.signInAlone(ctx, settings, func(alone *daemon.SignIn) error {
		return alone.Leave(ctx, discard)
	})
	if err != nil {
		p.hint("cli.service.uninstall.grant_left")
	}
	if !discard {
		return nil
	}
	return discardData(settings)
}

// ours are the names of fieldpost's own files in the folder of its state.
var ours = []string{
	"outbox.*", "directory.*", "draft-*.age", "keychain.json", "access.json", "inbox.json", "notified.json", "api.json",
	"policy.last-good.toml", "lock", "pid", ".*.json.*", "logs",
}

// discardData removes what is fieldpost's. Whatever else lies in its folders stays, as
// does a file of the rep's that was not captured yet: --home may name any folder.
func discardData(settings *config.Config) error {
	paths, drop := settings.Paths(), settings.Settings().Inbox
	doomed := []string{paths.ConfigFile}
	for _, folder := range []string{drop.Done, drop.Rejected} { // inbox.path may have put them among the rep's own
		entries, _ := os.ReadDir(folder) // it need not be there
		for _, entry := range entries {
			if entry.Type().IsRegular() {
				doomed = append(doomed, filepath.Join(folder, entry.Name()))
			}
		}
	}
	entries, err := os.ReadDir(paths.State)
	if err != nil {
		return fmt.Errorf("removing the data: %w", err)
	}
	for _, entry := range entries {
		if slices.ContainsFunc(ours, func(pattern string) bool {
			fits, _ := filepath.Match(pattern, entry.Name()) // the patterns are good
			return fits
		}) {
			doomed = append(doomed, filepath.Join(paths.State, entry.Name()))
		}
	}
	var errs []error
	for _, path := range doomed {
		errs = append(errs, os.RemoveAll(path))
	}
	for _, folder := range []string{drop.Done, drop.Rejected, drop.Path, filepath.Dir(drop.Path), paths.State, filepath.Dir(paths.ConfigFile)} {
		_ = os.Remove(folder) // it stays where it is not empty
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("removing the data: %w", err)
	}
	return nil
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
