// Package notifytest is a desktop for tests: it takes notes on a real session bus as any
// notification service does, and clicks them.
package notifytest

import (
	"fmt"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	name = "org.freedesktop.Notifications"
	path = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// Shown is a note as the desktop got it.
type Shown struct {
	ID          uint32
	Title, Text string
	Actions     []string
}

// Desktop is a notification service on the session bus.
type Desktop struct {
	// Shown gives each note.
	Shown chan Shown

	t    *testing.T
	conn *dbus.Conn
	can  []string
	last uint32
}

// New takes the place of the desktop on the session bus until the test ends.
func New(t *testing.T, can ...string) *Desktop {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	d := &Desktop{Shown: make(chan Shown, 16), t: t, conn: conn, can: can}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.Export(service{d}, path, name); err != nil {
		t.Fatal(err)
	}
	if reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("the bus has a desktop already: %v %v", reply, err)
	}
	return d
}

// Click clicks a note.
func (d *Desktop) Click(id uint32) {
	d.t.Helper()
	if err := d.conn.Emit(path, name+".ActionInvoked", id, "default"); err != nil {
		d.t.Fatal(err)
	}
}

// service has the methods that the bus calls.
type service struct{ d *Desktop }

// GetCapabilities tells what this desktop can do.
func (s service) GetCapabilities() ([]string, *dbus.Error) { return s.d.can, nil }

// Notify takes a note.
func (s service) Notify(app string, _ uint32, _, title, text string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	if app != "fieldpost" {
		return 0, dbus.MakeFailedError(fmt.Errorf("from %q", app))
	}
	s.d.last++
	s.d.Shown <- Shown{ID: s.d.last, Title: title, Text: text, Actions: actions}
	return s.d.last, nil
}
