package keychain

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
)

// reachable reports whether there is a session bus to ask. Without one the D-Bus
// library would launch a bus and a keyring of its own, which outlive us and hold
// nothing.
func reachable() bool {
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address != "" && address != "autolaunch:" {
		return true
	}
	_, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid()))
	return err == nil
}

// locked recognises a Secret Service collection that stays locked: the library's
// own text, as it has no error value for it (components.md section 2).
func locked(err error) bool {
	var answer dbus.Error
	if errors.As(err, &answer) {
		return answer.Name == "org.freedesktop.Secret.Error.IsLocked"
	}
	return strings.HasPrefix(err.Error(), "failed to unlock correct collection")
}
