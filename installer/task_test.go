package installer

import (
	"context"
	"errors"
	"os/user"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type fakeDaemon struct {
	running bool
	stops   int
	err     error
}

func (d *fakeDaemon) Running(context.Context) bool { return d.running }

func (d *fakeDaemon) Stop(context.Context) error {
	d.stops++
	d.running = d.err != nil
	return d.err
}

const (
	taskIdle = `"PC","\fieldpost\ana","N/A","Prêt","Interactif","30.11.1999 00:00:00","0","N/A"` + "\n"
	noTask   = "schtasks /Query"
	noValue  = "reg query"
)

func fakeTask(answers ...answer) (*taskScheduler, *fakeRunner, *fakeDaemon) {
	runner, daemon := &fakeRunner{answers: answers}, &fakeDaemon{}
	cfg := Config{Executable: `C:\fieldpost.exe`, Args: []string{"run"}, Runner: runner, Daemon: daemon}
	return newTaskScheduler(cfg, &user.User{Username: "ana", Uid: "S-1"}), runner, daemon
}

func TestTheTaskIsRegisteredFromAFileThatIsGoneAfterwards(t *testing.T) {
	task, runner, _ := fakeTask(answer{prefix: noValue, code: 1})
	if err := task.install(t.Context()); err != nil {
		t.Fatal(err)
	}
	created := runner.verbs()[0]
	if !strings.HasPrefix(created, `schtasks /Create /TN \fieldpost\ana /XML `) || !strings.HasSuffix(created, " /F") {
		t.Fatalf("ran %q", created)
	}
	file := strings.TrimSuffix(strings.Split(created, " /XML ")[1], " /F")
	if read(t, file) != "" {
		t.Error("the XML is left behind")
	}
}

func TestWithoutTheRightToMakeTasksTheRunKeyStartsIt(t *testing.T) {
	task, runner, _ := fakeTask(answer{prefix: "schtasks /Create", out: "Zugriff verweigert", code: 1}, answer{prefix: noTask, code: 1})
	if err := task.install(t.Context()); err != nil {
		t.Fatal(err)
	}
	if last := runner.ran[len(runner.ran)-1]; last != `reg add `+runKey+` /v fieldpost /t REG_SZ /d C:\fieldpost.exe run /f` {
		t.Errorf("ran %q", last)
	}
	status, err := task.status(t.Context())
	if diff := cmp.Diff(Status{State: Stopped, File: runKey, AtLogin: true}, status); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if err := task.start(t.Context()); err != nil || runner.ran[len(runner.ran)-1] != `spawn C:\fieldpost.exe run` {
		t.Errorf("%v, ran %q", err, runner.ran)
	}
}

func TestARefusalOfBothSaysSo(t *testing.T) {
	task, _, _ := fakeTask(answer{prefix: "schtasks", out: "denied", code: 1}, answer{prefix: "reg", out: "denied too", code: 1})
	if err := task.install(t.Context()); !errors.Is(err, &Error{Code: CodeCommand}) || !strings.Contains(err.Error(), "denied too") {
		t.Error(err)
	}
}

func TestStopAsksTheDaemonAndEndsOnlyWhatStillRuns(t *testing.T) {
	task, runner, daemon := fakeTask(answer{prefix: "schtasks /Query", out: taskIdle})
	daemon.running = true
	if err := task.stop(t.Context()); err != nil || daemon.stops != 1 {
		t.Fatalf("%v after %d stops", err, daemon.stops)
	}
	if verbs := runner.verbs(); len(verbs) != 0 {
		t.Errorf("ran %q", verbs)
	}
	deaf, runner, daemon := fakeTask(answer{prefix: "schtasks /Query", out: strings.Replace(taskIdle, `"0"`, `"267009"`, 1)})
	daemon.running, daemon.err = true, errors.New("no answer")
	if err := deaf.stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`schtasks /End /TN \fieldpost\ana`}, runner.verbs()); diff != "" {
		t.Error(diff)
	}
}

func TestUninstallTakesTaskAndRunValue(t *testing.T) {
	task, runner, _ := fakeTask(answer{prefix: "schtasks /Query", out: taskIdle})
	if err := task.uninstall(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{`schtasks /Delete /TN \fieldpost\ana /F`, `reg delete ` + runKey + ` /v fieldpost /f`}
	if diff := cmp.Diff(want, runner.verbs()); diff != "" {
		t.Error(diff)
	}
}

func TestATaskThatIsNotThere(t *testing.T) {
	task, runner, _ := fakeTask(answer{prefix: noTask, code: 1}, answer{prefix: noValue, code: 1})
	for _, err := range []error{task.start(t.Context()), task.stop(t.Context()), task.restart(t.Context())} {
		if !errors.Is(err, &Error{Code: CodeNotInstalled}) {
			t.Error(err)
		}
	}
	if err := task.uninstall(t.Context()); err != nil || len(runner.verbs()) != 0 {
		t.Errorf("%v, ran %q", err, runner.verbs())
	}
	if status, err := task.status(t.Context()); err != nil || status.State != NotInstalled {
		t.Errorf("%+v, %v", status, err)
	}
}

func TestStatusReadsTheColumnThatIsTheSameInEveryLanguage(t *testing.T) {
	for result, want := range map[string]Status{
		"267009": {State: Running},
		"267011": {State: Stopped},
		"267014": {State: Stopped, LastExit: &Exit{}},
		"0":      {State: Stopped, LastExit: &Exit{}},
		"1":      {State: CrashLooping, LastExit: &Exit{Code: 1}},
		"N/A":    {State: Stopped},
	} {
		if diff := cmp.Diff(want, parseTask(strings.Replace(taskIdle, `"0"`, `"`+result+`"`, 1))); diff != "" {
			t.Errorf("%s: %s", result, diff)
		}
	}
	if got := parseTask(""); got.State != Stopped {
		t.Errorf("%+v", got)
	}
}

func TestStatusSeesThatTheTaskRunsAnotherProgram(t *testing.T) {
	for command, want := range map[string]bool{`C:\fieldpost.exe`: false, `D:\old\fieldpost.exe`: true} {
		task, _, _ := fakeTask(
			answer{prefix: `schtasks /Query /TN \fieldpost\ana /XML`, out: taskText(command, []string{"run"}, "S-1")},
			answer{prefix: "schtasks /Query", out: taskIdle},
		)
		if status, err := task.status(t.Context()); err != nil || status.Outdated != want {
			t.Errorf("%s: %+v, %v", command, status, err)
		}
	}
}

func FuzzStatus(f *testing.F) {
	f.Add(taskIdle)
	f.Add(printed)
	f.Add(inactive)
	f.Fuzz(func(t *testing.T, out string) {
		parseTask(out)
		parsePrint(out)
		parseProperties(out).status()
		action(out)
	})
}
