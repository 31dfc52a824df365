package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
)

// stdin is the name by which a command takes its standard input for a file.
const stdin = "-"

func (p *program) captureFile() *cobra.Command {
	dry := false
	c := p.command("file", func(c *cobra.Command, args []string) error {
		if dry {
			return p.foresee(c, args)
		}
		return p.atDesk(c.Context(), func(d desk) error {
			var all []apitype.Outcome
			for _, name := range args {
				outcomes, err := p.captureNamed(c, d, name)
				if err != nil {
					return errors.Join(err, p.receipts(all)) // what was captured before is told
				}
				all = append(all, outcomes...)
			}
			return p.receipts(all)
		})
	}, "files")
	c.Args = takes(1, anyNumber)
	ofPaths(c)
	c.Flags().BoolVar(&dry, "dry-run", false, p.words.Text("cli.flag.dry_run"))
	return p.described(c, "capture.file", "capture file invitation.ics offer.eml")
}

// captureNamed captures one file. What is wrong with it is an outcome; an error is
// what would keep the next one from being captured too.
func (p *program) captureNamed(c *cobra.Command, d desk, name string) ([]apitype.Outcome, error) {
	data, problem := p.readFile(name)
	if problem != nil {
		return []apitype.Outcome{{File: name, Problem: problem}}, nil
	}
	var outcomes []apitype.Outcome
	var err error
	if name == stdin {
		outcomes, err = d.CaptureJSON(c.Context(), capture.WithoutMark(data))
	} else {
		outcomes, err = d.CaptureFiles(c.Context(), []client.File{{Name: filepath.Base(name), Data: data}})
	}
	if err != nil {
		problem := p.refusalOf(err)
		if problem == nil {
			return nil, err
		}
		outcomes = []apitype.Outcome{{Problem: problem}}
	}
	for i := range outcomes {
		outcomes[i].File = name
	}
	return outcomes, nil
}

// readFile reads a file as far as one may be long, or tells why it cannot be.
func (p *program) readFile(name string) ([]byte, *apitype.Error) {
	from := p.in
	if name != stdin {
		file, err := os.Open(name)
		if err != nil {
			return nil, p.unreadable(err)
		}
		defer file.Close()
		if info, err := file.Stat(); err == nil && info.IsDir() {
			return nil, refused("file_is_folder", "", p.words.Explain("file_is_folder", nil))
		}
		from = file
	}
	data, err := io.ReadAll(io.LimitReader(from, capture.MaxFileBytes+1))
	if err != nil {
		return nil, p.unreadable(err)
	}
	if len(data) > capture.MaxFileBytes {
		return nil, p.refusalOf(capture.Refuse(capture.TooLarge, "limit", fmt.Sprintf("%d MiB", capture.MaxFileBytes>>20)))
	}
	return data, nil
}

func (p *program) unreadable(err error) *apitype.Error {
	code := "file_unreadable"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		code = "file_missing"
	case errors.Is(err, fs.ErrPermission):
		code = "file_forbidden"
	}
	return refused(code, "", p.words.Explain(code, nil))
}

// receipts prints what was promised and what was refused, each with its file; a
// refusal among them fails the command.
func (p *program) receipts(outcomes []apitype.Outcome) error {
	if p.json {
		if err := p.printJSON(apitype.Receipts{Receipts: outcomes}); err != nil {
			return err
		}
	}
	code := exitDone
	for _, o := range outcomes {
		switch {
		case o.Problem != nil:
			p.refusedFile(o)
			if code == exitDone || isRefusal(o.Problem) {
				code = p.codeOfCapture(o.Problem)
			}
		case o.Receipt != nil && !p.json:
			p.promised(o.Receipt)
		}
	}
	if code == exitDone {
		return nil
	}
	return &codeError{code: code}
}

func (p *program) codeOfCapture(problem *apitype.Error) int {
	if isRefusal(problem) {
		return exitUsage
	}
	return codeOf(problem.Code)
}

// refusedFile names the file and what is wrong with it, and below it the way out.
func (p *program) refusedFile(o apitype.Outcome) {
	told := p.ofFile(o.File, o.Problem)
	fmt.Fprintln(p.errOut, told.Title)
	if told.Remedy != "" {
		fmt.Fprintln(p.errOut, "  "+told.Remedy)
	}
}

// ofFile begins what is wrong with the name of its file.
func (p *program) ofFile(name string, problem *apitype.Error) *apitype.Error {
	if name == stdin {
		name = p.words.Text("cli.stdin")
	}
	what := cmp.Or(problem.Detail, problem.Title)
	return &apitype.Error{
		Status: problem.Status, Code: problem.Code, Remedy: problem.Remedy,
		Title: p.words.Text("cli.capture.refused", "file", clean(name), "what", what),
	}
}
