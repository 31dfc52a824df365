package packages

import (
	"context"
	"errors"
	"io"
	"os"
	"time"
)

// tar is the plain archive for Linux.
func (b *builder) tar(ctx context.Context, p *programs) error {
	return b.archive(ctx, p, writeTar, ".tar.gz", append(b.common(), []source{
		{to: "fieldpost", path: p.main, mode: 0o755},
		{to: "completions/fieldpost.bash", told: []string{"completion", "bash"}},
		{to: "completions/_fieldpost", told: []string{"completion", "zsh"}},
		{to: "completions/fieldpost.fish", told: []string{"completion", "fish"}},
		{to: "man/man1/fieldpost.1.gz", told: []string{"help", "--man", "--lang", "en"}},
	}...))
}

// zip is the plain archive for Windows.
func (b *builder) zip(ctx context.Context, p *programs) error {
	return b.archive(ctx, p, writeZip, ".zip", append(b.common(), []source{
		{to: "fieldpost.exe", path: p.main},
		{to: "fieldpostw.exe", path: p.windowed},
		{to: "completions/fieldpost.ps1", told: []string{"completion", "powershell"}},
	}...))
}

// macos is the archive for macOS: install.sh puts its files where they belong.
func (b *builder) macos(ctx context.Context, p *programs) error {
	return b.archive(ctx, p, writeTar, ".tar.gz", append(b.common(), []source{
		{to: "fieldpost", path: p.main, mode: 0o755},
		{to: "install.sh", path: b.static("macos/install.sh"), mode: 0o755},
		{to: "uninstall.sh", path: b.static("macos/uninstall.sh"), mode: 0o755},
		{to: "README.md", path: b.static("macos/README.md")},
		{to: "scripts/postinstall", path: b.static("macos/scripts/postinstall"), mode: 0o755},
		{to: "Fieldpost.app/Contents/Info.plist", path: b.static("macos/Info.plist"), fill: true},
		{to: "Fieldpost.app/Contents/MacOS/Fieldpost", path: b.static("macos/Fieldpost"), mode: 0o755},
		{to: "Fieldpost.app/Contents/Resources/fieldpost.icns", path: b.static("macos/fieldpost.icns")},
		{to: "completions/_fieldpost", told: []string{"completion", "zsh"}},
		{to: "man/man1/fieldpost.1.gz", told: []string{"help", "--man", "--lang", "en"}},
	}...))
}

// common is in each archive.
func (b *builder) common() []source {
	return []source{
		{to: "THIRD_PARTY_LICENSES", licences: true},
		{to: "policy.toml.example", path: b.static("policy/policy.toml")},
	}
}

type archiver func(to io.Writer, folder string, files []file, at time.Time) error

// archive writes one archive.
func (b *builder) archive(ctx context.Context, p *programs, write archiver, extension string, sources []source) error {
	files, err := b.gather(ctx, p, sources)
	if err != nil {
		return err
	}
	out, err := os.Create(b.finished(b.base(p) + extension))
	if err != nil {
		return err
	}
	return errors.Join(write(out, b.base(p), files, b.Epoch), out.Close())
}
