package packages

import (
	"context"
	"debug/buildinfo"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// programs are what is built for one system and architecture.
type programs struct {
	goos, arch string
	main       string   // path of fieldpost
	windowed   string   // Windows: of fieldpostw, which opens no console
	modules    []module // that are linked
}

// base is how the files for it are called.
func (b *builder) base(p *programs) string {
	system := strings.Replace(p.goos, "darwin", "macos", 1)
	return "fieldpost-" + b.version.text + "-" + system + "-" + p.arch
}

// programs builds, once for all formats, and writes the bill of materials.
func (b *builder) programs(ctx context.Context, goos, arch string) (*programs, error) {
	target := goos + "-" + arch
	if p := b.built[target]; p != nil {
		return p, nil
	}
	p := &programs{goos: goos, arch: arch, main: filepath.Join(b.work, target, "fieldpost")}
	if goos == "windows" {
		p.main += ".exe"
		p.windowed = filepath.Join(b.work, target, "fieldpostw.exe")
		if err := b.build(ctx, goos, arch, " -H=windowsgui", p.windowed); err != nil {
			return nil, err
		}
	}
	if err := b.build(ctx, goos, arch, "", p.main); err != nil {
		return nil, err
	}
	info, err := buildinfo.ReadFile(p.main)
	if err != nil {
		return nil, err
	}
	if p.modules, err = b.modules(ctx, info); err != nil {
		return nil, err
	}
	if err := b.signPrograms(ctx, p); err != nil {
		return nil, err
	}
	b.built[target] = p
	return p, b.writeBill(p)
}

// Tags leave out of the program what it never does: to compress a rotated log by zstd.
const Tags = "timberjack_nozstd"

func (b *builder) build(ctx context.Context, goos, arch, flags, to string) error {
	env := []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + arch, "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0"}
	return b.run(ctx, env, "go", "build", "-trimpath", "-buildvcs=false", "-tags="+Tags,
		"-ldflags=-s -w -buildid= -X main.version="+b.version.text+flags, "-o", to, "./cmd/fieldpost")
}

// told is what the program of this machine prints: it knows its own commands best.
func (b *builder) told(ctx context.Context, args ...string) ([]byte, error) {
	own := filepath.Join(b.work, "host", "fieldpost")
	if _, err := os.Stat(own); err != nil {
		if err := b.build(ctx, runtime.GOOS, runtime.GOARCH, "", own); err != nil {
			return nil, err
		}
	}
	return b.output(ctx, own, args...)
}
