package main

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Cobra's own sentences are English alone; here wrong usage is told by the words.

// takes checks that there are from least to most arguments.
func takes(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) >= least && len(args) <= most {
			return nil
		}
		if c.HasSubCommands() {
			return unknownCommand(c, args[0])
		}
		return wrong("cli_arguments", "use", c.UseLine(), "help", helpOf(c))
	}
}

// anyNumber is as many arguments as a command line holds.
const anyNumber = 1 << 20

func exactly(n int) cobra.PositionalArgs { return takes(n, n) }

func atMostOne(c *cobra.Command, args []string) error { return takes(0, 1)(c, args) }

func helpOf(c *cobra.Command) string { return c.CommandPath() + " --help" }

// unknownCommand names the closest command, where one is close.
func unknownCommand(c *cobra.Command, name string) error {
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(name); len(near) > 0 {
		return wrong("cli_unknown_command_near", "name", name, "near", c.CommandPath()+" "+near[0], "help", helpOf(c))
	}
	return wrong("cli_unknown_command", "name", name, "help", helpOf(c))
}

// flagFault tells what pflag found.
func flagFault(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	help := helpOf(c)
	switch {
	case errors.As(err, &unknown):
		return wrong("cli_unknown_flag", "flag", dashed(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames()), "help", help)
	case errors.As(err, &empty):
		return wrong("cli_flag_empty", "flag", "--"+empty.GetFlag().Name, "usage", empty.GetFlag().Usage, "help", help)
	case errors.As(err, &invalid):
		flag := invalid.GetFlag()
		return wrong("cli_flag_value", "flag", "--"+flag.Name, "value", invalid.GetValue(), "usage", flag.Usage, "help", help)
	}
	return wrong("cli_flags", "help", help)
}

func dashed(name, shorthands string) string {
	if shorthands != "" {
		return "-" + shorthands
	}
	return "--" + name
}

// apart refuses two flags of which one is enough.
func apart(c *cobra.Command, flags ...string) error {
	given := ""
	for _, flag := range flags {
		if !c.Flags().Changed(flag) {
			continue
		}
		if given != "" {
			return wrong("cli_exclusive", "one", "--"+given, "other", "--"+flag)
		}
		given = flag
	}
	return nil
}

// pathFlags may hold what is no text: a file system takes any bytes.
var pathFlags = map[string]bool{"home": true, "policy": true, "identity": true, "csv": true, "from": true}

// takesPaths marks a command whose arguments are files.
const takesPaths = "paths"

// ofPaths marks a command so.
func ofPaths(c *cobra.Command) { c.Annotations = map[string]string{takesPaths: "yes"} }

// checkTexts refuses what is no text before anything is made of it, for JSON would
// alter it silently.
func checkTexts(c *cobra.Command, args []string) error {
	var fault error
	c.Flags().Visit(func(f *pflag.Flag) {
		if fault == nil && !pathFlags[f.Name] && !allTexts(f) {
			fault = wrong("cli_not_text", "name", "--"+f.Name)
		}
	})
	if c.Annotations[takesPaths] != "" {
		return fault
	}
	for _, arg := range args {
		if fault == nil && !isText(arg) {
			fault = wrong("cli_not_text", "name", strings.ToValidUTF8(arg, "�"))
		}
	}
	return fault
}

// allTexts looks at each value of a flag: pflag prints several as one quoted text,
// in which a broken one could not be seen.
func allTexts(f *pflag.Flag) bool {
	values := []string{f.Value.String()}
	if several, ok := f.Value.(pflag.SliceValue); ok {
		values = several.GetSlice()
	}
	for _, value := range values {
		if !isText(value) {
			return false
		}
	}
	return true
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// hideDefault leaves the default of a flag to its words: pflag would print it in
// English.
func hideDefault(c *cobra.Command, name string) {
	flag := c.Flags().Lookup(name)
	flag.DefValue = "0"
	if flag.Value.Type() == "string" {
		flag.DefValue = ""
	}
}
