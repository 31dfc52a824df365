package installer

import "context"

// eventSource is where Windows learns which program's sentences the Event Log shows
// under our name. EventCreate.exe, part of Windows, shows any text as it is.
const eventSource = `HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\` + Name

// registerEventSource lets the daemon write to the Event Log. Without it the log file
// still has everything, so a refusal is none of the installation's.
func registerEventSource(ctx context.Context, runner Runner) {
	_, _ = runner.Run(ctx, nil, "reg", "add", eventSource, "/v", "EventMessageFile", "/t", "REG_EXPAND_SZ", "/d", `%SystemRoot%\System32\EventCreate.exe`, "/f")
	_, _ = runner.Run(ctx, nil, "reg", "add", eventSource, "/v", "TypesSupported", "/t", "REG_DWORD", "/d", "7", "/f")
}

func forgetEventSource(ctx context.Context, runner Runner) {
	_, _ = runner.Run(ctx, nil, "reg", "delete", eventSource, "/f")
}
