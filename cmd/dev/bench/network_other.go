//go:build !linux

package bench

import "syscall"

func inOwnNetwork() *syscall.SysProcAttr { return nil }
