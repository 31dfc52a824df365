package keychain

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"testing"

	"github.com/godbus/dbus/v5"
)

// TestTheSecretServicesFailuresAreNamed is the table of components.md section 2.
func TestTheSecretServicesFailuresAreNamed(t *testing.T) {
	cases := []struct {
		err  error
		want *Error
	}{
		{errors.New("failed to unlock correct collection '/org/freedesktop/secrets/collection/login'"), ErrLocked},
		{errors.New("failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'"), ErrLocked},
		{dbus.Error{Name: "org.freedesktop.Secret.Error.IsLocked"}, ErrLocked},
		{dbus.Error{Name: "org.freedesktop.DBus.Error.ServiceUnknown", Body: []any{"The name org.freedesktop.secrets was not provided by any .service files"}}, ErrUnavailable},
		{&net.OpError{Op: "dial", Net: "unix", Err: os.ErrNotExist}, ErrUnavailable},
		{&exec.Error{Name: "dbus-launch", Err: exec.ErrNotFound}, ErrUnavailable},
	}
	for _, c := range cases {
		if got := classify(c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}

func TestWithoutABusNoneIsLaunched(t *testing.T) {
	if _, err := os.Stat("/run/user/0/bus"); err == nil && os.Getuid() == 0 {
		t.Skip("SKIP: this user has a session bus at its fixed place")
	}
	for _, address := range []string{"", "autolaunch:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		f := &fake{}
		if _, err := newSystem("fieldpost", f, unlocked).Get(t.Context(), "name"); !errors.Is(err, ErrUnavailable) || f.reached.Load() != 0 {
			t.Errorf("%q: %v, asked %d times", address, err, f.reached.Load())
		}
	}
}

func TestABusThatIsGoneIsNoKeychain(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/gone")
	if _, err := OpenSystem("fieldpost-test").Get(t.Context(), "name"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

// TestALockedKeyringIsToldApart runs against a gnome-keyring that nobody has
// unlocked.
func TestALockedKeyringIsToldApart(t *testing.T) {
	if os.Getenv("FIELDPOST_SECRET_SERVICE") != "locked" {
		t.Skip("SKIP: no locked keychain. Run under dbus-run-session in a fresh HOME with FIELDPOST_SECRET_SERVICE=locked")
	}
	s := OpenSystem("fieldpost-test")
	if _, err := s.Get(t.Context(), "name"); !errors.Is(err, ErrLocked) {
		t.Errorf("reading: %v", err)
	}
	if err := s.Set(t.Context(), "name", "secret"); !errors.Is(err, ErrLocked) {
		t.Errorf("writing: %v", err)
	}
}
