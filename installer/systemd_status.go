package installer

import (
	"strconv"
	"strings"
	"syscall"
	"time"
)

// unitWanted are the properties that a Status is made of (systemd.unit D-Bus names).
const unitWanted = "LoadState,ActiveState,SubState,UnitFileState,FragmentPath,MainPID,NRestarts," +
	"ExecMainCode,ExecMainStatus,ExecMainExitTimestamp,ActiveEnterTimestamp,InactiveEnterTimestamp,StateChangeTimestamp"

type unitProperties map[string]string

func parseProperties(out string) unitProperties {
	properties := unitProperties{}
	for line := range strings.Lines(out) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		if ok {
			properties[name] = value
		}
	}
	return properties
}

func (p unitProperties) installed() bool {
	return p["LoadState"] != "" && p["LoadState"] != "not-found"
}

func (p unitProperties) atLogin() bool { return strings.HasPrefix(p["UnitFileState"], "enabled") }

func (p unitProperties) status() Status {
	if !p.installed() {
		return Status{State: NotInstalled}
	}
	state, since := p.state()
	status := Status{
		State: state, Since: p.time(since), File: p["FragmentPath"], AtLogin: p.atLogin(),
		PID: p.number("MainPID"), Restarts: p.number("NRestarts"), LastExit: p.lastExit(),
	}
	if state == CrashLooping && !status.Since.IsZero() {
		status.NextStart = status.Since.Add(restartDelay)
	}
	return status
}

// state tells what the unit does and which property says since when. A unit that
// waits for its next automatic restart is "activating", yet nothing runs.
func (p unitProperties) state() (State, string) {
	switch p["ActiveState"] {
	case "active", "reloading", "deactivating":
		return Running, "ActiveEnterTimestamp"
	case "activating":
		if strings.HasPrefix(p["SubState"], "auto-restart") {
			return CrashLooping, "StateChangeTimestamp"
		}
		return Running, "StateChangeTimestamp"
	}
	return Stopped, "InactiveEnterTimestamp"
}

// lastExit reads how the main process ended; its code is CLD_EXITED (1), else it
// was a signal.
func (p unitProperties) lastExit() *Exit {
	at := p.time("ExecMainExitTimestamp")
	if at.IsZero() {
		return nil
	}
	if p["ExecMainCode"] == "1" {
		return &Exit{Code: p.number("ExecMainStatus"), At: at}
	}
	signal := syscall.Signal(p.number("ExecMainStatus"))
	return &Exit{Code: 128 + int(signal), Signal: signal.String(), At: at}
}

func (p unitProperties) number(name string) int {
	number, _ := strconv.Atoi(p[name]) // absent is 0
	return number
}

// time reads systemd's own form; "n/a" and nothing are the zero time.
func (p unitProperties) time(name string) time.Time {
	at, err := time.Parse("Mon 2006-01-02 15:04:05 MST", p[name])
	if err != nil {
		return time.Time{}
	}
	return at
}
