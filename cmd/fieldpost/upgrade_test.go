package main

import (
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"fieldpost/sfclient/sandbox"
)

// build makes the program as a version of its own, in the place of whatever lies there,
// as package managers do.
func (l *laptop) build(version, path string) {
	l.t.Helper()
	out, err := exec.CommandContext(l.t.Context(), "go", "build", "-ldflags=-X main.version="+version, "-o", path+".new", ".").CombinedOutput()
	if err != nil {
		l.t.Fatalf("%v: %s", err, out)
	}
	if err := os.Rename(path+".new", path); err != nil {
		l.t.Fatal(err)
	}
}

func TestANewVersionTakesOverByItselfWithWhatWaits(t *testing.T) {
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.program = filepath.Join(t.TempDir(), "fieldpost")
	l.build("1.0", l.program)
	l.start()
	l.signIn()
	l.goAway()
	const subject = "Captured by the old version"
	if code, text := l.post(`{"kind":"share","channel":"link","subject":"` + subject + `","people":[{"email":"ana@kunde.test"}]}`); code != 201 {
		t.Fatalf("POST answered %d %s", code, text)
	}
	process := l.address().PID
	l.build("2.0", l.program)
	l.eventually("new version", func() bool {
		out, _ := l.command(t.Context(), "status", "--json").Output() // for a moment nobody answers
		return strings.Contains(string(out), `"version": "2.0"`)
	})
	if now := l.address().PID; now != process {
		t.Errorf("the service manager sees process %d end and %d come", process, now)
	}
	l.comeBack()
	l.run("outbox", "flush", "--timeout", "30s")
	l.wantOnce("Task", subject)
}

func TestUninstallLeavesNoListenerNoGrantAndWhatIsWishedOfTheData(t *testing.T) {
	for flag, left := range map[string][]string{
		"--keep-data":    {"Inbox", "config.toml", "mine.txt", "outbox.db"},
		"--discard-data": {"Done/mine", "Inbox", "mine.txt"},
	} {
		t.Run(flag, func(t *testing.T) {
			l := newLaptop(t)
			var revoked atomic.Int32
			seen := func(r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/oauth2/revoke") {
					revoked.Add(1)
				}
			}
			l.onCall.Store(&seen)
			l.start()
			l.signIn()
			l.run("capture", "share", "--channel", "link", "--subject", "Waits for somebody")
			l.run("config", "set", "ui.language", "en")
			for _, name := range []string{"mine.txt", filepath.Join("Inbox", "half.eml.part")} {
				if err := os.WriteFile(filepath.Join(l.home, name), []byte("the rep's own"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Mkdir(filepath.Join(l.home, "Done", "mine"), 0o700); err != nil {
				t.Fatal(err)
			}
			api, err := url.Parse(l.address().URL)
			if err != nil {
				t.Fatal(err)
			}
			l.run("service", "uninstall", flag)
			if conn, err := net.Dial("tcp", api.Host); err == nil {
				_ = conn.Close()
				t.Error("somebody still listens")
			}
			if revoked.Load() != 1 {
				t.Errorf("the grant was revoked %d times", revoked.Load())
			}
			for _, name := range left {
				if _, err := os.Stat(filepath.Join(l.home, name)); err != nil {
					t.Error(err)
				}
			}
			if flag == "--discard-data" {
				l.wantLeft("Done", "Done/mine", "Inbox", "Inbox/half.eml.part", "mine.txt")
			}
		})
	}
}

// wantLeft holds what is in the home, and that it is all.
func (l *laptop) wantLeft(names ...string) {
	l.t.Helper()
	wanted := map[string]bool{".": true}
	for _, name := range names {
		wanted[name] = true
	}
	err := fs.WalkDir(os.DirFS(l.home), ".", func(path string, _ fs.DirEntry, err error) error {
		if !wanted[path] {
			l.t.Errorf("%s is left behind", path)
		}
		return err
	})
	if err != nil {
		l.t.Error(err)
	}
}
