package packages

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// signPrograms signs what Windows looks at before it runs it; there is nothing of the
// kind on Linux, and on macOS only Apple's own tools sign.
func (b *builder) signPrograms(ctx context.Context, p *programs) error {
	if p.goos != "windows" {
		return nil
	}
	for _, program := range []string{p.main, p.windowed} {
		if err := b.signWindows(ctx, program); err != nil {
			return err
		}
	}
	return nil
}

// signWindows puts an Authenticode signature on a program or an msi. It bears the time
// of the signing, so what is signed differs each time.
func (b *builder) signWindows(ctx context.Context, path string) error {
	if b.WindowsCert == "" {
		return nil
	}
	signed := path + ".signed"
	args := []string{
		"sign", "-h", "sha256", "-certs", b.WindowsCert, "-key", b.WindowsKey, "-n", "fieldpost",
		"-in", path, "-out", signed,
	}
	if b.Timestamp != "" {
		args = append(args, "-ts", b.Timestamp)
	}
	if err := b.run(ctx, nil, "osslsigncode", args...); err != nil {
		return err
	}
	return os.Rename(signed, path)
}

// sums writes SHA256SUMS, in the form that sha256sum -c reads, and signs it.
func (b *builder) sums(ctx context.Context) error {
	slices.Sort(b.made)
	var lines strings.Builder
	for _, name := range b.made {
		data, err := os.ReadFile(filepath.Join(b.Out, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&lines, "%x  %s\n", sha256.Sum256(data), name)
	}
	path := filepath.Join(b.Out, "SHA256SUMS")
	if err := os.WriteFile(path, []byte(lines.String()), 0o644); err != nil || b.MinisignKey == "" {
		return err
	}
	return b.run(ctx, nil, "minisign", "-S", "-s", b.MinisignKey, "-m", path,
		"-t", "fieldpost "+b.version.text, "-x", path+".minisig")
}
