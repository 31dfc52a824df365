package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
)

// foresee prints what files would be captured as, and what that would become in
// Salesforce. Nothing is captured; a file that would be refused fails the command.
func (p *program) foresee(c *cobra.Command, names []string) error {
	return p.atDesk(c.Context(), func(d desk) error {
		told := apitype.ForeseenList{Items: []apitype.Foreseen{}}
		for _, name := range names {
			entries, err := p.foreseeNamed(c, d, name)
			if err != nil {
				return err
			}
			told.Items = append(told.Items, entries...)
		}
		return p.foreseen(told)
	})
}

func (p *program) foreseeNamed(c *cobra.Command, d desk, name string) ([]apitype.Foreseen, error) {
	data, problem := p.readFile(name)
	if problem != nil {
		return []apitype.Foreseen{{Refused: problem, File: name}}, nil
	}
	base := filepath.Base(name)
	if name == stdin {
		base = "stdin.json"
	}
	entries, err := d.Foresee(c.Context(), []client.File{{Name: base, Data: data}})
	for i := range entries {
		entries[i].File = name
	}
	return entries, err
}

func (p *program) foreseen(told apitype.ForeseenList) error {
	code := exitDone
	for _, entry := range told.Items {
		if entry.Refused != nil {
			code = max(code, p.codeOfCapture(entry.Refused))
		}
	}
	if p.json {
		if err := p.printJSON(told); err != nil {
			return err
		}
	}
	for i := range told.Items {
		entry := &told.Items[i]
		switch {
		case entry.Refused != nil:
			p.refusedFile(apitype.Outcome{File: entry.File, Problem: entry.Refused})
		case !p.json:
			if err := p.entry(entry); err != nil {
				return err
			}
		}
	}
	if code == exitDone {
		return nil
	}
	return &codeError{code: code}
}

// entry prints one activity as it would be captured, and its record.
func (p *program) entry(entry *apitype.Foreseen) error {
	standing := "cli.foreseen.new"
	switch {
	case entry.Changes:
		standing = "cli.foreseen.changes"
	case entry.ID != "":
		standing = "cli.foreseen.known"
	}
	fmt.Fprintln(p.out, p.words.Text(standing, "file", clean(entry.File), "id", entry.ID))
	if err := p.item(&entry.Item); err != nil {
		return err
	}
	p.record(entry.Preview)
	fmt.Fprintln(p.out)
	return nil
}
