package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"fieldpost/sfclient/sandbox"
)

// journaled starts the daemon with a journal for its standard error, and gives what has
// come there so far.
func (l *laptop) journaled(args ...string) func() []string {
	l.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { _ = read.Close() })
	var stat syscall.Stat_t
	if err := syscall.Fstat(int(write.Fd()), &stat); err != nil {
		l.t.Fatal(err)
	}
	l.daemon = l.command(context.WithoutCancel(l.t.Context()), append([]string{"run"}, args...)...)
	l.daemon.Env = append(l.daemon.Env, fmt.Sprintf("JOURNAL_STREAM=%d:%d", stat.Dev, stat.Ino))
	l.daemon.Stderr = write
	if err := l.daemon.Start(); err != nil {
		l.t.Fatal(err)
	}
	_ = write.Close()
	var mu sync.Mutex
	var lines []string
	ready := make(chan struct{})
	go func() {
		var once sync.Once
		for in := bufio.NewScanner(read); in.Scan(); {
			mu.Lock()
			lines = append(lines, in.Text())
			mu.Unlock()
			if strings.HasPrefix(in.Text(), "<6>ready ") {
				once.Do(func() { close(ready) })
			}
		}
	}()
	<-ready
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), lines...)
	}
}

// TestTheJournalGetsLinesWithPrioritiesAndNoSecret is promise 14 for the system's log.
func TestTheJournalGetsLinesWithPrioritiesAndNoSecret(t *testing.T) {
	const body = "canary-7f3a9c in the body"
	l := newLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	secrets := l.eavesdrop()
	journal := l.journaled("--log-level", "debug")
	l.signIn()
	l.org.Inject(sandbox.Drop().Times(1))
	l.run("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--subject", "Canary subject", "--body", body)
	l.run("capture", "share", "--channel", "email", "--to", "canary@stranger.test", "--subject", "Canary subject", "--body", body)
	l.run("outbox", "flush", "--timeout", "30s")
	l.org.ExpireSessions()
	l.run("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--subject", "Canary subject", "--body", body)
	l.run("outbox", "flush", "--timeout", "30s")
	l.drop("canary.png", "\x89PNG canary")
	l.goAway()
	l.run("capture", "share", "--channel", "email", "--to", "ana@kunde.test", "--subject", "Canary subject", "--body", body)
	l.eventually("offline", func() bool { return l.status().Connection.Problem != nil })
	l.eventually("a refused file", func() bool { return l.status().Inbox.Rejected == 1 })
	l.run("auth", "logout", "--discard") // the grant cannot be taken back

	form := regexp.MustCompile(`^<[3467]>[^{]`)
	all := strings.Join(journal(), "\n")
	for _, line := range journal() {
		if !form.MatchString(line) {
			t.Errorf("the journal got %q", line)
		}
	}
	if !strings.Contains(all, "<4>the grant could not be revoked error=") {
		t.Errorf("no warning is in the journal:\n%s", all)
	}
	tokens := secrets()
	if len(tokens) < 3 {
		t.Fatalf("too few tokens were overheard: %d", len(tokens))
	}
	sought := append(tokens, "canary", "Canary", "ana@kunde.test")
	for _, secret := range sought {
		if strings.Contains(all, secret) {
			t.Errorf("%.12s… is in the journal:\n%s", secret, all)
		}
	}
	file, err := os.ReadFile(filepath.Join(l.home, "logs", "fieldpost.log"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(file), "\n"); n != len(journal()) || !strings.Contains(string(file), `"level":"`) {
		t.Errorf("the file has %d lines, the journal %d", n, len(journal()))
	}
	t.Logf("%d secrets sought in:\n%s", len(sought), all)
}

func TestAChangeOfTheLogsLevelCountsInTheJournalAtOnce(t *testing.T) {
	l := newLaptop(t)
	journal := l.journaled()
	l.drop("one.png", "\x89PNG")
	l.eventually("a refused file", func() bool { return l.status().Inbox.Rejected == 1 })
	l.run("config", "set", "log.level", "warn")
	before := len(journal())
	l.drop("two.png", "\x89PNG again")
	l.eventually("another refused file", func() bool { return l.status().Inbox.Rejected == 2 })
	got := journal()
	if !strings.HasPrefix(got[before-1], "<6>a dropped file was refused code=") || len(got) > before {
		t.Errorf("from warnings on it still told: %q", got)
	}
}

// drop moves a file into the drop folder, whole.
func (l *laptop) drop(name, text string) {
	l.t.Helper()
	draft := filepath.Join(l.home, name)
	if err := os.WriteFile(draft, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
	if err := os.Rename(draft, filepath.Join(l.home, "Inbox", name)); err != nil {
		l.t.Fatal(err)
	}
}
