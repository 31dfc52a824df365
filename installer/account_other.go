//go:build !windows

package installer

import (
	"context"
	"os/user"
)

func existingAccountService(Config, *user.User) manager { return nil }

func newAccountService(Config) (manager, error) { return nil, &Error{Code: CodeWindowsOnly} }

// RunAsService runs the daemon as a Windows service; there are none here.
func RunAsService(string, func(context.Context) error) error {
	return &Error{Code: CodeWindowsOnly}
}
