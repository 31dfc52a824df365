package installer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Runner runs programs. Env is added to the program's own environment.
type Runner interface {
	// Run waits for the program and gives its stdout; an unhappy end is a *CommandError.
	Run(ctx context.Context, env []string, program string, args ...string) (stdout string, err error)
	// Spawn starts a program that outlives this one.
	Spawn(program string, args ...string) error
}

// CommandError is a program that ended with a code other than 0.
type CommandError struct {
	Code   int
	Output string // its stderr, else its stdout
}

func (e *CommandError) Error() string { return fmt.Sprintf("exit code %d: %s", e.Code, e.Output) }

// patience is how long a service manager may take; systemd waits for a stop.
const patience = 30 * time.Second

// System is the Runner of the real system.
type System struct{}

// Run runs a program for at most 30 s.
func (System) Run(ctx context.Context, env []string, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, program, args...)
	command.Env = append(os.Environ(), env...)
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ctx.Err() == nil {
		said := strings.TrimSpace(stderr.String())
		if said == "" {
			said = strings.TrimSpace(stdout.String())
		}
		return stdout.String(), &CommandError{Code: ended.ExitCode(), Output: said}
	}
	return stdout.String(), err
}

// Spawn starts a program in a session of its own.
func (System) Spawn(program string, args ...string) error {
	command := exec.Command(program, args...)
	command.SysProcAttr = detached()
	if err := command.Start(); err != nil {
		return err
	}
	return command.Process.Release()
}
