package keychain

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
)

// fake is the library's side of a system keychain, its Get, Set and Delete as a
// test wants them.
type fake struct {
	secret  string
	err     error
	hang    chan struct{} // a call waits until this is closed
	reached atomic.Int32
}

func (f *fake) call() error {
	f.reached.Add(1)
	if f.hang != nil {
		<-f.hang
	}
	return f.err
}

func (f *fake) Get(string, string) (string, error) { err := f.call(); return f.secret, err }
func (f *fake) Set(_, _, secret string) error {
	f.secret = secret
	return f.call()
}
func (f *fake) Delete(string, string) error { return f.call() }
func (f *fake) DeleteAll(string) error      { return errors.New("not for us") }

// unlocked is a keychain that is never locked.
func unlocked() bool { return false }

func fakeSystem(t *testing.T, f *fake) *System {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	return newSystem("fieldpost", f, unlocked)
}

func TestAKeychainThatHangsCountsAsLocked(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	synctest.Test(t, func(t *testing.T) {
		f := &fake{hang: make(chan struct{})}
		s := newSystem("fieldpost", f, unlocked)
		for range 3 {
			start := time.Now()
			_, err := s.Get(t.Context(), "name")
			if !errors.Is(err, ErrLocked) || time.Since(start) != CallTimeout {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		}
		if n := f.reached.Load(); n != 1 {
			t.Errorf("%d calls hang, one is enough", n)
		}
		close(f.hang) // the rep answers the prompt
		synctest.Wait()
		if _, err := s.Get(t.Context(), "name"); err != nil {
			t.Errorf("unlocked: %v", err)
		}
	})
}

func TestACallerThatGivesUpIsLetGo(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	synctest.Test(t, func(t *testing.T) {
		f := &fake{hang: make(chan struct{})}
		defer close(f.hang)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		err := newSystem("fieldpost", f, unlocked).Set(ctx, "name", "secret")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestTheLibrarysFailuresAreNamed(t *testing.T) {
	cases := []struct {
		err  error
		want *Error
	}{
		{keyring.ErrNotFound, ErrAbsent},
		{keyring.ErrSetDataTooBig, ErrTooBig},
		{errors.New("exit status 1: add-generic-password -w s3cret"), ErrUnavailable},
	}
	for _, c := range cases {
		_, err := fakeSystem(t, &fake{err: c.err}).Get(t.Context(), "name")
		if !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.err, err, c.want)
		}
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q repeats the secret", err)
		}
	}
}

// forgetful takes a secret and gives another back, as a tool does that cuts it.
type forgetful struct{ fake }

func (f *forgetful) Get(string, string) (string, error) { return f.secret[:1], nil }

func TestASecretThatIsNotKeptIsNoticed(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	if err := newSystem("fieldpost", &forgetful{}, unlocked).Set(t.Context(), "name", "secret"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

func TestTheSizesThatEachSystemTakes(t *testing.T) {
	cases := []struct {
		system string
		size   int
		fits   bool
	}{
		{"windows", 2560, true},
		{"windows", 2561, false},
		{"darwin", 2900, true},
		{"darwin", 3100, false},
		{"linux", 1 << 20, true},
	}
	for _, c := range cases {
		if got := fitsOn(c.system, "fieldpost", "refresh-token-a/0123456789", strings.Repeat("x", c.size)); got != c.fits {
			t.Errorf("%s %d: %v", c.system, c.size, got)
		}
	}
	if fitsOn("windows", strings.Repeat("s", 512), "n", "x") {
		t.Error("a Windows service of 512 bytes")
	}
}

func TestTheMacCommandIsCountedToTheByte(t *testing.T) {
	const command = "add-generic-password -U -s 'fieldpost' -a 'name' -w 'go-keyring-base64:c2VjcmV0'\n"
	if got := macCommand("fieldpost", "name", "secret"); got != len(command) {
		t.Errorf("%d, want %d", got, len(command))
	}
}

func TestALockedKeychainAsksTheRepOnceAnHourAndNoticesThatItIsOpen(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	synctest.Test(t, func(t *testing.T) {
		f := &fake{err: keyring.ErrUnsupportedPlatform}
		locked := true
		s := newSystem("fieldpost", f, func() bool { return locked })
		for range 8 * 60 {
			if _, err := s.Get(t.Context(), "name"); err == nil {
				t.Fatal("a locked keychain gave a secret")
			}
			time.Sleep(time.Minute)
		}
		if asked := f.reached.Load(); asked != 8 {
			t.Errorf("in 8 hours %d windows opened", asked)
		}
		locked, f.err = false, nil
		if _, err := s.Get(t.Context(), "name"); err != nil {
			t.Errorf("open again: %v", err)
		}
	})
}
