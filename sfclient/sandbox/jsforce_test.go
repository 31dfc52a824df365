package sandbox_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"fieldpost/sfclient/sandbox"
)

// TestJsforceWorksAgainstTheSandbox lets a client of Salesforce that others wrote
// judge the sandbox. It needs npm and the network once, hence the variable.
func TestJsforceWorksAgainstTheSandbox(t *testing.T) {
	if os.Getenv("FIELDPOST_NPM") == "" {
		t.Skip("SKIP: jsforce is not asked; set FIELDPOST_NPM=1 where npm may install it")
	}
	folder := installJsforce(t)
	server := httptest.NewServer(sandbox.New(sandbox.Config{}))
	defer server.Close()
	out, err := command(folder, "node", "check.mjs", server.URL).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}

// installJsforce puts the pinned client and the script into a folder that outlives
// the run, so that only the first one downloads.
func installJsforce(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "fieldpost-ci", "jsforce")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "check.mjs"} {
		text, err := os.ReadFile(filepath.Join("testdata", "jsforce", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := command(folder, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline").CombinedOutput(); err != nil {
		t.Fatalf("npm install: %v\n%s", err, out)
	}
	return folder
}

func command(folder, name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = folder
	return c
}
