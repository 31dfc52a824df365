package installer

import (
	"strconv"
	"strings"
	"time"
)

// restartDelay is how long a daemon that failed stays down.
const restartDelay = time.Second

// unitText renders the systemd user unit.
//
// A clean end stays ended (POST /v1/stop, systemctl stop), anything else is started
// again after a second, for ever. The hardening lines are those that a user manager
// can grant without privileges or user namespaces, which some distributions forbid:
// no Protect*, Private* or capability line is among them. The process stays able to
// write the user's files and to talk on the session bus (keyring, notifications);
// it could not start a browser as its own child, whose sandbox needs what is denied
// here, so pages are opened through the bus or by the command line.
func unitText(executable string, args []string) string { return unit(executable, args, "") }

// sharedUnitText renders the unit of every user. The login screen and other accounts of
// the system have user managers too, and nothing to share; nor has root.
func sharedUnitText(executable string, args []string) string {
	return unit(executable, args, "ConditionUser=!@system\n")
}

// unit renders a unit that is started under a condition, "" for none.
func unit(executable string, args []string, condition string) string {
	line := unitQuote(executable, false)
	for _, arg := range args {
		line += " " + unitQuote(arg, true)
	}
	return `[Unit]
Description=` + description + `
StartLimitIntervalSec=0
` + condition + `
[Service]
Type=exec
ExecStart=` + line + `
Restart=on-failure
RestartSec=` + strconv.Itoa(int(restartDelay.Seconds())) + `
TimeoutStopSec=10
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUSIDGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
`
}

// unitQuote quotes a word for ExecStart (systemd.service(5), "Command lines"): C
// escapes inside double quotes, % doubled against specifiers, $ doubled against
// variables, which the program's own path does not take.
func unitQuote(word string, variables bool) string {
	escapes := []string{`\`, `\\`, `"`, `\"`, `%`, `%%`, `{`, `\x7b`}
	if variables {
		escapes = append(escapes, `$`, `$$`)
	}
	return `"` + strings.NewReplacer(escapes...).Replace(word) + `"`
}
