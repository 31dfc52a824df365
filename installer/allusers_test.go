package installer

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func fakeSharedUnit(t *testing.T, users ...string) (*sharedUnit, *fakeRunner) {
	t.Helper()
	run := t.TempDir()
	for _, user := range users {
		write(t, filepath.Join(run, user, "systemd", "private"), "")
	}
	runner := &fakeRunner{}
	return &sharedUnit{
		definition: definition{path: filepath.Join(t.TempDir(), "systemd", "user", unitName), text: "every user's unit"},
		runner:     runner, sessions: filepath.Join(run, "*", "systemd", "private"),
	}, runner
}

func TestTheUnitOfEveryUserIsPlacedAndEnabled(t *testing.T) {
	unit, runner := fakeSharedUnit(t, "1000", "1001")
	for range 2 {
		if err := unit.install(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, unit.path); got != unit.text {
		t.Errorf("the unit says %q", got)
	}
	want := []string{
		"systemctl --global --quiet enable fieldpost.service",
		"systemctl --user --machine=1000@ daemon-reload", "systemctl --user --machine=1001@ daemon-reload",
	}
	if diff := cmp.Diff(append(want, want...), runner.ran); diff != "" {
		t.Error(diff)
	}
}

func TestTheUnitOfEveryUserEndsInEachSessionAndGoes(t *testing.T) {
	unit, runner := fakeSharedUnit(t, "1000")
	if err := unit.uninstall(t.Context()); err != nil || len(runner.ran) != 0 {
		t.Fatalf("of nothing: %v, ran %q", err, runner.ran)
	}
	write(t, unit.path, unit.text)
	if err := unit.uninstall(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"systemctl --user --machine=1000@ stop fieldpost.service", "systemctl --global --quiet disable fieldpost.service",
		"systemctl --user --machine=1000@ daemon-reload", "systemctl --user --machine=1000@ reset-failed fieldpost.service",
	}
	if diff := cmp.Diff(want, runner.ran); diff != "" || unit.exists() {
		t.Error(diff, unit.exists())
	}
}

func TestARefusedEnableLeavesNoUnitOfEveryUser(t *testing.T) {
	unit, runner := fakeSharedUnit(t)
	runner.answers = []answer{{prefix: "systemctl --global", out: "no such directory", code: 1}}
	if err := unit.install(t.Context()); !errors.Is(err, &Error{Code: CodeCommand}) || unit.exists() {
		t.Errorf("%v, unit there: %t", err, unit.exists())
	}
}

func TestWhoIsNoAdministratorIsToldSo(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: "/etc/x", Err: fs.ErrPermission}
	var failed *Error
	if err := adminError(fileError("/etc/x", denied)); !errors.As(err, &failed) || failed.Code != CodeNotAdmin || failed.Path != "/etc/x" {
		t.Error(err)
	}
	if err := adminError(fileError("/etc/x", fs.ErrExist)); errors.Is(err, &Error{Code: CodeNotAdmin}) {
		t.Error(err)
	}
}

func TestWhatEveryUserHasIsEnoughForOne(t *testing.T) {
	unit, runner, placer := fakeUnit(t, inactive)
	unit.forAll = definition{path: filepath.Join(t.TempDir(), unitName), text: unit.text}
	write(t, unit.forAll.path, unit.text)
	placer.fails = true
	if err := unit.install(t.Context()); err != nil || len(runner.verbs()) != 0 {
		t.Errorf("%v, ran %q", err, runner.verbs())
	}
	if err := unit.uninstall(t.Context()); !errors.Is(err, &Error{Code: CodeForAllUsers}) {
		t.Error(err)
	}
	write(t, unit.forAll.path, "ExecStart=/another/fieldpost")
	placer.fails = false
	if err := unit.install(t.Context()); err != nil || !unit.exists() {
		t.Errorf("another program for all: %v, own unit %t", err, unit.exists())
	}
}

func TestTheAgentOfEveryUserServesOne(t *testing.T) {
	agent, runner := fakeAgent(t, false)
	agent.forAll = definition{path: filepath.Join(t.TempDir(), "fieldpost.plist"), text: "every user's"}
	write(t, agent.forAll.path, agent.forAll.text)
	if err := agent.install(t.Context()); err != nil || agent.exists() {
		t.Errorf("install: %v, own agent %t", err, agent.exists())
	}
	if err := agent.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"launchctl enable gui/501/fieldpost", "launchctl bootstrap gui/501 " + agent.forAll.path, "launchctl kickstart gui/501/fieldpost"}
	if diff := cmp.Diff(want, runner.verbs()); diff != "" {
		t.Error(diff)
	}
	if status, err := agent.status(t.Context()); err != nil || status.State != Stopped || status.File != agent.forAll.path {
		t.Errorf("%+v, %v", status, err)
	}
	if err := agent.uninstall(t.Context()); !errors.Is(err, &Error{Code: CodeForAllUsers}) {
		t.Error(err)
	}
}

func TestTheAgentOfEveryUserIsBootedOutWhereItRuns(t *testing.T) {
	runner := &fakeRunner{answers: []answer{{prefix: "ps", out: "  501 /usr/local/bin/fieldpost\n    0 /sbin/launchd\n  502 /usr/local/bin/fieldpost\n  501 /usr/local/bin/fieldpost\n"}}}
	agent := &sharedAgent{definition: definition{path: filepath.Join(t.TempDir(), "LaunchAgents", "fieldpost.plist"), text: "agent"}, runner: runner, program: "fieldpost"}
	if err := agent.install(t.Context()); err != nil || !agent.exists() {
		t.Fatal(err)
	}
	if err := agent.uninstall(t.Context()); err != nil || agent.exists() {
		t.Fatal(err)
	}
	want := []string{"ps -axo uid=,comm=", "launchctl bootout gui/501/fieldpost", "launchctl bootout gui/502/fieldpost"}
	if diff := cmp.Diff(want, runner.ran); diff != "" {
		t.Error(diff)
	}
}

const tasksOfAll = `"\Microsoft\Windows\Defrag\ScheduledDefrag","N/A","Ready"
"\fieldpost\PC.ana","N/A","Running"
"\fieldpost\All users","N/A","Ready"
"\fieldpostalike\x","N/A","Ready"
`

func TestTheTaskOfTheGroupGivesEachUserTheirOwn(t *testing.T) {
	runner := &fakeRunner{answers: []answer{{prefix: "schtasks /Query", out: tasksOfAll}, {prefix: noValue, code: 1}}}
	group := newGroupTask(Config{Executable: `C:\fieldpost.exe`, Runner: runner})
	if err := group.install(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := group.uninstall(t.Context()); err != nil {
		t.Fatal(err)
	}
	ran := runner.verbs()
	if !strings.HasPrefix(ran[0], `schtasks /Create /TN \fieldpost\All users /XML `) {
		t.Errorf("ran %q", ran[0])
	}
	want := []string{
		`reg add ` + eventSource + ` /v EventMessageFile /t REG_EXPAND_SZ /d %SystemRoot%\System32\EventCreate.exe /f`,
		`reg add ` + eventSource + ` /v TypesSupported /t REG_DWORD /d 7 /f`,
		`schtasks /Run /TN \fieldpost\All users`,
		`schtasks /End /TN \fieldpost\All users`, `schtasks /Delete /TN \fieldpost\All users /F`,
		`schtasks /End /TN \fieldpost\PC.ana`, `schtasks /Delete /TN \fieldpost\PC.ana /F`,
		`schtasks /End /TN \fieldpost\All users`, `schtasks /Delete /TN \fieldpost\All users /F`,
		`reg delete ` + eventSource + ` /f`,
	}
	if diff := cmp.Diff(want, ran[1:]); diff != "" {
		t.Error(diff)
	}
}

func TestTheTaskRunsTheProgramWithoutAConsoleWhereThereIsOne(t *testing.T) {
	folder := t.TempDir()
	console := filepath.Join(folder, "fieldpost.exe")
	if got := windowless(console); got != console {
		t.Errorf("alone: %s", got)
	}
	if err := os.WriteFile(filepath.Join(folder, windowlessName), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := windowless(console); got != filepath.Join(folder, windowlessName) {
		t.Errorf("beside another: %s", got)
	}
}
