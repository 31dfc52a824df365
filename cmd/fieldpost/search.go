package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) people() *cobra.Command { return p.group("people", p.peopleSearch()) }

func (p *program) records() *cobra.Command { return p.group("records", p.recordsSearch()) }

func (p *program) peopleSearch() *cobra.Command {
	var limit int
	c := p.command("search", func(c *cobra.Command, args []string) error {
		if limit < 1 {
			return wrong("cli_limit")
		}
		return p.atDesk(c.Context(), func(d desk) error {
			found, err := d.People(c.Context(), strings.Join(args, " "), limit)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(found)
			}
			if len(found.Items) == 0 {
				p.say("cli.people.none")
				return nil
			}
			var rows [][]string
			for _, person := range found.Items {
				rows = append(rows, []string{person.ID, person.Object, oneLine(person.Name), oneLine(cmp.Or(person.Company, "–")), oneLine(person.Email)})
			}
			return p.table(rows)
		})
	}, "text")
	return p.searching(c, &limit, "people.search", "people search mull an")
}

func (p *program) recordsSearch() *cobra.Command {
	var limit int
	var object string
	c := p.command("search", func(c *cobra.Command, args []string) error {
		if limit < 1 {
			return wrong("cli_limit")
		}
		return p.atDesk(c.Context(), func(d desk) error {
			found, err := d.Records(c.Context(), strings.Join(args, " "), object, limit)
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(found)
			}
			if len(found.Items) == 0 {
				p.say("cli.records.none")
				return nil
			}
			var rows [][]string
			for _, record := range found.Items {
				rows = append(rows, []string{record.ID, record.Object, oneLine(record.Name), oneLine(cmp.Or(record.Account, "–"))})
			}
			return p.table(rows)
		})
	}, "text")
	c.Flags().StringVar(&object, "object", "", p.words.Text("cli.flag.object"))
	return p.searching(c, &limit, "records.search", "records search oven --object Opportunity")
}

// searching gives a search what every one has.
func (p *program) searching(c *cobra.Command, limit *int, name, example string) *cobra.Command {
	c.Args = takes(1, anyNumber)
	c.Flags().IntVar(limit, "limit", 20, p.words.Text("cli.flag.limit_search"))
	hideDefault(c, "limit")
	return p.described(c, name, example)
}
