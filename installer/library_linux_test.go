package installer

import (
	"os"
	"os/user"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The real kardianos/service against a systemctl that only writes down its calls.
func TestTheLibraryPlacesOurUnitAsItIs(t *testing.T) {
	home, bin := t.TempDir(), t.TempDir()
	log := filepath.Join(home, "calls")
	script := "#!/bin/sh\necho \"$*\" >>" + log + "\n"
	if err := os.WriteFile(filepath.Join(bin, "systemctl"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	unit, err := newUserUnit(Config{Executable: "/opt/{{Path}}/fieldpost", Args: oddArgs, Runner: &fakeRunner{}}, &user.User{Username: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	if err := unit.place(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(unit.text, read(t, filepath.Join(home, ".config/systemd/user/fieldpost.service"))); diff != "" {
		t.Error(diff)
	}
	if err := unit.place(); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if err := unit.placer.Uninstall(); err != nil || unit.exists() {
		t.Errorf("uninstall: %v", err)
	}
	const placed, taken = "enable --user fieldpost.service\ndaemon-reload --user\n", "disable --user fieldpost.service\ndaemon-reload --user\n"
	if diff := cmp.Diff(placed+placed+taken, read(t, log)); diff != "" {
		t.Error(diff)
	}
}

func TestARefusedEnableLeavesNoUnit(t *testing.T) {
	home, bin := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "systemctl"), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	unit, err := newUserUnit(Config{Executable: "/opt/fieldpost", Runner: &fakeRunner{}}, &user.User{Username: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	if err := unit.place(); err == nil || unit.exists() {
		t.Errorf("place: %v, unit there: %t", err, unit.exists())
	}
}
