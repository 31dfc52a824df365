package installer

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
)

// sharedUnitPath is where systemd looks for what an administrator lets every user run.
const sharedUnitPath = "/etc/systemd/user/" + unitName

// sharedUnit is the unit of every user. kardianos/service has none of this kind, so
// the file is written here.
type sharedUnit struct {
	definition
	runner Runner
	// sessions lists the running user managers: one socket each, in a folder named by
	// the user's number.
	sessions string
}

func newSharedUnit(cfg Config) *sharedUnit {
	return &sharedUnit{
		definition: definition{path: sharedUnitPath, text: sharedUnitText(cfg.Executable, cfg.Args)},
		runner:     cfg.Runner, sessions: "/run/user/*/systemd/private",
	}
}

// install works while no systemd runs as well, as in an image that is being built.
func (u *sharedUnit) install(ctx context.Context) error {
	if err := u.write(); err != nil {
		return adminError(err)
	}
	if err := u.systemctl(ctx, "--global", "--quiet", "enable", unitName); err != nil {
		return errors.Join(err, u.remove())
	}
	u.inEachSession(ctx, "daemon-reload")
	return nil
}

func (u *sharedUnit) uninstall(ctx context.Context) error {
	if !u.exists() {
		return nil
	}
	if err := u.stop(ctx); err != nil {
		return err
	}
	if err := u.systemctl(ctx, "--global", "--quiet", "disable", unitName); err != nil {
		return err
	}
	if err := u.remove(); err != nil {
		return adminError(err)
	}
	u.inEachSession(ctx, "daemon-reload")
	u.inEachSession(ctx, "reset-failed", unitName)
	return nil
}

func (u *sharedUnit) stop(ctx context.Context) error {
	u.inEachSession(ctx, "stop", unitName)
	return nil
}

// inEachSession asks the manager of each user who has one running. One that is just
// ending need not answer.
func (u *sharedUnit) inEachSession(ctx context.Context, verb ...string) {
	sockets, _ := filepath.Glob(u.sessions) // only a bad pattern fails
	for _, socket := range sockets {
		user := filepath.Base(filepath.Dir(filepath.Dir(socket)))
		_ = u.systemctl(ctx, append([]string{"--user", "--machine=" + user + "@"}, verb...)...)
	}
}

func (u *sharedUnit) systemctl(ctx context.Context, args ...string) error {
	_, err := u.runner.Run(ctx, nil, "systemctl", args...)
	if errors.Is(err, exec.ErrNotFound) {
		return &Error{Code: CodeNoManager, Err: err}
	}
	return commandError(err, "systemctl", args...)
}
