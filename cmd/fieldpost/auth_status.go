package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"fieldpost/daemon"
	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
)

// signedIn is who is signed in, as a command tells it.
type signedIn struct {
	apitype.Account
	// Remembered: no daemon runs, so this is what was so when one last did.
	// Salesforce may have ended the session since.
	Remembered bool `json:"remembered"`
}

func (p *program) authStatus() *cobra.Command {
	return p.described(p.command("status", func(c *cobra.Command, _ []string) error {
		settings, err := p.load()
		if err != nil {
			return err
		}
		account, err := p.account(c.Context(), settings)
		if err != nil {
			return err
		}
		switch {
		case p.json:
			err = p.printJSON(account)
		case account.Remembered && account.State == apitype.SignedIn:
			p.say("cli.status.account.remembered", "username", account.Username)
		default:
			p.say("cli.status.account."+string(account.State), "username", account.Username)
		}
		if err != nil {
			return err
		}
		if account.State == apitype.SignedOut || account.State == apitype.NeedsSignIn {
			return &codeError{code: exitSignIn}
		}
		return nil
	}), "auth.status", "auth status")
}

// account asks the daemon, or reads who the home remembers.
func (p *program) account(ctx context.Context, settings *config.Config) (signedIn, error) {
	running, err := p.client(ctx, settings)
	if err == nil {
		status, err := running.Status(ctx)
		return signedIn{Account: status.Account}, err
	}
	if !errors.Is(err, client.ErrNotRunning) {
		return signedIn{}, err
	}
	home, err := daemon.OpenHome(ctx, settings, daemon.OpenSecrets(settings, os.Getenv), verifyApart(), p.logger(settings))
	if err != nil {
		return signedIn{}, err
	}
	account, err := remembered(home)
	return account, errors.Join(err, home.Close())
}

func remembered(home *daemon.Home) (signedIn, error) {
	known, _, err := home.Outbox.Current()
	if err != nil {
		return signedIn{}, err
	}
	if known == nil {
		return signedIn{Account: apitype.Account{State: apitype.SignedOut}, Remembered: true}, nil
	}
	return signedIn{Remembered: true, Account: apitype.Account{
		State: apitype.SignedIn, Username: known.Username, UserID: known.UserID, OrgID: known.OrgID, InstanceURL: known.InstanceURL,
	}}, nil
}
