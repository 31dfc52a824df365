package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"fieldpost/daemon/localapi/apitype"
)

// printJSON writes a result for programs.
func (p *program) printJSON(value any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// say writes a line of a result for people.
func (p *program) say(key string, pairs ...any) {
	fmt.Fprintln(p.out, p.words.Text(key, pairs...))
}

// hint writes a line beside the result, to stderr.
func (p *program) hint(key string, pairs ...any) {
	fmt.Fprintln(p.errOut, p.words.Text(key, pairs...))
}

// table writes rows in columns: cut to fit a screen, whole for a program that reads.
func (p *program) table(rows [][]string) error {
	cell := clean
	if isTerminal(p.out) {
		cell = oneLine
	}
	w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		for i := range row {
			row[i] = cell(row[i])
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// clean keeps a text from breaking a line, driving the terminal or turning its direction.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, text)
}

// oneLine is clean text that fits a column.
func oneLine(text string) string {
	text = clean(text)
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

func moment(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// explain writes a problem under what it belongs to.
func (p *program) explain(problem *apitype.Problem) {
	if problem == nil {
		return
	}
	fmt.Fprintf(p.out, "  %s (%s)\n", problem.Title, problem.Code)
	for _, line := range []string{problem.Detail, problem.Remedy} {
		if line != "" {
			fmt.Fprintln(p.out, "  "+line)
		}
	}
}

// letter prints the text for the administrator, where it is one who acts.
func (p *program) letter(problem *apitype.Problem) {
	if problem == nil || problem.ForAdmin == "" {
		return
	}
	fmt.Fprintln(p.out, "  "+p.words.Text("cli.for_admin"))
	for line := range strings.SplitSeq(problem.ForAdmin, "\n") {
		fmt.Fprintln(p.out, "    | "+clean(line))
	}
}
