package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manual writes the manual page of a command and all below it, in the man(7)
// language. cobra/doc would do it by way of Markdown and two more dependencies.
func (p *program) manual(out io.Writer, about *cobra.Command) error {
	var page strings.Builder
	title := strings.ToUpper(strings.ReplaceAll(about.CommandPath(), " ", "-"))
	fmt.Fprintf(&page, ".TH %s 1 \"\" %s %s\n", roffWord(title), roffWord("fieldpost "+version), roffWord("fieldpost"))
	p.manualSection(&page, "name")
	fmt.Fprintf(&page, "%s \\- %s\n", roff(strings.ReplaceAll(about.CommandPath(), " ", "-")), roff(about.Short))
	p.manualSection(&page, "synopsis")
	page.WriteString(p.synopsis(about))
	p.manualSection(&page, "commands")
	p.manualCommands(&page, about)
	p.manualSection(&page, "global")
	manualFlags(&page, about.Root().PersistentFlags())
	_, err := io.WriteString(out, page.String())
	return err
}

func (p *program) manualSection(page *strings.Builder, name string) {
	fmt.Fprintf(page, ".SH %s\n", roffWord(p.words.Text("cli.manual."+name)))
}

// manualCommands tells each command that does something; a noun only holds verbs.
func (p *program) manualCommands(page *strings.Builder, c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		fmt.Fprintf(page, ".SS %s\n%s.PP\n%s\n", roffWord(c.CommandPath()), p.synopsis(c), roff(c.Short))
		manualFlags(page, c.LocalNonPersistentFlags())
		if c.Example != "" {
			fmt.Fprintf(page, ".PP\n.EX\n%s\n.EE\n", roff(c.Example))
		}
		return
	}
	for _, verb := range c.Commands() {
		if verb.IsAvailableCommand() || verb.Name() == "help" {
			p.manualCommands(page, verb)
		}
	}
}

// synopsis is how a command is called.
func (p *program) synopsis(c *cobra.Command) string {
	rest := strings.TrimPrefix(c.UseLine(), c.CommandPath()) + " " + p.words.Text("cli.usage.options")
	if c.HasAvailableSubCommands() {
		rest = p.words.Text("cli.usage.verb")
	}
	return fmt.Sprintf(".B %s\n%s\n", roff(c.CommandPath()), roff(strings.TrimSpace(rest)))
}

func manualFlags(page *strings.Builder, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" && f.Shorthand == "" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := roff("--" + f.Name)
		if f.Shorthand != "" {
			name = roff("-"+f.Shorthand) + ", " + name
		}
		if value != "" {
			value = ` \fI` + roff(value) + `\fR`
		}
		fmt.Fprintf(page, ".TP\n\\fB%s\\fR%s\n%s\n", name, value, roff(usage))
	})
}

// roff keeps a text as it is: a backslash, a hyphen, and a dot or apostrophe that
// begins a line mean something else there.
func roff(text string) string {
	lines := strings.Split(strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

// roffWord is one argument of a request.
func roffWord(text string) string { return `"` + strings.ReplaceAll(roff(text), `"`, `\(dq`) + `"` }
