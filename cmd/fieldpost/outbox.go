package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
	"fieldpost/outbox"
)

func (p *program) outbox() *cobra.Command {
	return p.group("outbox", p.outboxList(), p.outboxShow(), p.outboxRetry(), p.outboxRelease(), p.outboxFlush(),
		p.outboxEdit(), p.outboxWithdraw(), p.outboxCheck(), p.outboxCompact(), p.outboxRecover(),
		p.outboxExport(), p.outboxImport(), p.outboxForget(),
		p.outboxVerb("hold", desk.Hold), p.outboxVerb("discard", desk.Discard), p.outboxVerb("restore", desk.Restore))
}

func (p *program) outboxList() *cobra.Command {
	var state, csvFile string
	var limit int
	c := p.command("list", func(c *cobra.Command, _ []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			if csvFile != "" {
				rows, err := ledger(c.Context(), d, outbox.State(state), csvFile)
				if err == nil {
					p.say("cli.outbox.csv", "n", rows, "file", csvFile)
				}
				return err
			}
			page, err := d.List(c.Context(), outbox.Query{State: outbox.State(state), Limit: limit})
			if err != nil {
				return usage(err)
			}
			if p.json {
				return p.printJSON(page)
			}
			return p.items(page.Items)
		})
	})
	c.Flags().StringVar(&state, "state", "", p.words.Text("cli.flag.state"))
	c.Flags().StringVar(&csvFile, "csv", "", p.words.Text("cli.flag.csv"))
	c.Flags().IntVar(&limit, "limit", 50, p.words.Text("cli.flag.limit"))
	return p.described(c, "outbox.list", "outbox list --state needs_attention")
}

func (p *program) items(items []apitype.Item) error {
	rows := make([][]string, 0, len(items))
	for _, item := range items {
		why := ""
		switch {
		case item.Problem != nil:
			why = item.Problem.Title
		case item.Record != nil:
			why = item.Record.Object + " " + item.Record.ID
		}
		rows = append(rows, []string{item.ID, moment(item.CapturedAt), p.words.Text("state." + string(item.State)), item.Subject, why})
	}
	return p.table(rows)
}

func (p *program) outboxShow() *cobra.Command {
	c := p.command("show ID", func(c *cobra.Command, args []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			item, err := d.Get(c.Context(), args[0])
			if err != nil {
				return err
			}
			return p.item(item)
		})
	})
	c.Args = exactly(1)
	return p.described(c, "outbox.show", "outbox show 0193f0c2-6c1e-7a40-8a53-5b0f3d1e9c11")
}

func (p *program) item(item apitype.Item) error {
	if p.json {
		return p.printJSON(item)
	}
	fmt.Fprintf(p.out, "%s  %s\n", item.ID, p.words.Text("state."+string(item.State)))
	fmt.Fprintln(p.out, oneLine(item.Subject))
	for _, person := range item.People {
		fmt.Fprintln(p.out, "  "+oneLine(person.Name+" "+person.Email+" "+person.ID))
	}
	p.explain(item.Problem)
	if item.Record != nil {
		fmt.Fprintf(p.out, "  %s %s %s\n", item.Record.Object, item.Record.ID, item.Record.URL)
	}
	for _, e := range item.History {
		fmt.Fprintf(p.out, "  %s  %s\n", moment(e.Time), e.Detail)
	}
	return nil
}

func (p *program) outboxVerb(name string, verb func(desk, context.Context, string) (apitype.Item, error)) *cobra.Command {
	c := p.command(name+" ID", func(c *cobra.Command, args []string) error { return p.one(c, args[0], verb) })
	c.Args = exactly(1)
	return p.described(c, "outbox."+name, "outbox "+name+" 0193f0c2-6c1e-7a40-8a53-5b0f3d1e9c11")
}

func (p *program) one(c *cobra.Command, id string, verb func(desk, context.Context, string) (apitype.Item, error)) error {
	return p.atDesk(c.Context(), func(d desk) error {
		item, err := verb(d, c.Context(), id)
		if err != nil {
			return err
		}
		return p.item(item)
	})
}

func (p *program) outboxRetry() *cobra.Command {
	var all bool
	var code string
	c := p.command("retry [ID]", func(c *cobra.Command, args []string) error {
		if len(args) == 1 {
			return p.one(c, args[0], desk.Retry)
		}
		if !all && code == "" {
			return usage(fmt.Errorf("%s", p.words.Text("cli.outbox.retry.what")))
		}
		return p.many(c, code, desk.RetryAll)
	})
	c.Args = atMostOne
	c.Flags().BoolVar(&all, "all", false, p.words.Text("cli.flag.all"))
	c.Flags().StringVar(&code, "code", "", p.words.Text("cli.flag.code"))
	return p.described(c, "outbox.retry", "outbox retry --code unresolved_person")
}

func (p *program) outboxRelease() *cobra.Command {
	var code string
	c := p.command("release [ID]", func(c *cobra.Command, args []string) error {
		if len(args) == 1 {
			return p.one(c, args[0], desk.Release)
		}
		if code == "" {
			return usage(fmt.Errorf("%s", p.words.Text("cli.outbox.release.what")))
		}
		return p.many(c, code, desk.ReleaseAll)
	})
	c.Args = atMostOne
	c.Flags().StringVar(&code, "code", "", p.words.Text("cli.flag.code"))
	return p.described(c, "outbox.release", "outbox release --code many_meetings")
}

func atMostOne(c *cobra.Command, args []string) error {
	if err := cobra.MaximumNArgs(1)(c, args); err != nil {
		return usage(err)
	}
	return nil
}

func (p *program) many(c *cobra.Command, code string, verb func(desk, context.Context, string) (int, error)) error {
	return p.atDesk(c.Context(), func(d desk) error {
		n, err := verb(d, c.Context(), code)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(apitype.Changed{Count: n})
		}
		p.say("cli.changed", "n", n)
		return nil
	})
}

// outboxFlush sends now and waits until nothing waits any more.
func (p *program) outboxFlush() *cobra.Command {
	var timeout time.Duration
	c := p.command("flush", func(c *cobra.Command, _ []string) error {
		return p.withDaemon(c.Context(), func(d *client.Client) error {
			ctx, cancel := context.WithTimeout(c.Context(), timeout)
			defer cancel()
			return p.flush(ctx, d)
		})
	})
	c.Flags().DurationVar(&timeout, "timeout", 2*time.Minute, p.words.Text("cli.flag.timeout"))
	return p.described(c, "outbox.flush", "outbox flush --timeout 30s")
}

// flushPoll is how often a flush looks; what is under way is told by events too,
// but a look is simpler and a flush is short.
const flushPoll = 200 * time.Millisecond

func (p *program) flush(ctx context.Context, d *client.Client) error {
	if err := d.Sync(ctx); err != nil {
		return err
	}
	for {
		status, err := d.Status(ctx)
		if err != nil {
			if ctx.Err() == nil {
				return err
			}
			return &codeError{exitFailed, fmt.Errorf("%s", p.words.Text("cli.flush.late"))}
		}
		if status.Outbox.Waiting+status.Outbox.Sending == 0 {
			return p.flushed(status)
		}
		if status.Account.State == apitype.SignedOut {
			return &codeError{exitSignIn, fmt.Errorf("%s", p.words.Text("cli.flush.sign_in", "n", status.Outbox.Waiting))}
		}
		select {
		case <-ctx.Done():
			return &codeError{exitFailed, fmt.Errorf("%s", p.words.Text("cli.flush.waiting", "n", status.Outbox.Waiting+status.Outbox.Sending))}
		case <-time.After(flushPoll):
		}
	}
}

func (p *program) flushed(status apitype.Status) error {
	if p.json {
		return p.printJSON(status.Outbox)
	}
	p.say("cli.flush.done")
	if n := status.Outbox.NeedsAttention; n > 0 {
		p.hint("cli.flush.attention", "n", n)
	}
	return nil
}
