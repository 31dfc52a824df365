package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/DeRuina/timberjack"
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
	root.CompletionOptions.DisableDefaultCmd = true
	flags := root.PersistentFlags()
	flags.StringVar(&p.home, "home", "", p.words.Text("cli.flag.home"))
	flags.StringVar(&p.policy, "policy", "", p.words.Text("cli.flag.policy"))
	flags.StringVar(&p.lang, "lang", "", p.words.Text("cli.flag.lang"))
	flags.StringVar(&p.logLevel, "log-level", "", p.words.Text("cli.flag.log_level"))
	flags.BoolVar(&p.json, "json", false, p.words.Text("cli.flag.json"))
	flags.BoolP("help", "h", false, p.words.Text("cli.flag.help"))
	root.SetUsageTemplate(p.usageTemplate())
	root.SetFlagErrorFunc(flagFault)
	root.PersistentPreRunE = checkTexts
	root.AddCommand(
		p.demo(), p.runDaemon(), p.service(), p.auth(), p.capture(), p.outbox(), p.status(), p.config(), p.doctor(),
		p.open(), p.org(), p.people(), p.records(), p.sandbox(), p.support(), p.completion(), p.version(), p.verifyStore(), p.verifyCopy(),
	)
	root.SetHelpCommand(p.help())
	root.InitDefaultHelpCmd()
	return root
}

// command makes a command that takes no arguments unless its maker says otherwise.
// args names those that it takes.
func (p *program) command(name string, run func(*cobra.Command, []string) error, args ...string) *cobra.Command {
	use := name
	for _, arg := range args {
		use += " " + p.words.Text("cli.arg."+arg)
	}
	return &cobra.Command{Use: use, RunE: run, Args: takes(0, 0), DisableFlagsInUseLine: true}
}

// described gives a command its words.
func (p *program) described(c *cobra.Command, name, example string) *cobra.Command {
	c.Short = p.words.Text("cli." + name)
	c.Example = "  fieldpost " + example
	return c
}

// group makes a noun that has verbs. Alone it is wrong usage, and its help no result.
func (p *program) group(noun string, verbs ...*cobra.Command) *cobra.Command {
	c := p.command(noun, func(c *cobra.Command, _ []string) error {
		c.SetOut(p.errOut)
		return errors.Join(c.Help(), &codeError{code: exitUsage})
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
	if err := checkHome(paths.State); err != nil {
		return nil, err
	}
	if err := p.checkPolicy(paths); err != nil {
		return nil, err
	}
	flags := map[string]string{}
	if p.lang != "" {
		flags["ui.language"] = p.lang
	}
	if p.logLevel != "" {
		flags["log.level"] = p.logLevel
	}
	asked := cmp.Or(p.policy, os.Getenv("FIELDPOST_POLICY"))
	policy := func() string { return paths.PolicyFile(asked) }
	loaded, err := config.Load(config.Inputs{Paths: paths, Policy: policy, Environ: os.Environ(), Flags: flags})
	if err != nil {
		return nil, err
	}
	p.words = words.In(loaded.Settings().Language(config.SystemLanguages()))
	return loaded, nil
}

// checkHome finds a file where the folder of our files should be.
func checkHome(state string) error {
	for at := state; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err == nil && !info.IsDir() {
			return failed("home_not_a_folder", "file", at)
		}
		if err == nil || at == filepath.Dir(at) {
			return nil
		}
	}
}

// checkPolicy finds that the policy asked for by the flag is not there: a typing
// error, while a policy that the environment names may come back.
func (p *program) checkPolicy(paths config.Paths) error {
	if p.policy == "" || paths.PolicyFile(p.policy) != p.policy {
		return nil
	}
	if _, err := os.Stat(p.policy); errors.Is(err, fs.ErrNotExist) {
		return failed("policy_missing", "file", p.policy)
	}
	return nil
}

// logger is for commands that work on the files themselves: it writes where the
// daemon does, for stderr is a person's, who asks for it with --log-level.
func (p *program) logger(settings *config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: settings.Settings().Log.Level}
	if p.logLevel != "" {
		return slog.New(slog.NewTextHandler(p.errOut, options))
	}
	return slog.New(slog.NewJSONHandler(logFile(settings), options))
}

// logFile is made by the first line that is written.
func logFile(settings *config.Config) *timberjack.Logger {
	return &timberjack.Logger{
		Filename: filepath.Join(settings.Paths().Logs, "fieldpost.log"), MaxSize: 10, MaxBackups: 5, FileMode: 0o600,
	}
}

// usageTemplate is cobra's, told in the rep's language.
func (p *program) usageTemplate() string {
	t := p.words.Text
	return t("cli.usage.usage") + `{{if .HasAvailableSubCommands}}
  {{.CommandPath}} ` + t("cli.usage.verb") + `{{else}}
  {{.UseLine}} ` + t("cli.usage.options") + `{{end}}{{if .HasExample}}

` + t("cli.usage.example") + `
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

` + t("cli.usage.commands") + `{{range .Commands}}{{if or .IsAvailableCommand (eq .Name "help")}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

` + t("cli.usage.flags") + `
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

` + t("cli.usage.global") + `
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`
}
