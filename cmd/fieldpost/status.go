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
			if err := p.printStatus(&status); err != nil {
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
			if err := p.printStatus(event.Status); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *program) printStatus(s *apitype.Status) error {
	if p.json {
		return p.printJSON(s)
	}
	p.printAccount(s)
	p.printCounts(s.Outbox)
	p.printCauses(s.Causes)
	p.say("cli.status.directory", "people", s.Directory.People, "records", s.Directory.Records, "calls", s.Directory.CallsToday)
	if l := s.Directory.Loading; l != nil {
		p.say("cli.status.loading", "object", l.Label, "done", l.Done, "total", l.Total)
	}
	for i := range s.Warnings {
		if s.Connection.Problem == nil || s.Warnings[i].Code != s.Connection.Problem.Code { // told above
			p.explain(&s.Warnings[i])
		}
	}
	return nil
}

// printAccount tells who is signed in and how the way to Salesforce is. A problem
// that only a person ends is told in place of both, for it is what matters.
func (p *program) printAccount(s *apitype.Status) {
	account, problem := s.Account, s.Connection.Problem
	if problem != nil && stopped(account.State) {
		p.say("cli.status.account.stopped", "username", account.Username)
		p.explain(problem)
		return
	}
	p.say("cli.status.account."+string(account.State), "username", account.Username)
	p.say("cli.status.connection." + string(s.Connection.State))
	p.explain(problem)
}

// printCauses groups what needs somebody by its reason, with what tries each again.
func (p *program) printCauses(causes []apitype.Cause) {
	for _, c := range causes {
		fmt.Fprintln(p.out, "          "+p.words.Text("cli.status.cause", "n", c.Count, "title", clean(c.Title), "code", c.Code))
	}
}

func (p *program) printCounts(o apitype.Outbox) {
	if o.Captured == 0 {
		p.say("cli.status.nothing")
	} else {
		p.say("cli.status.captured", "n", o.Captured)
	}
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
}
