package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"fieldpost/sfclient/sandbox"
)

// A locked keyring of the desktop holds up what is sent, never what is captured, and
// nobody has to tell fieldpost that it is open again. It takes a session bus with
// gnome-keyring unlocked by the password pw: FIELDPOST_SECRET_SERVICE=daemon asks for it.
func TestALockedKeyringOnlyDelays(t *testing.T) {
	if os.Getenv("FIELDPOST_SECRET_SERVICE") != "daemon" {
		t.Skip("SKIPPED: FIELDPOST_SECRET_SERVICE=daemon locks and unlocks the keyring of a session bus of its own")
	}
	l := loneLaptop(t)
	l.env = []string{"FIELDPOST_KEYCHAIN_BACKEND=system", "DBUS_SESSION_BUS_ADDRESS=" + os.Getenv("DBUS_SESSION_BUS_ADDRESS")}
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	share := func(subject string) {
		t.Helper()
		began := time.Now()
		code, text := l.post(`{"kind":"share","channel":"link","subject":"` + subject + `","people":[{"email":"ana@kunde.test"}]}`)
		if code != 201 {
			t.Fatalf("POST answered %d %s", code, text)
		}
		t.Logf("%q was captured in %v", subject, time.Since(began).Round(time.Millisecond))
	}
	l.start()
	l.signIn()
	share("While unlocked")
	l.eventually("a delivery", func() bool { return l.status().Outbox.Delivered == 1 })
	l.kill()

	lockKeyring(t)
	l.start()
	l.eventually("the state that says unlock", func() bool { return l.warned("keychain_locked") })
	share("While locked")
	if got := l.status().Outbox; got.Waiting != 1 || got.Captured != 2 {
		t.Errorf("while locked %+v", got)
	}

	unlockKeyring(t)
	l.eventually("delivery after the unlocking", func() bool { return l.status().Outbox.Delivered == 2 })
	l.wantOnce("Task", "While unlocked", "While locked")
	l.eventually("end of the warning", func() bool { return !l.warned("keychain_locked") })
}

// lockKeyring locks every collection, as the screen lock of some desktops does.
func lockKeyring(t *testing.T) {
	t.Helper()
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	const service = "org.freedesktop.Secret.Service"
	secrets := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	all, err := secrets.GetProperty(service + ".Collections")
	if err != nil {
		t.Fatal(err)
	}
	if err := secrets.Call(service+".Lock", 0, all.Value()).Err; err != nil {
		t.Fatal(err)
	}
}

func unlockKeyring(t *testing.T) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "gnome-keyring-daemon", "--replace", "--unlock", "--components=secrets")
	c.Stdin = strings.NewReader("pw")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
