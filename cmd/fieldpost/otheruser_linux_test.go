package main

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user who is somebody else on every Linux.
const nobody = 65534

// attempt is what another user tried and what came of it.
type attempt struct {
	What, Result string
}

// TestASecondUserOfTheComputerReadsNothingAndLogsNothing has a real other user look into
// the files and knock at the port.
func TestASecondUserOfTheComputerReadsNothingAndLogsNothing(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIP: needs root to become another user")
	}
	place, err := os.MkdirTemp("", "fieldpost-users-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(place) })
	if err := os.Chmod(place, 0o755); err != nil { // what protects the files is their own mode
		t.Fatal(err)
	}
	l := newLaptop(t)
	l.home = filepath.Join(place, "home")
	l.start()
	l.signIn()
	l.run("capture", "share", "--channel", "link", "--subject", "Secret", "--to", "ana@kunde.test")
	if code, text := l.ask(http.MethodPut, "/v1/drafts/share", `{"subject":"Secret"}`); code != http.StatusNoContent {
		t.Fatalf("keeping a draft: %d %s", code, text)
	}

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(place, "other.test")
	if out, err := exec.CommandContext(t.Context(), "install", "-m", "755", self, program).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	other := exec.CommandContext(t.Context(), program, "-test.run", "^TestAnotherUser$")
	other.Dir = "/"
	other.Env = []string{"FIELDPOST_OTHER_HOME=" + l.home, "FIELDPOST_OTHER_URL=" + l.address().URL, "TMPDIR=/tmp"}
	other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := other.Output()
	if err != nil {
		t.Fatalf("the other user: %v: %s", err, out)
	}
	var attempts []attempt
	if err := json.Unmarshal(out[:strings.LastIndexByte(string(out), ']')+1], &attempts); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, a := range attempts {
		if a.Result != "permission denied" && a.Result != "401" && a.Result != "403" {
			t.Errorf("another user: %s: %s", a.What, a.Result)
		}
	}
	if len(attempts) < 10 {
		t.Errorf("the other user tried only %+v", attempts)
	}
	if n := l.status().Outbox.Captured; n != 1 {
		t.Errorf("%d are captured", n)
	}
}

// TestAnotherUser is the other user: it prints what it tried.
func TestAnotherUser(t *testing.T) {
	home, url := os.Getenv("FIELDPOST_OTHER_HOME"), os.Getenv("FIELDPOST_OTHER_URL")
	if home == "" {
		t.Skip("SKIP: is run by the test above, as another user")
	}
	var attempts []attempt
	tried := func(what string, err error) {
		result := "done"
		if err != nil {
			result = strings.TrimPrefix(err.Error()[strings.LastIndex(err.Error(), ": ")+1:], " ")
		}
		attempts = append(attempts, attempt{what, result})
	}
	names := []string{".", "outbox.db", "api.json", "access.json", "config.toml", "draft-share.age", "directory.db", "logs", "Inbox"}
	_ = filepath.WalkDir(home, func(path string, _ fs.DirEntry, _ error) error { names = append(names, path); return nil })
	for _, name := range names {
		if !filepath.IsAbs(name) {
			name = filepath.Join(home, name)
		}
		file, err := os.Open(name)
		if err == nil {
			_ = file.Close()
		}
		tried("read "+name, err)
	}
	tried("drop a file", os.WriteFile(filepath.Join(home, "Inbox", "x.eml"), []byte("x"), 0o600))
	for _, call := range [][2]string{
		{http.MethodGet, "/v1/status"},
		{http.MethodGet, "/v1/activities"},
		{http.MethodPost, "/v1/activities"},
		{http.MethodGet, "/v1/drafts/share"},
		{http.MethodGet, "/ui/today"},
		{http.MethodPost, "/v1/session/codes"},
		{http.MethodPost, "/v1/stop"},
		{http.MethodGet, "/v1/outbox/export"},
	} {
		request, err := http.NewRequestWithContext(t.Context(), call[0], url+call[1], strings.NewReader(`{"kind":"share"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer guessed")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		attempts = append(attempts, attempt{call[0] + " " + call[1], answer.Status[:3]})
	}
	if err := json.NewEncoder(os.Stdout).Encode(attempts); err != nil {
		t.Fatal(err)
	}
}
