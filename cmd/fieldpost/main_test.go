package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"fieldpost": main})
}

// TestScripts drive the real binary; each script tells a promise of the command line.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("FIELDPOST_HOME", env.WorkDir+"/home")
			env.Setenv("FIELDPOST_KEYCHAIN_BACKEND", "file")
			env.Setenv("FIELDPOST_KEYCHAIN_PASSPHRASE", "correct horse")
			env.Setenv("FIELDPOST_WEB_LISTEN", "127.0.0.1:0")
			env.Setenv("LC_ALL", "en_GB.UTF-8")
			env.Setenv("NO_COLOR", "1")
			env.Setenv("TMPDIR", os.TempDir())
			return nil
		},
	})
}

// exits runs a program as exec does and wants its exit code to be the one named first.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE program [args…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		got, err = ended.ExitCode(), nil
	}
	ts.Check(err)
	if got != want {
		ts.Fatalf("%s exits %d, want %d", args[1], got, want)
	}
}
