package main

import (
	"cmp"
	"os"
	"strings"

	"fieldpost/daemon/config"
	"fieldpost/daemon/words"
)

// askedLanguage finds the language before the flags are parsed, for the help and
// wrong usage are told in it as well: the flag's, else that of the settings, else
// the system's. Settings that cannot be read are told once they are needed.
func askedLanguage(args []string) string {
	if lang := flagOf(args, "lang"); lang != "" {
		return lang
	}
	system := config.SystemLanguages()
	paths, err := config.Locate(flagOf(args, "home"))
	if err != nil {
		return words.Match(system...)
	}
	asked := cmp.Or(flagOf(args, "policy"), os.Getenv("FIELDPOST_POLICY"))
	policy := func() string { return paths.PolicyFile(asked) }
	loaded, err := config.Load(config.Inputs{Paths: paths, Policy: policy, Environ: os.Environ()})
	if err != nil {
		return words.Match(system...)
	}
	return loaded.Settings().Language(system)
}

// flagOf finds the value of a flag in arguments that are not parsed yet.
func flagOf(args []string, name string) string {
	for i, arg := range args {
		if arg == "--"+name && i+1 < len(args) {
			return args[i+1]
		}
		if value, ok := strings.CutPrefix(arg, "--"+name+"="); ok {
			return value
		}
	}
	return ""
}
