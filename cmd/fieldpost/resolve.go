package main

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"fieldpost/daemon/directory"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox/activity"
)

// peopleUnresolved lists who waits for the rep to say who it is.
func (p *program) peopleUnresolved() *cobra.Command {
	return p.described(p.command("unresolved", func(c *cobra.Command, _ []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			list, err := d.Unresolved(c.Context())
			switch {
			case err != nil:
				return err
			case p.json:
				return p.printJSON(list)
			case len(list.Items) == 0:
				p.say("cli.people.unresolved.none")
				return nil
			}
			for i := range list.Items {
				if err := p.printUnresolved(&list.Items[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}), "people.unresolved", "people unresolved")
}

// printUnresolved prints an address with what may be answered about it.
func (p *program) printUnresolved(u *apitype.Unresolved) error {
	p.say("cli.people.unresolved.who", "who", strings.TrimSpace(u.Name+" <"+u.Address+">"), "n", strconv.Itoa(len(u.Activities)))
	var rows [][]string
	for _, choice := range u.Choices {
		rows = append(rows, append([]string{" "}, personRow(&choice)...))
	}
	return p.table(rows)
}

// peopleResolve answers once who an address is.
func (p *program) peopleResolve() *cobra.Command {
	asked := apitype.ResolveRequest{}
	create := apitype.NewPerson{}
	c := p.command("resolve", func(c *cobra.Command, args []string) error {
		asked.Address = args[0]
		if create != (apitype.NewPerson{}) {
			asked.Create = &create
		}
		return p.atDesk(c.Context(), func(d desk) error { return p.resolve(c, d, asked) })
	}, "address")
	c.Args = takes(1, 1)
	flags := c.Flags()
	flags.StringVar(&asked.ID, "id", "", p.words.Text("cli.flag.resolve_id"))
	flags.StringVar(&asked.Ignore, "ignore", "", p.words.Text("cli.flag.ignore"))
	flags.StringVar(&create.Object, "create", "", p.words.Text("cli.flag.create"))
	flags.StringVar(&create.FirstName, "first-name", "", p.words.Text("cli.flag.first_name"))
	flags.StringVar(&create.LastName, "last-name", "", p.words.Text("cli.flag.last_name"))
	flags.StringVar(&create.Company, "company", "", p.words.Text("cli.flag.company"))
	flags.StringVar(&create.AccountID, "account", "", p.words.Text("cli.flag.account"))
	return p.described(c, "people.resolve", "people resolve ana@acme.test --id 0035g00000XyZ12AAF")
}

// resolve finds an activity that asks who the address is, and answers it; without an
// answer it tells what may be answered.
func (p *program) resolve(c *cobra.Command, d desk, asked apitype.ResolveRequest) error {
	list, err := d.Unresolved(c.Context())
	if err != nil {
		return err
	}
	for i := range list.Items {
		u := &list.Items[i]
		if directory.Fold(u.Address) != directory.Fold(asked.Address) {
			continue
		}
		if asked.ID == "" && asked.Ignore == "" && asked.Create == nil {
			if err := p.printUnresolved(u); err != nil {
				return err
			}
			return wrong("resolve_how")
		}
		item, err := d.Resolve(c.Context(), u.Activities[0], asked)
		switch {
		case err != nil:
			return err
		case p.json:
			return p.printJSON(item)
		}
		p.say("cli.people.resolved", "n", strconv.Itoa(len(u.Activities)))
		return nil
	}
	return failed("resolve_nobody", "address", asked.Address)
}

// peopleAnswers lists what was answered, and peopleAsk lets an address be asked again.
func (p *program) peopleAnswers() *cobra.Command {
	return p.described(p.command("answers", func(c *cobra.Command, _ []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			list, err := d.Answers(c.Context())
			if err != nil {
				return err
			}
			return p.printAnswers(list)
		})
	}), "people.answers", "people answers")
}

func (p *program) peopleAsk() *cobra.Command {
	c := p.command("ask", func(c *cobra.Command, args []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			list, err := d.Unanswer(c.Context(), args[0])
			if err != nil {
				return err
			}
			return p.printAnswers(list)
		})
	}, "address")
	c.Args = takes(1, 1)
	return p.described(c, "people.ask", "people ask ana@acme.test")
}

func (p *program) printAnswers(list apitype.Answers) error {
	if p.json {
		return p.printJSON(list)
	}
	if len(list.Items) == 0 {
		p.say("cli.people.answers.none")
		return nil
	}
	var rows [][]string
	for _, a := range list.Items {
		is := p.words.Text("cli.people.answers.ignored")
		if !a.Ignored {
			is = a.ID + " " + oneLine(a.Name)
		}
		rows = append(rows, []string{oneLine(a.Address), is})
	}
	return p.table(rows)
}

// peopleShow prints a person with what was logged to them from here.
func (p *program) peopleShow() *cobra.Command {
	c := p.command("show", func(c *cobra.Command, args []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			card, err := d.Card(c.Context(), args[0])
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(card)
			}
			if err := p.table([][]string{personRow(&card.Person)}); err != nil {
				return err
			}
			p.say("cli.people.card", "delivered", strconv.Itoa(card.Delivered), "waiting", strconv.Itoa(card.Waiting))
			var rows [][]string
			for _, item := range card.Items {
				rows = append(rows, []string{moment(item.CapturedAt), string(item.State), string(item.Kind), oneLine(item.Subject)})
			}
			return p.table(rows)
		})
	}, "person")
	c.Args = takes(1, 1)
	return p.described(c, "people.show", "people show ana@acme.test")
}

// recordsSuggest prints what an activity with a person may be related to.
func (p *program) recordsSuggest() *cobra.Command {
	meeting := false
	c := p.command("suggest", func(c *cobra.Command, args []string) error {
		kind := activity.Share
		if meeting {
			kind = activity.Meeting
		}
		return p.atDesk(c.Context(), func(d desk) error {
			list, err := d.Suggest(c.Context(), args[0], kind)
			switch {
			case err != nil:
				return err
			case p.json:
				return p.printJSON(list)
			case len(list.Items) == 0:
				p.say("cli.records.suggest.none")
				return nil
			}
			var rows [][]string
			for _, s := range list.Items {
				rows = append(rows, []string{s.ID, s.Object, oneLine(s.Name), oneLine(s.Reason)})
			}
			return p.table(rows)
		})
	}, "person")
	c.Args = takes(1, 1)
	c.Flags().BoolVar(&meeting, "meeting", false, p.words.Text("cli.flag.meeting"))
	return p.described(c, "records.suggest", "records suggest ana@acme.test")
}

func personRow(p *apitype.Person) []string {
	return []string{p.ID, p.Object, oneLine(p.Name), oneLine(cmp.Or(p.Company, "–")), oneLine(p.Email)}
}
