package main

import (
	"errors"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"fieldpost/daemon/config"
	"fieldpost/daemon/words"
)

// program is one run of the command line.
type program struct {
	in          io.Reader
	out, errOut io.Writer
	words       *words.Printer

	home, policy, lang, logLevel string
	json                         bool
}

// root builds the tree of commands.
func (p *program) root() *cobra.Command {
	root := p.group("fieldpost")
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.HiddenDefaultCmd = false
	flags := root.PersistentFlags()
	flags.StringVar(&p.home, "home", "", p.words.Text("cli.flag.home"))
	flags.StringVar(&p.policy, "policy", "", p.words.Text("cli.flag.policy"))
	flags.StringVar(&p.lang, "lang", "", p.words.Text("cli.flag.lang"))
	flags.StringVar(&p.logLevel, "log-level", "", p.words.Text("cli.flag.log_level"))
	flags.BoolVar(&p.json, "json", false, p.words.Text("cli.flag.json"))
	root.SetUsageTemplate(p.usageTemplate())
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(
		p.demo(), p.runDaemon(), p.service(), p.auth(), p.capture(), p.outbox(), p.status(), p.config(), p.doctor(),
		p.open(), p.org(), p.sandbox(), p.version(), p.verifyStore(),
	)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}

// command makes a command that takes no arguments unless its maker says otherwise.
func (p *program) command(use string, run func(*cobra.Command, []string) error) *cobra.Command {
	return &cobra.Command{Use: use, RunE: run, Args: noArguments}
}

// described gives a command its words.
func (p *program) described(c *cobra.Command, name, example string) *cobra.Command {
	c.Short = p.words.Text("cli." + name)
	c.Example = "  fieldpost " + example
	return c
}

func noArguments(c *cobra.Command, args []string) error {
	if err := cobra.NoArgs(c, args); err != nil {
		return usage(err)
	}
	return nil
}

// exactly wants n arguments.
func exactly(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := cobra.ExactArgs(n)(c, args); err != nil {
			return usage(err)
		}
		return nil
	}
}

// group makes a noun that has verbs.
func (p *program) group(noun string, verbs ...*cobra.Command) *cobra.Command {
	c := p.command(noun, func(c *cobra.Command, _ []string) error {
		return errors.Join(c.Help(), usage(nil))
	})
	c.Short = p.words.Text("cli." + noun)
	c.AddCommand(verbs...)
	return c
}

// load reads the settings and takes the rep's language up.
func (p *program) load() (*config.Config, error) {
	paths, err := config.Locate(p.home)
	if err != nil {
		return nil, err
	}
	asked := p.policy
	if asked == "" {
		asked = os.Getenv("FIELDPOST_POLICY")
	}
	flags := map[string]string{}
	if p.lang != "" {
		flags["ui.language"] = p.lang
	}
	if p.logLevel != "" {
		flags["log.level"] = p.logLevel
	}
	loaded, err := config.Load(config.Inputs{Paths: paths, Policy: paths.PolicyFile(asked), Environ: os.Environ(), Flags: flags})
	if err != nil {
		return nil, err
	}
	p.words = words.In(loaded.Settings().Language(config.SystemLanguages()))
	return loaded, nil
}

// logger writes to stderr, for commands that work on the files themselves.
func (p *program) logger(settings *config.Config) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.errOut, &slog.HandlerOptions{Level: max(settings.Settings().Log.Level, slog.LevelWarn)}))
}

// usageTemplate is cobra's, told in the rep's language.
func (p *program) usageTemplate() string {
	t := p.words.Text
	return t("cli.usage.usage") + `{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} ` + t("cli.usage.verb") + `{{end}}{{if .HasExample}}

` + t("cli.usage.example") + `
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

` + t("cli.usage.commands") + `{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

` + t("cli.usage.flags") + `
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

` + t("cli.usage.global") + `
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`
}
