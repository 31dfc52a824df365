package directory_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/sys/unix"

	"fieldpost/daemon/directory"
)

func TestAFullDiskKeepsNobodyFromBeingFound(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("SKIP: no disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(folder, unix.MNT_DETACH) })
	d := newDeskIn(t, folder)
	d.sync(directory.Filter{})
	d.clock = d.clock.Add(25 * time.Hour) // matches are asked for live
	ballast := filepath.Join(folder, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	d.crowd(2000)
	var own *directory.StoreError
	if err := d.Sync(t.Context(), d.client, directory.Plan{}, d.clock); !errors.As(err, &own) || !errors.Is(err, unix.ENOSPC) {
		t.Errorf("a sync says %v", err)
	}
	if got := d.whoHas("mine@kunde.test", "c1999@kunde.test"); got["mine@kunde.test"] != "Mine" || got["c1999@kunde.test"] != "C Rowd1999" {
		t.Errorf("found %v", got)
	}
	d.reopen()
	if found := d.known("mine@kunde.test"); found != "Mine" {
		t.Errorf("without a network it is %q", found)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(d.path); err != nil {
		t.Fatal(err)
	}
	_ = os.WriteFile(ballast, make([]byte, 1<<20), 0o600)                              // to the last byte
	d.Directory = directory.Open(d.path, []age.Recipient{d.identity.Recipient()}, nil) // there is no room for a new one
	if got := d.whoHas("mine@kunde.test")["mine@kunde.test"]; got != "Mine" {
		t.Errorf("without a copy found %q", got)
	}
	if _, err := d.Stats(d.clock); !errors.As(err, &own) {
		t.Errorf("without a copy it tells %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if got := d.sync(directory.Filter{}).People; got != 2003 {
		t.Errorf("once there is room, %d people", got)
	}
}
