package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fieldpost/daemon/words"
)

// Keys and codes that the commands name in full.
var (
	namedKey  = regexp.MustCompile(`(?:Text|say|hint)\("([a-z0-9_.]*[a-z0-9_])"[,)]`)
	namedCode = regexp.MustCompile(`(?:wrong|failed|Explain|refused)\("([a-z0-9_]+)"[,)]`)
)

func TestEachSentenceOfTheCommandsExistsInEachLanguage(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, match := range namedKey.FindAllStringSubmatch(string(text), -1) {
			keys = append(keys, match[1])
		}
		for _, match := range namedCode.FindAllStringSubmatch(string(text), -1) {
			keys = append(keys, "problem."+match[1]+".title")
		}
		for _, key := range keys {
			found++
			for _, lang := range words.Languages {
				if !words.In(lang).Has(key) {
					t.Errorf("%s: %s has no %s", source, lang, key)
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d sentences found: the commands are written otherwise now", found)
	}
}

func TestNoHelpSpeaksEnglishToAFrenchRep(t *testing.T) {
	p := &program{words: words.In("fr")}
	english := regexp.MustCompile(`\[flags\]|help for|\(default |Usage:|Flags:|Generate`)
	commands := p.root().Commands()
	for len(commands) > 0 {
		c := commands[0]
		commands = append(commands[1:], c.Commands()...)
		if fault := english.FindString(c.UsageString()); fault != "" {
			t.Errorf("%s --help says %q", c.CommandPath(), fault)
		}
		if c.Short == "" || strings.HasPrefix(c.Short, "cli.") {
			t.Errorf("%s has no words", c.CommandPath())
		}
	}
}
