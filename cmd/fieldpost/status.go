package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
)

func (p *program) status() *cobra.Command {
	var watch bool
	c := p.command("status", func(c *cobra.Command, _ []string) error {
		return p.withDaemon(c.Context(), func(d *client.Client) error {
			if watch {
				return p.watchStatus(c.Context(), d)
			}
			status, err := d.Status(c.Context())
			if err != nil {
				return err
			}
			if err := p.printStatus(status); err != nil {
				return err
			}
			return verdict(status)
		})
	})
	c.Flags().BoolVar(&watch, "watch", false, p.words.Text("cli.flag.watch"))
	return p.described(c, "status", "status --json")
}

// verdict is what the exit code says of a status: the first that applies.
func verdict(status apitype.Status) error {
	switch {
	case status.Account.State == apitype.SignedOut || status.Account.State == apitype.NeedsSignIn:
		return &codeError{code: exitSignIn}
	case status.Outbox.NeedsAttention > 0:
		return &codeError{code: exitAttention}
	}
	return nil
}

func (p *program) watchStatus(ctx context.Context, d *client.Client) error {
	for event, err := range d.Events(ctx) {
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if event.Status != nil {
			if err := p.printStatus(*event.Status); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *program) printStatus(s apitype.Status) error {
	if p.json {
		return p.printJSON(s)
	}
	p.say("cli.status.account."+string(s.Account.State), "username", s.Account.Username)
	p.say("cli.status.connection." + string(s.Connection.State))
	p.explain(s.Connection.Problem)
	o := s.Outbox
	p.say("cli.status.captured", "n", o.Captured)
	for _, count := range []struct {
		state string
		n     int
	}{
		{"delivered", o.Delivered},
		{"waiting", o.Waiting},
		{"sending", o.Sending},
		{"needs_attention", o.NeedsAttention},
		{"held", o.Held},
		{"discarded", o.Discarded},
	} {
		if count.n > 0 {
			fmt.Fprintf(p.out, "  %6d  %s\n", count.n, p.words.Text("state."+count.state))
		}
	}
	if o.Waiting+o.Sending == 0 {
		p.say("cli.status.calm")
	}
	p.say("cli.status.directory", "people", s.Directory.People, "records", s.Directory.Records)
	for i := range s.Warnings {
		p.explain(&s.Warnings[i])
	}
	return nil
}
