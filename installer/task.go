package installer

import (
	"context"
	"errors"
	"os"
	"os/user"
	"strings"
)

// runKey holds what Windows starts at a user's logon without any task.
const runKey = `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`

// taskScheduler is the service as a logon task of Windows, for kardianos/service
// has no per-user service there. Where the company forbids tasks, a value of the
// Run key starts it at logon, without restarts.
type taskScheduler struct {
	runner     Runner
	daemon     Daemon
	executable string
	args       []string
	name       string // of the task; tasks of all users share one space
	text       string
}

func newTaskScheduler(cfg Config, account *user.User) *taskScheduler {
	return &taskScheduler{
		runner: cfg.Runner, daemon: cfg.Daemon, executable: cfg.Executable, args: cfg.Args,
		name: taskName(account.Username),
		text: taskText(cfg.Executable, cfg.Args, account.Uid),
	}
}

// taskName is a folder of ours and the account, without what a file name forbids.
func taskName(account string) string {
	return `\fieldpost\` + strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\/:*?"<>|`, r) {
			return '.'
		}
		return r
	}, account)
}

// install registers the task. /F replaces an older one, so twice is once.
func (t *taskScheduler) install(ctx context.Context) error {
	refused := t.register(ctx)
	if refused == nil {
		t.forgetRunValue(ctx)
		return nil
	}
	line := windowsCommandLine(append([]string{t.executable}, t.args...))
	if _, err := t.runner.Run(ctx, nil, "reg", "add", runKey, "/v", Name, "/t", "REG_SZ", "/d", line, "/f"); err != nil {
		return errors.Join(refused, commandError(err, "reg", "add", runKey))
	}
	return nil
}

func (t *taskScheduler) register(ctx context.Context) error {
	file, err := os.CreateTemp("", "fieldpost-*.xml")
	if err != nil {
		return fileError(os.TempDir(), err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(utf16File(t.text))
	if err := errors.Join(err, file.Close()); err != nil {
		return fileError(file.Name(), err)
	}
	_, err = t.schtasks(ctx, "/Create", "/TN", t.name, "/XML", file.Name(), "/F")
	return err
}

func (t *taskScheduler) uninstall(ctx context.Context) error {
	if err := t.end(ctx); err != nil {
		return err
	}
	if _, known := t.query(ctx); known {
		if _, err := t.schtasks(ctx, "/Delete", "/TN", t.name, "/F"); err != nil {
			return err
		}
	}
	t.forgetRunValue(ctx)
	return nil
}

func (t *taskScheduler) start(ctx context.Context) error {
	if _, known := t.query(ctx); known {
		_, err := t.schtasks(ctx, "/Run", "/TN", t.name)
		return err
	}
	if !t.hasRunValue(ctx) {
		return &Error{Code: CodeNotInstalled}
	}
	if t.daemon.Running(ctx) {
		return nil
	}
	return commandError(t.runner.Spawn(t.executable, t.args...), t.executable)
}

func (t *taskScheduler) stop(ctx context.Context) error {
	_, known := t.query(ctx)
	if !known && !t.hasRunValue(ctx) {
		return &Error{Code: CodeNotInstalled}
	}
	return t.end(ctx)
}

// end asks the daemon to stop, and ends the task where that does not help.
func (t *taskScheduler) end(ctx context.Context) error {
	var asked error
	if t.daemon.Running(ctx) {
		asked = t.daemon.Stop(ctx)
	}
	if status, known := t.query(ctx); known && status.State == Running {
		_, err := t.schtasks(ctx, "/End", "/TN", t.name)
		return err
	}
	return asked
}

func (t *taskScheduler) restart(ctx context.Context) error {
	if err := t.stop(ctx); err != nil {
		return err
	}
	return t.start(ctx)
}

func (t *taskScheduler) status(ctx context.Context) (Status, error) {
	status, known := t.query(ctx)
	switch {
	case known:
		status.File = t.name
		status.Outdated = t.outdated(ctx)
	case t.hasRunValue(ctx):
		status = Status{State: Stopped, File: runKey}
	default:
		return Status{State: NotInstalled}, nil
	}
	status.AtLogin = true
	if t.daemon.Running(ctx) {
		status.State = Running
	}
	return status, nil
}

// outdated compares what the task runs with what it should.
func (t *taskScheduler) outdated(ctx context.Context) bool {
	out, err := t.schtasks(ctx, "/Query", "/TN", t.name, "/XML", "ONE")
	if err != nil {
		return false
	}
	command, arguments, ok := action(out)
	return ok && (command != t.executable || arguments != windowsCommandLine(t.args))
}

func (t *taskScheduler) hasRunValue(ctx context.Context) bool {
	_, err := t.runner.Run(ctx, nil, "reg", "query", runKey, "/v", Name)
	return err == nil
}

func (t *taskScheduler) forgetRunValue(ctx context.Context) {
	if t.hasRunValue(ctx) {
		_, _ = t.runner.Run(ctx, nil, "reg", "delete", runKey, "/v", Name, "/f") // a second start would only find the first running
	}
}

func (t *taskScheduler) schtasks(ctx context.Context, args ...string) (string, error) {
	out, err := t.runner.Run(ctx, nil, "schtasks", args...)
	return out, commandError(err, "schtasks", args...)
}
