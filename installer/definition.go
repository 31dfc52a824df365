package installer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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
	return placerOf(system, &service.Config{
		Name:        Name,
		Description: description,
		Executable:  executable,
		Option:      service.KeyValue{"UserService": true, option: text},
	})
}

func placerOf(system string, definition *service.Config) (placer, error) {
	for _, known := range service.AvailableSystems() {
		if known.String() == system {
			return known.New(nil, definition)
		}
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

func (d *definition) exists() bool { return lies(d.path) }

// lies tells whether there is a file at path.
func lies(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// inPlace tells whether our text of today lies there.
func (d *definition) inPlace() bool {
	text, err := d.read()
	return err == nil && text != "" && text == d.text
}

// write puts the definition in place by itself, whole or not at all: for what the
// library does not know.
func (d *definition) write() error {
	if current, err := d.read(); err != nil || current == d.text {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(d.path), 0o755); err != nil {
		return fileError(d.path, err)
	}
	draft := d.path + ".new"
	err := os.WriteFile(draft, []byte(d.text), 0o644)
	if err == nil {
		err = os.Rename(draft, d.path)
	}
	if err != nil {
		return fileError(d.path, errors.Join(err, (&definition{path: draft}).remove()))
	}
	return nil
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
