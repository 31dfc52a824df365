package main

import (
	"errors"

	"github.com/spf13/cobra"

	"fieldpost/daemon"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
)

func (p *program) authLogout() *cobra.Command {
	var asked apitype.LogoutRequest
	c := p.command("logout", func(c *cobra.Command, _ []string) error {
		if err := apart(c, "keep-waiting", "discard"); err != nil {
			return err
		}
		settings, err := p.load()
		if err != nil {
			return err
		}
		running, err := p.client(c.Context(), settings)
		switch {
		case err == nil:
			return orRemedy(running.Logout(c.Context(), asked), "cli.auth.logout.refused")
		case errors.Is(err, client.ErrNotRunning):
			err = p.signInAlone(c.Context(), settings, func(alone *daemon.SignIn) error {
				return alone.Out(c.Context(), asked.KeepWaiting, asked.Discard)
			})
			return orRemedy(err, "cli.auth.logout.refused")
		}
		return err
	})
	c.Flags().BoolVar(&asked.KeepWaiting, "keep-waiting", false, p.words.Text("cli.flag.keep_waiting"))
	c.Flags().BoolVar(&asked.Discard, "discard", false, p.words.Text("cli.flag.discard"))
	return p.described(c, "auth.logout", "auth logout --keep-waiting")
}

// orRemedy names the flags of a command that is refused because items wait.
func orRemedy(err error, remedy string) error {
	var waiting *daemon.WaitingError
	var refused *apitype.Error
	if errors.As(err, &waiting) || errors.As(err, &refused) && refused.Code == "items_waiting" {
		return &withRemedy{err, remedy}
	}
	return err
}
