package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cli/browser"
	"github.com/spf13/cobra"

	"fieldpost/daemon"
	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
	"fieldpost/sfclient/sfauth"
)

func (p *program) auth() *cobra.Command {
	return p.group("auth", p.authLogin(), p.authStatus(), p.authLogout())
}

// signIn is a sign-in on its way, by the daemon or by this command itself.
type signIn interface {
	// begin gives the address at which to sign in.
	begin(ctx context.Context, asked apitype.LoginRequest) (string, error)
	// wait gives the username once signed in.
	wait(ctx context.Context) (string, error)
	// interrupted is the code of what it means that a person stopped waiting.
	interrupted() string
}

func (p *program) authLogin() *cobra.Command {
	var asked apitype.LoginRequest
	var noBrowser bool
	c := p.command("login", func(c *cobra.Command, _ []string) error {
		settings, err := p.load()
		if err != nil {
			return err
		}
		running, err := p.client(c.Context(), settings)
		if err == nil {
			return p.login(c.Context(), &byDaemon{running}, asked, noBrowser)
		}
		if !errors.Is(err, client.ErrNotRunning) {
			return err
		}
		return p.signInAlone(c.Context(), settings, func(alone *daemon.SignIn) error {
			return p.login(c.Context(), &byItself{in: alone}, asked, noBrowser)
		})
	})
	f := c.Flags()
	f.StringVar(&asked.Org, "org", "", p.words.Text("cli.flag.org"))
	f.StringVar(&asked.ClientID, "client-id", "", p.words.Text("cli.flag.client_id"))
	f.BoolVar(&noBrowser, "no-browser", false, p.words.Text("cli.flag.no_browser"))
	return p.described(c, "auth.login", "auth login --org acme.my.salesforce.com")
}

// signInAlone works on the sign-in without a daemon. It holds the home meanwhile: only
// one may renew, replace or drop the tokens.
func (p *program) signInAlone(ctx context.Context, settings *config.Config, do func(*daemon.SignIn) error) error {
	home, err := p.openHome(ctx, settings)
	if err != nil {
		return err
	}
	alone, err := daemon.NewSignIn(home, daemon.NewTransport(settings), version)
	if err != nil {
		return errors.Join(err, home.Close())
	}
	return errors.Join(do(alone), home.Close())
}

func (p *program) login(ctx context.Context, by signIn, asked apitype.LoginRequest, noBrowser bool) error {
	address, err := by.begin(ctx, asked)
	if err != nil {
		return stoppedBy(ctx, err, "sign_in_cancelled_here")
	}
	if noBrowser {
		fmt.Fprintln(p.out, address)
	} else if err := browser.OpenURL(address); err != nil {
		p.hint("cli.auth.open_by_hand", "url", address)
	} else {
		p.hint("cli.auth.browser")
	}
	limited, cancel := context.WithTimeout(ctx, sfauth.SignInLimit+10*time.Second)
	defer cancel()
	username, err := by.wait(limited)
	if errors.Is(err, context.DeadlineExceeded) {
		return failed(string(sfauth.SignInTimedOut))
	}
	if err != nil {
		return stoppedBy(ctx, err, by.interrupted())
	}
	if p.json {
		return p.printJSON(map[string]string{"username": username})
	}
	p.say("cli.auth.done", "username", username)
	return nil
}

// stoppedBy tells an error by the code of an interruption where a person was the cause.
func stoppedBy(ctx context.Context, err error, interrupted string) error {
	if ctx.Err() != nil {
		return failed(interrupted)
	}
	return err
}

type byDaemon struct{ *client.Client }

// interrupted: the daemon goes on waiting for the browser.
func (b *byDaemon) interrupted() string { return "sign_in_goes_on" }

func (b *byDaemon) begin(ctx context.Context, asked apitype.LoginRequest) (string, error) {
	return b.Login(ctx, asked)
}

func (b *byDaemon) wait(ctx context.Context) (string, error) {
	for {
		login, err := b.LastLogin(ctx)
		switch {
		case err != nil:
			return "", err
		case login.State == apitype.LoginDone:
			return login.Username, nil
		case login.Problem != nil:
			return "", asError(login.Problem)
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(flushPoll):
		}
	}
}

type byItself struct {
	in      *daemon.SignIn
	attempt *sfauth.Attempt
}

func (b *byItself) interrupted() string { return "sign_in_cancelled_here" }

func (b *byItself) begin(ctx context.Context, asked apitype.LoginRequest) (address string, err error) {
	if b.attempt, err = b.in.Begin(ctx, asked.Org, asked.ClientID); err != nil {
		return "", err
	}
	return b.attempt.AuthorizeURL(), nil
}

func (b *byItself) wait(ctx context.Context) (string, error) {
	account, err := b.in.Finish(ctx, b.attempt)
	if err != nil {
		return "", err
	}
	return account.Username, nil
}
