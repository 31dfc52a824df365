package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// The tools of a check and the versions they are held at.
const (
	gofumpt     = "mvdan.cc/gofumpt@v0.12.0"
	staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"
	deadcode    = "golang.org/x/tools/cmd/deadcode@v0.52.0"
)

// targets are the systems the product is built for.
var targets = []string{"linux/amd64", "windows/amd64", "darwin/arm64"}

// check runs every check, even after one has failed, and fails if any did. The
// walls between the rooms are held by the tests of cmd/dev.
func check(ctx context.Context, _ []string) error {
	return errors.Join(
		step("gofumpt", func() error { return formatted(ctx) }),
		step("vet on each system", func() error { return vetAll(ctx) }),
		step("staticcheck", func() error { return command(ctx, nil, "go", "run", staticcheck, "./...") }),
		step("deadcode", func() error { return noDeadCode(ctx) }),
		step("walls", func() error { return command(ctx, nil, "go", "test", "./cmd/dev/house") }),
	)
}

func step(name string, run func() error) error {
	fmt.Println("==", name)
	if err := run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func formatted(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "go", "run", gofumpt, "-l", ".").Output()
	if err != nil {
		return err
	}
	if files := strings.TrimSpace(string(out)); files != "" {
		return fmt.Errorf("not formatted:\n%s", files)
	}
	return nil
}

func vetAll(ctx context.Context) error {
	for _, target := range targets {
		system, arch, _ := strings.Cut(target, "/")
		env := []string{"GOOS=" + system, "GOARCH=" + arch, "CGO_ENABLED=0"}
		for _, verb := range []string{"build", "vet"} {
			if err := command(ctx, env, "go", verb, "./..."); err != nil {
				return fmt.Errorf("%s: %w", target, err)
			}
		}
	}
	return nil
}

// noDeadCode asks of the program and the tests together: what neither reaches is dead.
func noDeadCode(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "go", "run", deadcode, "-test", "./...").Output()
	if err != nil {
		return err
	}
	if dead := strings.TrimSpace(string(out)); dead != "" {
		return fmt.Errorf("never reached:\n%s", dead)
	}
	return nil
}

func test(ctx context.Context, args []string) error {
	return command(ctx, nil, "go", append([]string{"test", "-race", "./..."}, args...)...)
}

// benchmarks runs Go's own, and type-ahead beside its peers.
func benchmarks(ctx context.Context, args []string) error {
	return errors.Join(
		command(ctx, nil, "go", append([]string{"test", "-run=^$", "-bench=.", "-benchmem", "./..."}, args...)...),
		step("type-ahead beside SQLite FTS5", func() error { return typeahead(ctx, nil) }),
	)
}

func command(ctx context.Context, env []string, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	c.Env = append(os.Environ(), env...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return c.Run()
}
