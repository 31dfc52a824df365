package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) people() *cobra.Command {
	return p.group("people", p.peopleSearch(), p.peopleShow(), p.peopleUnresolved(), p.peopleResolve(), p.peopleAnswers(), p.peopleAsk())
}

func (p *program) records() *cobra.Command {
	return p.group("records", p.recordsSearch(), p.recordsSuggest())
}

func (p *program) peopleSearch() *cobra.Command {
	return p.search("people", "people search mull an", func(c *cobra.Command, d desk, text string, limit int) (any, [][]string, error) {
		found, err := d.People(c.Context(), text, limit)
		var rows [][]string
		for _, person := range found.Items {
			rows = append(rows, personRow(&person))
		}
		return found, rows, err
	})
}

func (p *program) recordsSearch() *cobra.Command {
	var object string
	c := p.search("records", "records search oven --object Opportunity", func(c *cobra.Command, d desk, text string, limit int) (any, [][]string, error) {
		found, err := d.Records(c.Context(), text, object, limit)
		var rows [][]string
		for _, record := range found.Items {
			rows = append(rows, []string{record.ID, record.Object, oneLine(record.Name), oneLine(cmp.Or(record.Account, "–"))})
		}
		return found, rows, err
	})
	c.Flags().StringVar(&object, "object", "", p.words.Text("cli.flag.object"))
	return c
}

// search makes the command that searches a noun: find gives the answer, and a row for each
// that was found.
func (p *program) search(noun, example string, find func(c *cobra.Command, d desk, text string, limit int) (any, [][]string, error)) *cobra.Command {
	var limit int
	c := p.command("search", func(c *cobra.Command, args []string) error {
		if limit < 1 {
			return wrong("cli_limit")
		}
		return p.atDesk(c.Context(), func(d desk) error {
			found, rows, err := find(c, d, strings.Join(args, " "), limit)
			switch {
			case err != nil:
				return err
			case p.json:
				return p.printJSON(found)
			case len(rows) == 0:
				p.say("cli." + noun + ".none")
				return nil
			}
			return p.table(rows)
		})
	}, "text")
	c.Args = takes(1, anyNumber)
	c.Flags().IntVar(&limit, "limit", 20, p.words.Text("cli.flag.limit_search"))
	hideDefault(c, "limit")
	return p.described(c, noun+".search", example)
}
