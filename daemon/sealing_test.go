package daemon

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"fieldpost/daemon/config"
	"fieldpost/keychain"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// homeAt opens the home at folder as a start of the program does.
func homeAt(t *testing.T, folder string, secrets Secrets) *Home {
	t.Helper()
	paths, err := config.Locate(folder)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := config.Load(config.Inputs{Paths: paths})
	if err != nil {
		t.Fatal(err)
	}
	home, err := OpenHome(t.Context(), settings, secrets, Verify{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return home
}

func captureInto(t *testing.T, home *Home, subject string) string {
	t.Helper()
	receipt, err := home.Intake.One(t.Context(), outbox.Draft{Source: outbox.FromCLI, Activity: activity.Activity{
		Kind: activity.Share, Channel: activity.Email, Subject: subject, People: []activity.Person{{Email: "ana@kunde.test"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return receipt.ID
}

func subjectIn(t *testing.T, home *Home, id string) string {
	t.Helper()
	item, err := home.Outbox.Get(id)
	if err != nil {
		t.Fatal(err)
	}
	if item.Sealed {
		return "sealed"
	}
	return item.Activity.Subject
}

func closed(t *testing.T, home *Home) {
	t.Helper()
	if err := home.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsCapturedAfterTheKeychainLostTheKeyIsReadableAfterARestart(t *testing.T) {
	folder, secrets := t.TempDir(), &keychain.Memory{}
	home := homeAt(t, folder, secrets)
	before := captureInto(t, home, "before")
	closed(t, home)

	wiped := &keychain.Memory{}
	home = homeAt(t, folder, wiped)
	if err := home.OpenSeal(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := captureInto(t, home, "after")
	if n, err := home.sealedForGood(); n != 1 || err != nil {
		t.Errorf("%d are told as sealed, %v", n, err)
	}
	closed(t, home)

	home = homeAt(t, folder, wiped)
	if err := home.OpenSeal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := subjectIn(t, home, after); got != "after" {
		t.Errorf("what was captured since reads %q", got)
	}
	if got := subjectIn(t, home, before); got != "sealed" {
		t.Errorf("what the lost key sealed reads %q", got)
	}
	closed(t, home)

	both := &keychain.Memory{} // the old keychain came back beside the new one
	copySecrets(t, both, secrets, home.sealing.current().Lost...)
	copySecrets(t, both, wiped, home.sealing.stored.secretName())
	home = homeAt(t, folder, both)
	if err := home.OpenSeal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := subjectIn(t, home, before); got != "before" {
		t.Errorf("with the old key back it reads %q", got)
	}
	closed(t, home)
}

func copySecrets(t *testing.T, to, from *keychain.Memory, names ...string) {
	t.Helper()
	for _, name := range names {
		secret, err := from.Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if err := to.Set(t.Context(), name, secret); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFirstStartWithALockedKeychainCapturesWhatARestartCanRead(t *testing.T) {
	folder := t.TempDir()
	locked := &keychain.Memory{Before: func(context.Context, string, string) error { return keychain.ErrLocked }}
	home := homeAt(t, folder, locked)
	id := captureInto(t, home, "while locked")
	closed(t, home)
	home = homeAt(t, folder, locked)
	if err := home.OpenSeal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := subjectIn(t, home, id); got != "while locked" {
		t.Errorf("after a restart it reads %q", got)
	}
	if inFile, _ := home.sealing.exposed(); !inFile {
		t.Error("nobody is told that the key lies on the disk")
	}
	closed(t, home)
	open := &keychain.Memory{}
	home = homeAt(t, folder, open)
	if err := home.OpenSeal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if inFile, _ := home.sealing.exposed(); inFile {
		t.Error("the unlocked keychain did not take the key")
	}
	closed(t, home)
}

func TestStatusAndSignInMayAskWhileTheKeeperOpensTheSeal(t *testing.T) {
	folder := t.TempDir()
	closed(t, homeAt(t, folder, &keychain.Memory{}))
	home := homeAt(t, folder, &keychain.Memory{}) // it lost the key: opening begins a new one
	defer closed(t, home)
	opened := make(chan error)
	go func() { opened <- home.OpenSeal(t.Context()) }()
	for {
		select {
		case err := <-opened:
			if err != nil {
				t.Fatal(err)
			}
			return
		default:
			_, countErr := home.sealedForGood()
			if err := errors.Join(countErr, home.sealing.ask(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
	}
}
