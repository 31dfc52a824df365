package installer

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strings"
)

// windowlessName is the program built without a console, which Windows would else
// open for as long as the daemon runs.
const windowlessName = Name + "w.exe"

// windowless is the program without a console where one lies beside the executable.
func windowless(executable string) string {
	beside := filepath.Join(filepath.Dir(executable), windowlessName)
	if lies(beside) {
		return beside
	}
	return executable
}

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
	executable := windowless(cfg.Executable)
	return &taskScheduler{
		runner: cfg.Runner, daemon: cfg.Daemon, executable: executable, args: cfg.Args,
		name: taskName(account.Username),
		text: taskText(executable, cfg.Args, account.Uid),
	}
}

// taskName is a folder of ours and the account.
func taskName(account string) string {
	return taskFolder + plainName(account)
}

// plainName is an account in a form that tasks and services may be called by.
func plainName(account string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\/:*?"<>|`, r) {
			return '.'
		}
		return r
	}, account)
}

// install registers the task. /F replaces an older one; one that is right is left
// alone, for it may be running.
func (t *taskScheduler) install(ctx context.Context) error {
	if t.registered(ctx) {
		return nil
	}
	refused := createTask(ctx, t.runner, t.name, t.text)
	if refused == nil {
		forgetRunValue(ctx, t.runner, runKey)
		return nil
	}
	return addRunValue(ctx, t.runner, runKey, windowsCommandLine(append([]string{t.executable}, t.args...)), refused)
}

// createTask registers a task under a name.
func createTask(ctx context.Context, runner Runner, name, text string) error {
	file, err := os.CreateTemp("", "fieldpost-*.xml")
	if err != nil {
		return fileError(os.TempDir(), err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(utf16File(text))
	if err := errors.Join(err, file.Close()); err != nil {
		return fileError(file.Name(), err)
	}
	_, err = runner.Run(ctx, nil, "schtasks", "/Create", "/TN", name, "/XML", file.Name(), "/F")
	return commandError(err, "schtasks", "/Create", "/TN", name)
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
	forgetRunValue(ctx, t.runner, runKey)
	return nil
}

func (t *taskScheduler) start(ctx context.Context) error {
	_, known := t.query(ctx)
	if !known && !hasRunValue(ctx, t.runner, runKey) {
		return &Error{Code: CodeNotInstalled}
	}
	if t.daemon.Running(ctx) {
		return nil
	}
	if known {
		_, err := t.schtasks(ctx, "/Run", "/TN", t.name)
		return err
	}
	return commandError(t.runner.Spawn(t.executable, t.args...), t.executable)
}

func (t *taskScheduler) stop(ctx context.Context) error {
	_, known := t.query(ctx)
	if !known && !hasRunValue(ctx, t.runner, runKey) {
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
	case hasRunValue(ctx, t.runner, runKey):
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
	command, arguments, ok := t.action(ctx)
	return ok && (command != t.executable || arguments != windowsCommandLine(t.args))
}

// registered tells whether the task is there and runs what it should.
func (t *taskScheduler) registered(ctx context.Context) bool {
	command, arguments, ok := t.action(ctx)
	return ok && command == t.executable && arguments == windowsCommandLine(t.args)
}

func (t *taskScheduler) action(ctx context.Context) (command, arguments string, ok bool) {
	out, err := t.schtasks(ctx, "/Query", "/TN", t.name, "/XML", "ONE")
	if err != nil {
		return "", "", false
	}
	return action(out)
}

func (t *taskScheduler) schtasks(ctx context.Context, args ...string) (string, error) {
	out, err := t.runner.Run(ctx, nil, "schtasks", args...)
	return out, commandError(err, "schtasks", args...)
}
