package bench

import (
	"bufio"
	"bytes"
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

	"fieldpost/cmd/dev/packages"
)

// build makes the program as it is shipped.
func build(ctx context.Context, folder string) (string, error) {
	program := filepath.Join(folder, "fieldpost")
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags="+packages.Tags, "-ldflags=-s -w -buildid=", "-o", program, "./cmd/fieldpost")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return program, nil
}

// process is the program's daemon on a home of its own.
type process struct {
	program, home string
	env           []string
	run           *exec.Cmd
}

// startDaemon starts it and returns once it answers.
func startDaemon(ctx context.Context, program, home string, env ...string) (*process, error) {
	p := &process{program: program, home: home, env: env}
	p.run = p.command(ctx, "run")
	logs, err := p.run.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.run.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(logs)
	var said bytes.Buffer
	for {
		line, err := lines.ReadString('\n')
		said.WriteString(line)
		if strings.Contains(line, `"msg":"ready"`) {
			go func() { _, _ = io.Copy(io.Discard, lines) }() // keeps the pipe empty
			return p, nil
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("the daemon never got ready: %s", said.String()), p.run.Wait())
		}
	}
}

// command is one of the program on the same home. No keychain, desktop or setting of the
// machine reaches it.
func (p *process) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, p.program, args...)
	c.Env = append(os.Environ(),
		"FIELDPOST_HOME="+p.home, "FIELDPOST_KEYCHAIN_BACKEND=file", "FIELDPOST_KEYCHAIN_PASSPHRASE=correct horse",
		"FIELDPOST_WEB_LISTEN=127.0.0.1:0", "FIELDPOST_UI_LANGUAGE=en", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	c.Env = append(c.Env, p.env...)
	return c
}

// stop ends the daemon and waits for it.
func (p *process) stop() error {
	if err := p.run.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return p.run.Wait()
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
