package installer

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

const printed = `gui/501/fieldpost = {
	active count = 1
	path = /Users/ana/Library/LaunchAgents/fieldpost.plist
	state = running

	program = /usr/local/bin/fieldpost
	runs = 3
	pid = 4711
	last exit code = 1
	spawn type = daemon (3)
	endpoints = {
		"x" = {
			state = waiting
			pid = 1
		}
	}
}
`

func fakeAgent(t *testing.T, loaded bool) (*launchAgent, *fakeRunner) {
	t.Helper()
	def, _ := fakeDefinition(t)
	runner := &fakeRunner{}
	gone := []answer{{prefix: "launchctl print", out: "Could not find service", code: 113}}
	if !loaded {
		runner.answers = gone
	}
	runner.then = func(line string) {
		if strings.HasPrefix(line, "launchctl bootout") {
			runner.answers = gone
		}
	}
	return &launchAgent{definition: def, runner: runner, domain: "gui/501", logDir: filepath.Join(t.TempDir(), "logs")}, runner
}

func TestTheAgentIsPlacedForTheNextLogin(t *testing.T) {
	agent, runner := fakeAgent(t, false)
	for range 2 {
		if err := agent.install(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, agent.path) != agent.text || len(runner.verbs()) != 0 {
		t.Errorf("ran %q", runner.verbs())
	}
	if _, err := os.Stat(agent.logDir); err != nil {
		t.Error("launchd makes no folder for what it writes:", err)
	}
}

func TestARepairedAgentIsRegisteredAnewWhereItRuns(t *testing.T) {
	agent, runner := fakeAgent(t, true)
	write(t, agent.path, "an older text")
	if err := agent.install(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"launchctl bootout gui/501/fieldpost", "launchctl enable gui/501/fieldpost",
		"launchctl bootstrap gui/501 " + agent.path, "launchctl kickstart gui/501/fieldpost",
	}
	if diff := cmp.Diff(want, runner.verbs()); diff != "" {
		t.Error(diff)
	}
}

func TestStartRegistersAndThenStarts(t *testing.T) {
	agent, runner := fakeAgent(t, false)
	write(t, agent.path, agent.text)
	if err := agent.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"launchctl enable gui/501/fieldpost", "launchctl bootstrap gui/501 " + agent.path, "launchctl kickstart gui/501/fieldpost"}
	if diff := cmp.Diff(want, runner.verbs()); diff != "" {
		t.Error(diff)
	}
}

func TestABootoutUnderWayIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agent, runner := fakeAgent(t, true)
		write(t, agent.path, agent.text)
		gone := runner.then
		runner.answers = []answer{{prefix: "launchctl bootout", out: "Operation now in progress", code: 36}}
		runner.then = func(string) {
			if len(runner.ran) == 20 {
				gone("launchctl bootout")
			}
		}
		if err := agent.uninstall(t.Context()); err != nil || agent.exists() || len(runner.ran) != 21 {
			t.Errorf("%v after %d commands", err, len(runner.ran))
		}
	})
}

func TestAnAgentThatDoesNotEndIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agent, runner := fakeAgent(t, true)
		write(t, agent.path, agent.text)
		runner.then = nil
		if err := agent.stop(t.Context()); !errors.Is(err, &Error{Code: CodeCommand}) {
			t.Error(err)
		}
	})
}

func TestAnAgentThatIsNotThere(t *testing.T) {
	agent, _ := fakeAgent(t, false)
	for _, err := range []error{agent.start(t.Context()), agent.stop(t.Context()), agent.restart(t.Context())} {
		if !errors.Is(err, &Error{Code: CodeNotInstalled}) {
			t.Error(err)
		}
	}
	if err := agent.uninstall(t.Context()); err != nil {
		t.Error(err)
	}
	if status, err := agent.status(t.Context()); err != nil || status.State != NotInstalled {
		t.Errorf("%+v, %v", status, err)
	}
}

func TestStatusIsWhatLaunchdTells(t *testing.T) {
	for name, c := range map[string]struct {
		printed string
		want    Status
	}{
		"running":       {printed, Status{State: Running, PID: 4711, Restarts: 2, LastExit: &Exit{Code: 1}}},
		"crash-looping": {"\tstate = spawn scheduled\n\truns = 9\n\tlast exit code = 1: Operation not permitted\n", Status{State: CrashLooping, Restarts: 8, LastExit: &Exit{Code: 1}}},
		"killed":        {"\tstate = not running\n\tlast terminating signal = Killed: 9\n", Status{State: CrashLooping, LastExit: &Exit{Code: 137, Signal: "killed"}}},
		"ended cleanly": {"\tstate = not running\n\truns = 1\n\tlast exit code = 0\n", Status{State: Stopped, LastExit: &Exit{}}},
		"never started": {"\tstate = waiting\n\truns = 0\n\tlast exit code = (never exited)\n", Status{State: Stopped}},
	} {
		if diff := cmp.Diff(c.want, parsePrint(c.printed)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
