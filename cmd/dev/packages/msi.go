package packages

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// msi is the package for Windows. wixl takes the clock and chance into it, so faketime
// stops the clock, and the package's code comes from all that it is made of: Windows
// takes two packages with the same code for the same.
//
// The programs bear no version resource: over a file that has a version, Windows
// Installer never puts one for which the msi names none, and wixl names none.
func (b *builder) msi(ctx context.Context, p *programs) error {
	files, err := b.gather(ctx, p, []source{
		{to: "fieldpost.exe", path: p.main},
		{to: "fieldpostw.exe", path: p.windowed},
		{to: "fieldpost.ico", path: b.static("msi/fieldpost.ico")},
		{to: "policy.toml.example", path: b.static("policy/policy.toml")},
		{to: "THIRD_PARTY_LICENSES.txt", licences: true},
		{to: "fieldpost.wxs", path: b.static("msi/fieldpost.wxs")},
		{to: "tables.sql", path: b.static("msi/tables.sql")},
	})
	if err != nil {
		return err
	}
	if err := lay(b.msiFolder(), files, b.Epoch); err != nil {
		return err
	}
	const msi = "fieldpost.msi"
	err = b.atTheEpoch(ctx, "wixl", "-a", "x64", "-o", msi, "-D", "Version="+b.version.numbers,
		"-D", "ProductCode="+strings.ToUpper(uuid("product "+b.version.text)), "fieldpost.wxs")
	if err != nil {
		return err
	}
	queries, err := statements(filepath.Join(b.msiFolder(), "tables.sql"), b.version.numbers)
	if err != nil {
		return err
	}
	for _, query := range queries {
		if err := b.atTheEpoch(ctx, "msibuild", msi, "-q", query); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	if err := b.atTheEpoch(ctx, "msibuild", msi, "-s", "fieldpost", "fieldpost", "x64;1033", packageCode(files)); err != nil {
		return err
	}
	made := filepath.Join(b.msiFolder(), msi)
	if err := b.signWindows(ctx, made); err != nil {
		return err
	}
	data, err := os.ReadFile(made)
	if err != nil {
		return err
	}
	return os.WriteFile(b.finished(b.base(p)+".msi"), data, 0o644)
}

// msiFolder is where its files lie: wixl finds them beside its input alone.
func (b *builder) msiFolder() string { return filepath.Join(b.work, "msi") }

// atTheEpoch runs a tool there with its clock stopped at the time of the build.
func (b *builder) atTheEpoch(ctx context.Context, tool string, args ...string) error {
	at := b.Epoch.Format("2006-01-02 15:04:05")
	return b.runIn(ctx, b.msiFolder(), nil, "faketime", append([]string{"-f", at, tool}, args...)...)
}

func packageCode(files []file) string {
	all := sha256.New()
	for _, f := range files {
		fmt.Fprintf(all, "%s %d\n", f.name, len(f.data))
		all.Write(f.data)
	}
	return "{" + strings.ToUpper(uuid(fmt.Sprintf("package %x", all.Sum(nil)))) + "}"
}

// statements reads a file of SQL, a statement a line, with the version filled in.
func statements(path, version string) ([]string, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var all []string
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if line := lines.Text(); line != "" && !strings.HasPrefix(line, "--") {
			all = append(all, strings.ReplaceAll(line, "${VERSION}", version))
		}
	}
	return all, lines.Err()
}
