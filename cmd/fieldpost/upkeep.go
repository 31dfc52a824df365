package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
)

// editable are the flags of an edit and the fields of an activity that they change.
var editable = map[string]string{
	"subject": "subject", "body": "body", "url": "url", "at": "occurred_at", "start": "start", "end": "end",
	"location": "location", "notes": "notes", "time-zone": "time_zone",
}

func (p *program) outboxEdit() *cobra.Command {
	var delivered bool
	var to []string
	var related string
	c := p.command("edit", func(c *cobra.Command, args []string) error {
		patch := map[string]any{}
		c.Flags().Visit(func(f *pflag.Flag) {
			switch field := editable[f.Name]; field {
			case "":
			case "occurred_at", "start", "end":
				patch[field] = typedMoment(f.Value.String())
			default:
				patch[field] = f.Value.String()
			}
		})
		if c.Flags().Changed("to") {
			patch["people"] = peopleOf(to)
		}
		if c.Flags().Changed("related") {
			patch["related_to"] = map[string]string{"id": related}
		}
		if len(patch) == 0 {
			return wrong("cli_edit_what")
		}
		return p.atDesk(c.Context(), func(d desk) error {
			item, err := d.Edit(c.Context(), args[0], delivered, patch)
			if err != nil {
				return p.refusedFlag(err, to)
			}
			return p.item(&item)
		})
	}, "id")
	c.Args = exactly(1)
	f := c.Flags()
	for name := range editable {
		f.String(name, "", p.words.Text("cli.flag."+strings.ReplaceAll(name, "-", "_")))
	}
	f.StringArrayVar(&to, "to", nil, p.words.Text("cli.flag.to"))
	f.StringVar(&related, "related", "", p.words.Text("cli.flag.related"))
	f.BoolVar(&delivered, "delivered", false, p.words.Text("cli.flag.delivered"))
	return p.described(c, "outbox.edit", `outbox edit `+anID+` --subject "Brochure 2027"`)
}

// outboxClaim takes what was captured while nobody was signed in.
func (p *program) outboxClaim() *cobra.Command {
	return p.described(p.command("claim", func(c *cobra.Command, _ []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			n, err := d.Claim(c.Context())
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(apitype.Changed{Count: n})
			}
			p.say("cli.outbox.claimed", "n", n)
			return nil
		})
	}), "outbox.claim", "outbox claim")
}

// outboxWithdraw needs the daemon: the record is deleted in Salesforce.
func (p *program) outboxWithdraw() *cobra.Command {
	c := p.command("withdraw", func(c *cobra.Command, args []string) error {
		return p.withDaemon(c.Context(), func(d *client.Client) error {
			item, err := d.Withdraw(c.Context(), args[0])
			if err != nil {
				return err
			}
			return p.item(&item)
		})
	}, "id")
	c.Args = exactly(1)
	return p.described(c, "outbox.withdraw", "outbox withdraw "+anID)
}

// outboxCheck fails where a record is not as it was written.
func (p *program) outboxCheck() *cobra.Command {
	return p.described(p.command("check", func(c *cobra.Command, _ []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			report, err := d.Check(c.Context())
			if err != nil {
				return err
			}
			if p.json {
				if err := p.printJSON(report); err != nil {
					return err
				}
			} else {
				p.say("cli.outbox.checked", "n", report.Items, "damaged", len(report.Damaged))
				for _, damage := range report.Damaged {
					fmt.Fprintln(p.out, "  "+damage.ID+" "+damage.What)
				}
			}
			if len(report.Damaged) > 0 {
				return &codeError{code: exitFailed}
			}
			return nil
		})
	}), "outbox.check", "outbox check")
}

func (p *program) outboxCompact() *cobra.Command {
	return p.described(p.command("compact", func(c *cobra.Command, _ []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			sizes, err := d.Compact(c.Context())
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(sizes)
			}
			p.say("cli.outbox.compacted", "before", sizes.Before, "after", sizes.After)
			return nil
		})
	}), "outbox.compact", "outbox compact")
}

func (p *program) outboxRecover() *cobra.Command {
	var file string
	c := p.command("recover", func(c *cobra.Command, _ []string) error {
		if file == "" {
			return wrong("cli_recover_what")
		}
		identity, err := os.ReadFile(file)
		if err != nil {
			return &codeError{exitUsage, p.ofFile(file, p.unreadable(err))}
		}
		return p.atDesk(c.Context(), func(d desk) error {
			done, err := d.Recover(c.Context(), string(identity))
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(done)
			}
			p.say("cli.outbox.recovered", "n", done.StillSealed)
			return nil
		})
	})
	c.Flags().StringVar(&file, "identity", "", p.words.Text("cli.flag.identity"))
	return p.described(c, "outbox.recover", "outbox recover --identity recovery-key.txt")
}
