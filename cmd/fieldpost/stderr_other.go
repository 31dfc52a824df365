//go:build !windows

package main

import (
	"io"
	"os"
)

// messages is where the program tells what is wrong, and what to call at its end.
func messages([]string) (io.Writer, func()) { return os.Stderr, func() {} }
