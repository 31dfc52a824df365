// Package packages builds what IT installs: the program for each system, in the
// formats that its tools know, with licences, a bill of materials, checksums and
// signatures. Of one commit and version it makes the same bytes each time. It runs the
// tools of the trade; it imports nothing of the product, and nothing of it ships.
package packages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options say what to build.
type Options struct {
	Root        string    // the checkout; its installer/package holds what is not built
	Out         string    // folder for the packages; made where it is missing
	Version     string    // semantic version; "" is a pre-release of 0.0.0 named after the commit
	Only        []string  // formats, see Formats; none means all
	Epoch       time.Time // the time that files bear; zero is SOURCE_DATE_EPOCH, else the commit's
	WindowsCert string    // PEM of a code signing certificate; "" signs no program
	WindowsKey  string    // PEM of its key
	Timestamp   string    // URL of an RFC 3161 server: its stamp outlives the certificate; "" asks none
	MinisignKey string    // secret key for SHA256SUMS; "" signs none
	Log         io.Writer // what the tools print
}

// A format is one kind of file on one system.
type format struct {
	name, goos string
	archs      []string
	make       func(*builder, context.Context, *programs) error
}

func formats() []format {
	both := []string{"amd64", "arm64"}
	return []format{
		{"deb", "linux", both, (*builder).deb},
		{"rpm", "linux", both, (*builder).rpm},
		{"tar", "linux", both, (*builder).tar},
		{"msi", "windows", []string{"amd64"}, (*builder).msi},
		{"zip", "windows", both, (*builder).zip},
		{"macos", "darwin", both, (*builder).macos},
	}
}

// Formats names what Options.Only may hold.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Build writes the packages into o.Out, with SHA256SUMS over all that it made.
func Build(ctx context.Context, o Options) error {
	for _, name := range o.Only {
		if !slices.Contains(Formats(), name) {
			return fmt.Errorf("there is no format %q, only %s", name, strings.Join(Formats(), ", "))
		}
	}
	b, err := newBuilder(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(b.all(ctx), os.RemoveAll(b.work))
}

// builder is one run.
type builder struct {
	Options
	version version
	work    string               // a folder of its own
	built   map[string]*programs // by system and architecture
	made    []string             // names of the finished files in Out
}

func newBuilder(ctx context.Context, o Options) (*builder, error) {
	b := &builder{Options: o, built: map[string]*programs{}}
	var err error
	if b.Root, err = filepath.Abs(o.Root); err != nil {
		return nil, err
	}
	if b.Out, err = filepath.Abs(o.Out); err != nil {
		return nil, err
	}
	if b.Log == nil {
		b.Log = io.Discard
	}
	if b.Epoch, err = b.epoch(ctx); err != nil {
		return nil, err
	}
	if b.version, err = b.parseVersion(ctx); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.Out, 0o755); err != nil {
		return nil, err
	}
	b.work, err = os.MkdirTemp("", "fieldpost-packages")
	return b, err
}

func (b *builder) all(ctx context.Context) error {
	for _, f := range formats() {
		if len(b.Only) > 0 && !slices.Contains(b.Only, f.name) {
			continue
		}
		for _, arch := range f.archs {
			p, err := b.programs(ctx, f.goos, arch)
			if err != nil {
				return fmt.Errorf("%s/%s: %w", f.goos, arch, err)
			}
			if err := f.make(b, ctx, p); err != nil {
				return fmt.Errorf("%s for %s: %w", f.name, arch, err)
			}
		}
	}
	return b.sums(ctx)
}

// finished gives the path of a file for users, and remembers it for SHA256SUMS.
func (b *builder) finished(name string) string {
	b.made = append(b.made, name)
	return filepath.Join(b.Out, name)
}

// static is a file of installer/package.
func (b *builder) static(name string) string {
	return filepath.Join(b.Root, "installer", "package", filepath.FromSlash(name))
}

// run runs a tool in the checkout.
func (b *builder) run(ctx context.Context, env []string, name string, args ...string) error {
	return b.runIn(ctx, b.Root, env, name, args...)
}

func (b *builder) runIn(ctx context.Context, folder string, env []string, name string, args ...string) error {
	var said strings.Builder
	c := b.command(ctx, env, name, args...)
	c.Dir = folder
	c.Stdin = os.Stdin // minisign asks for the password of a key
	c.Stdout = io.MultiWriter(b.Log, &said)
	c.Stderr = c.Stdout
	return toolError(name, c.Run(), said.String())
}

// output is what a tool prints on its standard output.
func (b *builder) output(ctx context.Context, name string, args ...string) ([]byte, error) {
	var said strings.Builder
	c := b.command(ctx, nil, name, args...)
	c.Stderr = &said
	out, err := c.Output()
	return out, toolError(name, err, said.String())
}

func (b *builder) command(ctx context.Context, env []string, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = b.Root
	c.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C.UTF-8")
	if !b.Epoch.IsZero() {
		c.Env = append(c.Env, fmt.Sprintf("SOURCE_DATE_EPOCH=%d", b.Epoch.Unix()))
	}
	c.Env = append(c.Env, env...)
	return c
}

func toolError(name string, err error, said string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, said)
}
