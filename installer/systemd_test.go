package installer

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	absent   = "LoadState=not-found\nActiveState=inactive\n"
	inactive = "LoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\n"
)

func fakeUnit(t *testing.T, properties string) (*userUnit, *fakeRunner, *fakePlacer) {
	t.Helper()
	def, placer := fakeDefinition(t)
	runner := &fakeRunner{answers: []answer{{prefix: "systemctl --user show fieldpost.service", out: properties}}}
	return &userUnit{definition: def, runner: runner, account: "ana", booted: t.TempDir()}, runner, placer
}

func TestInstallPlacesTheUnit(t *testing.T) {
	unit, _, _ := fakeUnit(t, absent)
	if err := unit.install(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := read(t, unit.path); got != unit.text {
		t.Errorf("the unit says %q", got)
	}
}

func TestInstallTwiceTouchesNothing(t *testing.T) {
	unit, runner, placer := fakeUnit(t, inactive)
	write(t, unit.path, unit.text)
	placer.fails = true
	if err := unit.install(t.Context()); err != nil {
		t.Fatal(err)
	}
	if verbs := runner.verbs(); len(verbs) != 0 {
		t.Errorf("ran %q", verbs)
	}
}

func TestInstallRepairsAMovedProgramAndRestartsWhatRuns(t *testing.T) {
	unit, runner, _ := fakeUnit(t, inactive)
	write(t, unit.path, "ExecStart=/gone")
	if err := unit.install(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := read(t, unit.path); got != unit.text {
		t.Errorf("the unit says %q", got)
	}
	if diff := cmp.Diff([]string{"systemctl --user try-restart fieldpost.service"}, runner.verbs()); diff != "" {
		t.Error(diff)
	}
}

func TestInstallRepairsAUnitThatWouldNotStartAtLogin(t *testing.T) {
	unit, _, placer := fakeUnit(t, strings.Replace(inactive, "enabled", "disabled", 1))
	write(t, unit.path, unit.text)
	placer.text = "placed again"
	if err := unit.install(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := read(t, unit.path); got != "placed again" {
		t.Errorf("the unit says %q", got)
	}
}

func TestAFailedInstallLeavesNoLitter(t *testing.T) {
	for _, before := range []string{"", "the old unit"} {
		unit, _, placer := fakeUnit(t, absent)
		placer.fails = true
		if before != "" {
			write(t, unit.path, before)
		}
		err := unit.install(t.Context())
		if !errors.Is(err, &Error{Code: CodeFile}) || !errors.Is(err, errPlacer) {
			t.Errorf("error is %v", err)
		}
		if got := read(t, unit.path); got != before || unit.exists() != (before != "") {
			t.Errorf("before %q, after %q", before, got)
		}
	}
}

func TestUninstallStopsAndForgets(t *testing.T) {
	unit, runner, _ := fakeUnit(t, inactive)
	write(t, unit.path, unit.text)
	if err := unit.uninstall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if unit.exists() {
		t.Error("the unit is still there")
	}
	want := []string{"systemctl --user stop fieldpost.service", "systemctl --user reset-failed fieldpost.service"}
	if diff := cmp.Diff(want, runner.verbs()); diff != "" {
		t.Error(diff)
	}
}

func TestUninstallOfNothingIsDone(t *testing.T) {
	unit, runner, _ := fakeUnit(t, absent)
	if err := unit.uninstall(t.Context()); err != nil || len(runner.ran) != 0 {
		t.Errorf("%v, ran %q", err, runner.ran)
	}
}

func TestUninstallWithoutASessionRemovesUnitAndLink(t *testing.T) {
	unit, runner, _ := fakeUnit(t, inactive)
	runner.answers = []answer{{prefix: "systemctl", out: "Failed to connect to bus", code: 1}}
	link := filepath.Join(filepath.Dir(unit.path), "default.target.wants", "fieldpost.service")
	write(t, unit.path, unit.text)
	write(t, link, "")
	if err := unit.uninstall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(link); err == nil || unit.exists() {
		t.Error("something would start at the next login")
	}
}

func TestVerbsAskTheUserManager(t *testing.T) {
	unit, runner, _ := fakeUnit(t, inactive)
	for _, verb := range []func() error{
		func() error { return unit.start(t.Context()) },
		func() error { return unit.stop(t.Context()) },
		func() error { return unit.restart(t.Context()) },
	} {
		if err := verb(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"systemctl --user start fieldpost.service", "systemctl --user stop fieldpost.service", "systemctl --user restart fieldpost.service"}
	if diff := cmp.Diff(want, runner.verbs()); diff != "" {
		t.Error(diff)
	}
}

func TestVerbsNameWhatIsMissing(t *testing.T) {
	notThere, _, _ := fakeUnit(t, absent)
	noSystemd, _, _ := fakeUnit(t, inactive)
	noSystemd.booted = filepath.Join(noSystemd.booted, "gone")
	noBus, runner, _ := fakeUnit(t, inactive)
	runner.answers = []answer{{prefix: "systemctl", out: "Failed to connect to bus: No medium found", code: 1}}
	refused, other, _ := fakeUnit(t, inactive)
	other.answers = append([]answer{{prefix: "systemctl --user start", out: "Job failed", code: 1}}, other.answers...)
	for code, unit := range map[string]*userUnit{
		CodeNotInstalled: notThere, CodeNoManager: noSystemd, CodeNoSession: noBus, CodeCommand: refused,
	} {
		err := unit.start(t.Context())
		if !errors.Is(err, &Error{Code: code}) {
			t.Errorf("want %s, got %v", code, err)
		}
	}
	var told *Error
	if err := noBus.start(t.Context()); !errors.As(err, &told) || told.Args()["user"] != "ana" || told.Args()["message"] != "Failed to connect to bus: No medium found" {
		t.Errorf("%+v", told)
	}
}

func TestStatusIsWhatSystemdTells(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	const stamp = "Mon 2026-11-23 09:30:00 UTC"
	head := "LoadState=loaded\nUnitFileState=enabled\nFragmentPath=/u/fieldpost.service\n"
	cases := map[string]struct {
		properties string
		want       Status
	}{
		"absent": {absent, Status{State: NotInstalled}},
		"running": {
			head + "ActiveState=active\nSubState=running\nMainPID=42\nNRestarts=3\nActiveEnterTimestamp=" + stamp + "\nExecMainExitTimestamp=\n",
			Status{State: Running, PID: 42, Restarts: 3, Since: at},
		},
		"waiting for its next restart": {
			head + "ActiveState=activating\nSubState=auto-restart\nMainPID=0\nNRestarts=7\nExecMainCode=1\nExecMainStatus=203\nExecMainExitTimestamp=" + stamp + "\nStateChangeTimestamp=" + stamp + "\n",
			Status{State: CrashLooping, Restarts: 7, Since: at, NextStart: at.Add(restartDelay), LastExit: &Exit{Code: 203, At: at}},
		},
		"stopped": {
			head + "ActiveState=inactive\nSubState=dead\nInactiveEnterTimestamp=" + stamp + "\nExecMainCode=1\nExecMainStatus=0\nExecMainExitTimestamp=" + stamp + "\n",
			Status{State: Stopped, Since: at, LastExit: &Exit{At: at}},
		},
		"failed by a signal": {
			head + "ActiveState=failed\nSubState=failed\nExecMainCode=2\nExecMainStatus=9\nExecMainExitTimestamp=" + stamp + "\nInactiveEnterTimestamp=n/a\n",
			Status{State: Stopped, LastExit: &Exit{Code: 137, Signal: "killed", At: at}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			unit, _, _ := fakeUnit(t, c.properties)
			got, err := unit.status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if c.want.State != NotInstalled {
				c.want.AtLogin, c.want.File = true, "/u/fieldpost.service"
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStatusSeesThatTheProgramMoved(t *testing.T) {
	unit, _, _ := fakeUnit(t, inactive)
	write(t, unit.path, "ExecStart=/gone")
	if status, err := unit.status(t.Context()); err != nil || !status.Outdated {
		t.Errorf("%+v, %v", status, err)
	}
}

func TestStatusWithoutSystemd(t *testing.T) {
	unit, _, _ := fakeUnit(t, inactive)
	unit.booted = filepath.Join(unit.booted, "gone")
	if status, err := unit.status(t.Context()); err != nil || status.State != NotInstalled {
		t.Errorf("nothing there: %+v, %v", status, err)
	}
	write(t, unit.path, unit.text)
	if _, err := unit.status(t.Context()); !errors.Is(err, &Error{Code: CodeNoManager}) {
		t.Errorf("a unit there: %v", err)
	}
}
