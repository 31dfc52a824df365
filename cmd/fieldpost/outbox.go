package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

func (p *program) outbox() *cobra.Command {
	return p.group("outbox", p.outboxList(), p.outboxShow(), p.outboxRetry(), p.outboxRelease(), p.outboxFlush(),
		p.outboxEdit(), p.outboxWithdraw(), p.outboxClaim(), p.outboxCheck(), p.outboxCompact(), p.outboxRecover(),
		p.outboxExport(), p.outboxImport(), p.outboxForget(),
		p.outboxVerb("hold", desk.Hold), p.outboxVerb("discard", desk.Discard), p.outboxVerb("restore", desk.Restore))
}

// anID is how an activity's id looks, for examples.
const anID = "0193f0c2-6c1e-7a40-8a53-5b0f3d1e9c11"

func (p *program) outboxList() *cobra.Command {
	var state, csvFile string
	var limit int
	c := p.command("list", func(c *cobra.Command, _ []string) error {
		if err := checkState(state); err != nil {
			return err
		}
		if limit < 1 {
			return wrong("cli_limit")
		}
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
				return err
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
	hideDefault(c, "limit")
	return p.described(c, "outbox.list", "outbox list --state needs_attention")
}

// checkState names the states to who asked for another one.
func checkState(state string) error {
	if state == "" || slices.Contains(outbox.States, outbox.State(state)) {
		return nil
	}
	names := make([]string, len(outbox.States))
	for i, known := range outbox.States {
		names[i] = string(known)
	}
	return wrong("cli_state", "value", state, "states", strings.Join(names, ", "))
}

func (p *program) items(items []apitype.Item) error {
	rows := make([][]string, 0, len(items))
	for i := range items {
		item := &items[i]
		why := ""
		switch {
		case item.Problem != nil:
			why = item.Problem.Title
		case item.Record != nil:
			why = item.Record.Object + " " + item.Record.ID
		}
		rows = append(rows, []string{item.ID, moment(item.CapturedAt), p.words.Text("state." + string(item.State)), p.title(item), why})
	}
	return p.table(rows)
}

func (p *program) outboxVerb(name string, verb func(desk, context.Context, string) (apitype.Item, error)) *cobra.Command {
	c := p.command(name, func(c *cobra.Command, args []string) error { return p.one(c, args[0], verb) }, "id")
	c.Args = exactly(1)
	return p.described(c, "outbox."+name, "outbox "+name+" "+anID)
}

func (p *program) one(c *cobra.Command, id string, verb func(desk, context.Context, string) (apitype.Item, error)) error {
	return p.atDesk(c.Context(), func(d desk) error {
		item, err := verb(d, c.Context(), id)
		if err != nil {
			return err
		}
		return p.item(&item)
	})
}

func (p *program) outboxRetry() *cobra.Command {
	var all bool
	var code string
	c := p.command("retry", func(c *cobra.Command, args []string) error {
		if err := onlyOne(c, args, "all", "code"); err != nil {
			return err
		}
		switch {
		case len(args) == 1:
			return p.one(c, args[0], desk.Retry)
		case !all && code == "":
			return wrong("cli_retry_what")
		}
		return p.many(c, code, desk.RetryAll)
	}, "maybe_id")
	c.Args = atMostOne
	c.Flags().BoolVar(&all, "all", false, p.words.Text("cli.flag.all"))
	c.Flags().StringVar(&code, "code", "", p.words.Text("cli.flag.code"))
	return p.described(c, "outbox.retry", "outbox retry --code unresolved_person")
}

func (p *program) outboxRelease() *cobra.Command {
	var code string
	c := p.command("release", func(c *cobra.Command, args []string) error {
		if err := onlyOne(c, args, "code"); err != nil {
			return err
		}
		switch {
		case len(args) == 1:
			return p.one(c, args[0], desk.Release)
		case code == "":
			return wrong("cli_release_what")
		}
		return p.many(c, code, desk.ReleaseAll)
	}, "maybe_id")
	c.Args = atMostOne
	c.Flags().StringVar(&code, "code", "", p.words.Text("cli.flag.code"))
	return p.described(c, "outbox.release", "outbox release --code many_meetings")
}

// onlyOne refuses two ways of saying which activities are meant.
func onlyOne(c *cobra.Command, args []string, flags ...string) error {
	var given []string
	if len(args) == 1 {
		given = append(given, args[0])
	}
	for _, flag := range flags {
		if c.Flags().Changed(flag) {
			given = append(given, "--"+flag)
		}
	}
	if len(given) > 1 {
		return wrong("cli_exclusive", "one", given[0], "other", given[1])
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
