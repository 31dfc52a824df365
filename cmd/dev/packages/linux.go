package packages

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// nfpm packs for Debian and for rpm. It is a tool: the product does not know it.
const nfpm = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.4"

// maintainer is who a package names.
const maintainer = "The fieldpost maintainers <maintainers@fieldpost.example>"

func (b *builder) deb(ctx context.Context, p *programs) error {
	files, err := b.installed(ctx, p, "vendor-completions")
	if err != nil {
		return err
	}
	more, err := b.debian()
	if err != nil {
		return err
	}
	return b.nfpm(ctx, p, "deb", append(files, more...))
}

func (b *builder) rpm(ctx context.Context, p *programs) error {
	files, err := b.installed(ctx, p, "site-functions")
	if err != nil {
		return err
	}
	return b.nfpm(ctx, p, "rpm", files)
}

// nfpm lays the files as they will lie on the computer and packs them.
func (b *builder) nfpm(ctx context.Context, p *programs, packager string, files []file) error {
	root := filepath.Join(b.work, packager+"-"+p.arch)
	if err := lay(root, files, b.Epoch); err != nil {
		return err
	}
	env := []string{"GOFLAGS=", "VERSION=" + b.version.text, "ARCH=" + p.arch, "ROOT=" + root, "MAINTAINER=" + maintainer}
	return b.run(ctx, env, "go", "run", nfpm, "package", "--config", b.static("linux/nfpm.yaml"),
		"--packager", packager, "--target", b.finished(b.base(p)+"."+packager))
}

// installed are the files of deb and rpm; zsh is where its completions belong there.
func (b *builder) installed(ctx context.Context, p *programs, zsh string) ([]file, error) {
	return b.gather(ctx, p, []source{
		{to: "usr/bin/fieldpost", path: p.main, mode: 0o755},
		{to: "usr/share/applications/fieldpost.desktop", path: b.static("linux/fieldpost.desktop")},
		{to: "usr/share/icons/hicolor/scalable/apps/fieldpost.svg", path: filepath.Join(b.Root, "daemon/page/static/icon.svg")},
		{to: "usr/share/doc/fieldpost/copyright", path: b.static("linux/copyright")},
		{to: "usr/share/doc/fieldpost/policy.toml.example", path: b.static("policy/policy.toml")},
		{to: "usr/share/doc/fieldpost/THIRD_PARTY_LICENSES", licences: true},
		{to: "usr/share/bash-completion/completions/fieldpost", told: []string{"completion", "bash"}},
		{to: "usr/share/zsh/" + zsh + "/_fieldpost", told: []string{"completion", "zsh"}},
		{to: "usr/share/fish/vendor_completions.d/fieldpost.fish", told: []string{"completion", "fish"}},
		{to: "usr/share/man/man1/fieldpost.1.gz", told: []string{"help", "--man", "--lang", "en"}},
		{to: "usr/share/man/fr/man1/fieldpost.1.gz", told: []string{"help", "--man", "--lang", "fr"}},
	})
}

// debian are the files that Debian's policy asks for besides.
func (b *builder) debian() ([]file, error) {
	overrides, err := os.ReadFile(b.static("deb/lintian-overrides"))
	if err != nil {
		return nil, err
	}
	changelog := fmt.Sprintf("fieldpost (%s) stable; urgency=medium\n\n  * Version %s.\n\n -- %s  %s\n",
		strings.Replace(b.version.text, "-", "~", 1), b.version.text, maintainer, b.Epoch.Format(time.RFC1123Z))
	return []file{
		{"usr/share/lintian/overrides/fieldpost", 0o644, overrides},
		{"usr/share/doc/fieldpost/changelog.gz", 0o644, zipped([]byte(changelog))},
	}, nil
}
