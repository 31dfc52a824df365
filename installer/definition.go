package installer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/kardianos/service"
)

// A placer is the part of kardianos/service that is used: it puts a definition
// where the system looks for it and takes it away.
type placer interface {
	Install() error
	Uninstall() error
}

// library gives the placer of one of kardianos/service's systems by name, for its
// own detection takes any container for a machine without systemd. The text is
// complete: kardianos's template engine, which quotes too little, finds nothing to
// fill in, for the renderers escape every opening brace.
func library(system, option, text, executable string) (placer, error) {
	for _, known := range service.AvailableSystems() {
		if known.String() != system {
			continue
		}
		return known.New(nil, &service.Config{
			Name:        Name,
			Description: description,
			Executable:  executable,
			Option:      service.KeyValue{"UserService": true, option: text},
		})
	}
	return nil, fmt.Errorf("no %s in this build", system)
}

// definition is the file by which a service manager knows the service.
type definition struct {
	path   string
	text   string
	placer placer
}

// read gives the text in place, "" where there is none.
func (d *definition) read() (string, error) {
	text, err := os.ReadFile(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(text), fileError(d.path, err)
}

func (d *definition) exists() bool {
	_, err := os.Lstat(d.path)
	return err == nil
}

// outdated tells whether there is a text and it is not ours of today.
func (d *definition) outdated() bool {
	text, err := d.read()
	return err == nil && text != "" && text != d.text
}

// place installs the definition anew. The library refuses where one lies and
// leaves an empty file where it fails (components.md section 1), so the old one is
// taken away first and put back after a failure.
func (d *definition) place() error {
	old, err := d.read()
	if err != nil {
		return err
	}
	if err := d.remove(); err != nil {
		return err
	}
	placed := d.placer.Install()
	if placed == nil {
		return nil
	}
	undo := d.remove()
	if old != "" {
		undo = errors.Join(undo, os.WriteFile(d.path, []byte(old), 0o644))
	}
	return &Error{Code: CodeFile, Path: d.path, Err: errors.Join(placed, undo)}
}

func (d *definition) remove() error {
	if err := os.Remove(d.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError(d.path, err)
	}
	return nil
}
