package installer

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
)

// AllUsers is the service of every user of this computer, as packages put it on: it
// starts at each user's next login. It takes an administrator. Its methods return an
// *Error.
type AllUsers struct{ manager sharedManager }

// A sharedManager is one system's way of running a service for every user.
type sharedManager interface {
	install(ctx context.Context) error
	uninstall(ctx context.Context) error
	stop(ctx context.Context) error
}

// NewForAllUsers prepares the service of every user. It changes nothing.
func NewForAllUsers(cfg Config) (*AllUsers, error) {
	cfg, err := checked(cfg)
	if err != nil {
		return nil, err
	}
	switch runtime.GOOS {
	case "windows":
		return &AllUsers{newGroupTask(cfg)}, nil
	case "darwin":
		return &AllUsers{newSharedAgent(cfg)}, nil
	}
	return &AllUsers{newSharedUnit(cfg)}, nil
}

// Install puts the service on. Twice is once: what differs, as after the program
// moved, is put right.
func (a *AllUsers) Install(ctx context.Context) error { return a.manager.install(ctx) }

// Uninstall ends every user's running service and takes it off; where there is none
// it does nothing. What users captured stays in their homes.
func (a *AllUsers) Uninstall(ctx context.Context) error { return a.manager.uninstall(ctx) }

// Stop ends every user's running service until each one's next login: what an
// installer needs before it replaces a program that Windows holds open.
func (a *AllUsers) Stop(ctx context.Context) error { return a.manager.stop(ctx) }

// refuseForAll refuses to take off for one user what lies there for every user.
func refuseForAll(path string) error {
	if !lies(path) {
		return nil
	}
	return &Error{Code: CodeForAllUsers, Path: path}
}

// adminError names what is wrong where a file or a command refused because the
// caller is no administrator.
func adminError(err error) error {
	var failed *Error
	if errors.As(err, &failed) && errors.Is(err, fs.ErrPermission) {
		return &Error{Code: CodeNotAdmin, Path: failed.Path, Err: failed.Err}
	}
	return err
}
