package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// spoilCopy writes rubbish into the copy of people and records, from a page on to the last.
func (l *laptop) spoilCopy(from int64) {
	l.t.Helper()
	path := filepath.Join(l.home, "directory.db")
	info, err := os.Stat(path)
	if err != nil {
		l.t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		l.t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(bytes.Repeat([]byte("rubbish "), int(info.Size()-from)/8), from); err != nil {
		l.t.Fatal(err)
	}
}

// found waits until somebody is found without a network.
func (l *laptop) found(name string) {
	l.t.Helper()
	l.eventually(name+" at hand", func() bool { return strings.Contains(l.run("people", "search", name), name) })
}

func TestACopyThatACrashLeftDamagedIsMadeAnew(t *testing.T) {
	for name, from := range map[string]int64{"all of it": 0, "all but the heads": 2 * 4096, "the second half": 40 << 10} {
		t.Run(name, func(t *testing.T) {
			l := atWork(t)
			l.found("Müller")
			l.kill()
			l.spoilCopy(from)
			l.start()
			id := l.captured("share", "--channel", "link", "--subject", "S", "--to", "ana@kunde.test")
			l.delivered(id)
			l.found("Müller")
		})
	}
}

func TestACopyThatIsDamagedWhileTheDaemonRunsIsMadeAnew(t *testing.T) {
	l := atWork(t)
	l.found("Müller")
	l.spoilCopy(2 * 4096)
	l.found("Müller")
	id := l.captured("share", "--channel", "link", "--subject", "S", "--to", "ana@kunde.test")
	l.delivered(id)
	if files := l.filesWith("a new one is begun"); len(files) == 0 {
		t.Error("the log does not say what was done")
	}
}

func TestACopyThatCannotBeOpenedKeepsNothingFromBeingSent(t *testing.T) {
	l := atWork(t)
	l.kill()
	path := filepath.Join(l.home, "directory.db")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	l.start()
	id := l.captured("share", "--channel", "link", "--subject", "S", "--to", "ana@kunde.test")
	l.delivered(id)
	if code, text := l.ask("GET", "/v1/people?q=mull", ""); code != 507 || !strings.Contains(text, "directory_store") {
		t.Errorf("a search answers %d %s", code, text)
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	l.run("org", "refresh")
	l.found("Müller")
}
