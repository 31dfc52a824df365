package installer

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
)

const unitName = Name + ".service"

// userUnit is the service under systemd's user manager.
type userUnit struct {
	definition
	runner  Runner
	account string
	booted  string     // a folder that exists where systemd is the system's manager
	forAll  definition // the unit of every user, where there is one
}

func newUserUnit(cfg Config, account *user.User) (*userUnit, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, &Error{Code: CodeNoUser, Err: err}
	}
	text := unitText(cfg.Executable, cfg.Args)
	placer, err := library("linux-systemd", "SystemdScript", text, cfg.Executable)
	if err != nil {
		return nil, &Error{Code: CodeNoManager, Err: err}
	}
	return &userUnit{
		definition: definition{path: filepath.Join(home, ".config", "systemd", "user", unitName), text: text, placer: placer},
		runner:     cfg.Runner, account: account.Username, booted: "/run/systemd/system", forAll: definition{path: sharedUnitPath, text: sharedUnitText(cfg.Executable, cfg.Args)},
	}, nil
}

func (u *userUnit) install(ctx context.Context) error {
	before, err := u.show(ctx)
	if err != nil {
		return err
	}
	if current, err := u.read(); err != nil || current == u.text && before.atLogin() {
		return err
	}
	if !u.exists() && u.forAll.inPlace() {
		return nil // what every user has runs the same
	}
	if err := u.place(); err != nil {
		return err
	}
	return u.systemctl(ctx, "try-restart", unitName)
}

// uninstall works without a user manager too, for the files alone would bring the
// service back at the next login.
func (u *userUnit) uninstall(ctx context.Context) error {
	if !u.exists() {
		return refuseForAll(u.forAll.path)
	}
	if err := u.reachable(ctx); err != nil {
		wanted := filepath.Join(filepath.Dir(u.path), "default.target.wants", unitName)
		return errors.Join((&definition{path: wanted}).remove(), u.remove())
	}
	if err := u.systemctl(ctx, "stop", unitName); err != nil {
		return err
	}
	if err := u.placer.Uninstall(); err != nil {
		return &Error{Code: CodeFile, Path: u.path, Err: err}
	}
	_, _ = u.runner.Run(ctx, nil, "systemctl", "--user", "reset-failed", unitName) // forgets a failure, where there was one
	return nil
}

func (u *userUnit) start(ctx context.Context) error { return u.verb(ctx, "start") }

func (u *userUnit) stop(ctx context.Context) error { return u.verb(ctx, "stop") }

func (u *userUnit) restart(ctx context.Context) error { return u.verb(ctx, "restart") }

func (u *userUnit) verb(ctx context.Context, verb string) error {
	known, err := u.show(ctx)
	if err != nil {
		return err
	}
	if !known.installed() {
		return &Error{Code: CodeNotInstalled}
	}
	return u.systemctl(ctx, verb, unitName)
}

func (u *userUnit) status(ctx context.Context) (Status, error) {
	known, err := u.show(ctx)
	if err != nil {
		if !u.exists() {
			return Status{State: NotInstalled}, nil
		}
		return Status{}, err
	}
	status := known.status()
	status.Outdated = u.outdated()
	return status, nil
}

// show reads the unit's properties, times in UTC.
func (u *userUnit) show(ctx context.Context) (unitProperties, error) {
	if err := u.reachable(ctx); err != nil {
		return nil, err
	}
	args := []string{"--user", "show", unitName, "--property=" + unitWanted}
	out, err := u.runner.Run(ctx, []string{"TZ=UTC", "LC_ALL=C"}, "systemctl", args...)
	if err != nil {
		return nil, commandError(err, "systemctl", "--user", "show", unitName)
	}
	return parseProperties(out), nil
}

// reachable tells a machine without systemd from a shell without a session.
func (u *userUnit) reachable(ctx context.Context) error {
	if _, err := os.Stat(u.booted); err != nil {
		return &Error{Code: CodeNoManager, Err: err}
	}
	if _, err := u.runner.Run(ctx, nil, "systemctl", "--user", "show", "--property=Version"); err != nil {
		failed := commandError(err, "systemctl", "--user").(*Error)
		failed.Code, failed.Account = CodeNoSession, u.account
		return failed
	}
	return nil
}

func (u *userUnit) systemctl(ctx context.Context, verb string, args ...string) error {
	args = append([]string{"--user", verb}, args...)
	_, err := u.runner.Run(ctx, nil, "systemctl", args...)
	return commandError(err, "systemctl", args...)
}
