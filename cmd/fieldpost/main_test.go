package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"fieldpost": main})
}

// TestScripts drive the real binary; each script tells a promise of the command line.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
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
