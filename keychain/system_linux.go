package keychain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

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

const (
	secretService = "org.freedesktop.secrets"
	secretPath    = "/org/freedesktop/secrets"
	loginPath     = secretPath + "/collection/login"
	lookTime      = time.Second // how long the Secret Service has to tell whether it is locked
)

// shut asks the collection that the library uses, that of the login or else the
// default one, whether it is locked. One that does not tell counts as open: asking for
// the secret tells more.
func shut() bool {
	bus, err := dbus.SessionBus()
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	for _, path := range []dbus.ObjectPath{loginPath, secretPath + "/aliases/default"} {
		var locked dbus.Variant
		call := bus.Object(secretService, path).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, "org.freedesktop.Secret.Collection", "Locked")
		if call.Store(&locked) == nil {
			is, told := locked.Value().(bool)
			return told && is
		}
	}
	return false
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
