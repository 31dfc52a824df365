package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
)

// doctor prints every check. What it finds decides no exit code: that is for status.
func (p *program) doctor() *cobra.Command {
	var writeTest bool
	c := p.command("doctor", func(c *cobra.Command, _ []string) error {
		return p.withDaemon(c.Context(), func(d *client.Client) error {
			checks, err := d.Doctor(c.Context())
			if err != nil {
				return err
			}
			if writeTest {
				written, err := d.WriteTest(c.Context())
				if err != nil {
					return err
				}
				checks = append(checks, written...)
			}
			if p.json {
				return p.printJSON(map[string]any{"items": checks})
			}
			p.checks(checks)
			return nil
		})
	})
	c.Flags().BoolVar(&writeTest, "write-test", false, p.words.Text("cli.flag.write_test"))
	return p.described(c, "doctor", "doctor --write-test")
}

func (p *program) checks(checks []apitype.Check) {
	for _, check := range checks {
		fmt.Fprintf(p.out, "%-8s %s\n", p.words.Text("cli.doctor."+check.Result), clean(check.Title))
		if check.Result == "ok" || check.Result == "skipped" {
			continue
		}
		for _, line := range []string{check.Detail, check.Remedy} {
			if line != "" {
				fmt.Fprintln(p.out, "         "+clean(line))
			}
		}
		if check.Who != "" {
			fmt.Fprintln(p.out, "         "+p.words.Text("cli.who."+string(check.Who)))
		}
	}
}
