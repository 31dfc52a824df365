//go:build linux || darwin

package proxy

import (
	"context"
	"os"
	"os/exec"
	"time"
)

// runTime is how long a program of the system may take to tell its settings.
const runTime = 2 * time.Second

// told is what a program of the system prints, "" where it is absent or fails.
func told(ctx context.Context, program string, args ...string) string {
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	out, _ := exec.CommandContext(ctx, program, args...).Output()
	return string(out)
}

// script names the variable that holds the address of a proxy script, "" where none does.
func script() string {
	for _, name := range []string{"auto_proxy", "AUTO_PROXY"} {
		if os.Getenv(name) != "" {
			return name
		}
	}
	return ""
}
