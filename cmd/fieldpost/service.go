package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"fieldpost/daemon"
	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/client"
	"fieldpost/installer"
)

func (p *program) service() *cobra.Command {
	verb := func(name string, do func(context.Context, *installer.Service) error) *cobra.Command {
		return p.described(p.command(name, func(c *cobra.Command, _ []string) error {
			service, _, err := p.installer(c.Context(), nil)
			if err != nil {
				return err
			}
			if err := do(c.Context(), service); err != nil {
				return err
			}
			p.say("service.done." + name)
			return nil
		}), "service."+name, "service "+name)
	}
	return p.group("service",
		p.serviceInstall(),
		p.serviceUninstall(),
		verb("start", func(ctx context.Context, s *installer.Service) error { return s.Start(ctx) }),
		p.serviceStop(),
		verb("restart", func(ctx context.Context, s *installer.Service) error { return s.Restart(ctx) }),
		p.serviceStatus(),
	)
}

// installer prepares the caller's service, or a Windows service under an account.
func (p *program) installer(ctx context.Context, account *installer.Account) (*installer.Service, *config.Config, error) {
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
		Account: account,
	})
	return service, settings, err
}

// forAllUsers prepares the service of every user, each with their own files.
func forAllUsers() (*installer.AllUsers, error) {
	return installer.NewForAllUsers(installer.Config{Args: []string{"run"}, Runner: installer.System{}})
}

// endTime is how long a daemon that was asked to stop may take.
const endTime = 10 * time.Second

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
	if err := running.Stop(ctx); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, endTime)
	defer cancel()
	return daemon.AwaitFree(limited, l.settings.Paths())
}

// serviceInstall puts the service on and starts it: what is captured is to go at once.
func (p *program) serviceInstall() *cobra.Command {
	var all bool
	var account string
	c := p.command("install", func(c *cobra.Command, _ []string) error {
		if err := apart(c, "all-users", "account"); err != nil {
			return err
		}
		if all {
			return p.atAllUsers(c.Context(), "install", (*installer.AllUsers).Install)
		}
		under, err := p.serviceAccount(account)
		if err != nil {
			return err
		}
		service, _, err := p.installer(c.Context(), under)
		if err != nil {
			return err
		}
		if err := service.Install(c.Context()); err != nil {
			return err
		}
		if err := service.Start(c.Context()); err != nil {
			return err
		}
		p.say("service.done.install")
		return nil
	})
	c.Flags().BoolVar(&all, "all-users", false, p.words.Text("cli.flag.all_users"))
	c.Flags().StringVar(&account, "account", "", p.words.Text("cli.flag.account"))
	return p.described(c, "service.install", "service install")
}

// servicePasswordEnv holds the password of the account that a Windows service runs
// under, where nobody is there to be asked.
const servicePasswordEnv = "FIELDPOST_SERVICE_PASSWORD"

// serviceAccount asks for the password of the account named; a managed account, whose
// name ends in $, has none.
func (p *program) serviceAccount(name string) (*installer.Account, error) {
	if name == "" {
		return nil, nil
	}
	if name[len(name)-1] == '$' {
		return &installer.Account{Name: name}, nil
	}
	password, err := p.secret(servicePasswordEnv, p.words.Text("cli.service.ask_password", "account", clean(name)), "cli_no_service_password")
	return &installer.Account{Name: name, Password: password}, err
}

// atAllUsers does a verb to the service of every user.
func (p *program) atAllUsers(ctx context.Context, verb string, do func(*installer.AllUsers, context.Context) error) error {
	all, err := forAllUsers()
	if err != nil {
		return err
	}
	if err := do(all, ctx); err != nil {
		return err
	}
	p.say("service.for_all." + verb)
	return nil
}

func (p *program) serviceStop() *cobra.Command {
	var all bool
	c := p.command("stop", func(c *cobra.Command, _ []string) error {
		if all {
			return p.atAllUsers(c.Context(), "stop", (*installer.AllUsers).Stop)
		}
		service, _, err := p.installer(c.Context(), nil)
		if err != nil {
			return err
		}
		if err := service.Stop(c.Context()); err != nil {
			return err
		}
		p.say("service.done.stop")
		return nil
	})
	c.Flags().BoolVar(&all, "all-users", false, p.words.Text("cli.flag.all_users"))
	return p.described(c, "service.stop", "service stop")
}
