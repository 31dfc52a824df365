package installer

import (
	"strconv"
	"strings"
)

// parsePrint reads "launchctl print": lines of "name = value", of which the first
// of a name counts, for nested ones repeat names.
func parsePrint(out string) Status {
	given := map[string]string{}
	for line := range strings.Lines(out) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if _, known := given[name]; ok && !known {
			given[name] = value
		}
	}
	status := Status{State: Stopped, LastExit: launchExit(given)}
	status.PID, _ = strconv.Atoi(given["pid"])
	if runs, err := strconv.Atoi(given["runs"]); err == nil && runs > 0 {
		status.Restarts = runs - 1
	}
	switch {
	case given["state"] == "running":
		status.State = Running
	case status.LastExit != nil && status.LastExit.Code != 0:
		status.State = CrashLooping // KeepAlive starts it again after each such end
	}
	return status
}

// launchExit reads "last exit code = 1" or "1: Operation not permitted", and "last
// terminating signal = Killed: 9".
func launchExit(given map[string]string) *Exit {
	if name, number, ok := strings.Cut(given["last terminating signal"], ": "); ok {
		signal, err := strconv.Atoi(number)
		if err == nil {
			return &Exit{Code: 128 + signal, Signal: strings.ToLower(name)}
		}
	}
	code, _, _ := strings.Cut(given["last exit code"], ":")
	if number, err := strconv.Atoi(code); err == nil {
		return &Exit{Code: number}
	}
	return nil // "(never exited)"
}
