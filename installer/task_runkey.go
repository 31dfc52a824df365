package installer

import (
	"context"
	"errors"
)

// runKey holds what Windows starts at a user's logon without any task.
const runKey = `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`

// addRunValue lets a Run key start a command line at logon, for a computer that
// refused the task.
func addRunValue(ctx context.Context, runner Runner, key, line string, refused error) error {
	if _, err := runner.Run(ctx, nil, "reg", "add", key, "/v", Name, "/t", "REG_SZ", "/d", line, "/f"); err != nil {
		return errors.Join(refused, commandError(err, "reg", "add", key))
	}
	return nil
}

func hasRunValue(ctx context.Context, runner Runner, key string) bool {
	_, err := runner.Run(ctx, nil, "reg", "query", key, "/v", Name)
	return err == nil
}

func forgetRunValue(ctx context.Context, runner Runner, key string) {
	if hasRunValue(ctx, runner, key) {
		_, _ = runner.Run(ctx, nil, "reg", "delete", key, "/v", Name, "/f") // a second start would only find the first running
	}
}
