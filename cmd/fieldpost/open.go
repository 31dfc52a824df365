package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cli/browser"
	"github.com/spf13/cobra"

	"fieldpost/daemon/localapi/client"
	"fieldpost/installer"
)

func (p *program) open() *cobra.Command {
	var printOnly bool
	c := p.command("open", func(c *cobra.Command, _ []string) error {
		err := p.withDaemon(c.Context(), func(d *client.Client) error { return p.openPage(c.Context(), d, printOnly) })
		if !errors.Is(err, client.ErrNotRunning) {
			return err
		}
		service, settings, err := p.installer(c.Context(), nil)
		if err != nil {
			return client.ErrNotRunning // no service can be had here; this says how to start without
		}
		if err := startStopped(c.Context(), service); err != nil {
			return err
		}
		d, err := answering(c.Context(), func(ctx context.Context) (*client.Client, error) { return p.client(ctx, settings) })
		if err != nil {
			return err
		}
		return p.openPage(c.Context(), d, printOnly)
	})
	c.Flags().BoolVar(&printOnly, "print", false, p.words.Text("cli.flag.print"))
	return p.described(c, "open", "open")
}

// startable is the installed service, as far as opening the page needs it.
type startable interface {
	Status(ctx context.Context) (installer.Status, error)
	Start(ctx context.Context) error
}

// startStopped starts the service where one is installed; client.ErrNotRunning where
// none is.
func startStopped(ctx context.Context, service startable) error {
	status, err := service.Status(ctx)
	if err != nil || status.State == installer.NotInstalled {
		return client.ErrNotRunning
	}
	return service.Start(ctx)
}

// answerTime is how long a service that was started has until it answers, and
// answerPoll how often it is looked for.
const (
	answerTime = 10 * time.Second
	answerPoll = 100 * time.Millisecond
)

// answering waits for a service that was just started.
func answering(ctx context.Context, find func(context.Context) (*client.Client, error)) (*client.Client, error) {
	limited, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	for {
		found, err := find(limited)
		if err == nil {
			return found, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-limited.Done():
			return nil, &sentence{exit: exitNotRunning, code: "started_in_vain"}
		case <-time.After(answerPoll):
		}
	}
}

func (p *program) openPage(ctx context.Context, d *client.Client, printOnly bool) error {
	link, err := d.SessionLink(ctx)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(link)
	}
	if printOnly {
		fmt.Fprintln(p.out, link.URL)
		return nil
	}
	if err := browser.OpenURL(link.URL); err != nil {
		p.hint("cli.auth.open_by_hand", "url", link.URL)
	}
	return nil
}
