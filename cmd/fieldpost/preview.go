package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/apitype"
)

// preview prints what an activity becomes in Salesforce: each field with its value and
// the rules that shaped it.
func (p *program) preview(c *cobra.Command, id string) error {
	return p.atDesk(c.Context(), func(d desk) error {
		told, err := d.Preview(c.Context(), id)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(told)
		}
		p.record(&told)
		return nil
	})
}

// record prints a record with the reasons for its fields.
func (p *program) record(told *apitype.Preview) {
	fmt.Fprintln(p.out, told.Object)
	for _, field := range fieldsOf(told) {
		p.previewField(told, field)
	}
	p.explain(told.Problem)
	if told.FactsReadAt != nil {
		fmt.Fprintln(p.out, p.words.Text("cli.preview.read_at", "time", moment(*told.FactsReadAt)))
	}
}

// fieldsOf lists the fields that have a value or a reason for having none.
func fieldsOf(told *apitype.Preview) []string {
	fields := maps.Clone(told.Fields)
	for _, rule := range told.Rules {
		if _, there := fields[rule.Field]; !there {
			fields[rule.Field] = nil
		}
	}
	return slices.Sorted(maps.Keys(fields))
}

func (p *program) previewField(told *apitype.Preview, field string) {
	value := "–"
	if given := told.Fields[field]; given != nil {
		value = config.Text(given)
	}
	lines := strings.Split(strings.ReplaceAll(value, "\r\n", "\n"), "\n")
	fmt.Fprintf(p.out, "  %-16s %s\n", field, clean(lines[0]))
	for _, line := range lines[1:] {
		fmt.Fprintf(p.out, "  %-16s %s\n", "", clean(line))
	}
	for _, rule := range told.Rules {
		if rule.Field == field {
			fmt.Fprintf(p.out, "  %-16s   · %s\n", "", clean(rule.Detail))
		}
	}
}
