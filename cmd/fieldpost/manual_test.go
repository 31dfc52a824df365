package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"fieldpost/daemon/words"
)

func manualOf(t *testing.T, lang string) (string, *cobra.Command) {
	t.Helper()
	p := &program{words: words.In(lang)}
	root := p.root()
	var page strings.Builder
	if err := p.manual(&page, root); err != nil {
		t.Fatal(err)
	}
	return page.String(), root
}

func TestTheManualTellsEachCommandAndEachFlag(t *testing.T) {
	page, root := manualOf(t, "en")
	told := 0
	commands := []*cobra.Command{root}
	for len(commands) > 0 {
		c := commands[0]
		commands = append(commands[1:], c.Commands()...)
		if c.HasSubCommands() {
			continue
		}
		heading := ".SS " + roffWord(c.CommandPath()) + "\n"
		if strings.Contains(page, heading) == c.Hidden {
			t.Errorf("%s is hidden: %v; its heading stands there: %v", c.CommandPath(), c.Hidden, !c.Hidden)
		}
		told++
	}
	if told < 40 {
		t.Errorf("only %d commands were looked at", told)
	}
	for _, want := range []string{`\fB\-\-channel\fR \fIstring\fR`, `\fB\-h, \-\-help\fR`, `\-\-subject "Brochure 2027"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestTheManualIsToldInTheRepsLanguage(t *testing.T) {
	page, _ := manualOf(t, "fr")
	if !strings.Contains(page, `.SH "NOM"`) || strings.Contains(page, `.SH "NAME"`) {
		t.Error("the French page has English headings")
	}
}

func TestRoffTakesATextAsItIs(t *testing.T) {
	for text, want := range map[string]string{
		`C:\Users`:    `C:\eUsers`,
		".SH x\n'y":   "\\&.SH x\n\\&'y",
		"--json":      `\-\-json`,
		"a.b's":       "a.b's",
		"Boîte d’env": "Boîte d’env",
	} {
		if got := roff(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if got, want := roffWord(`say "hi"`), `"say \(dqhi\(dq"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
