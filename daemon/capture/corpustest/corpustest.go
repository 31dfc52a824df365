// Package corpustest finds the corpus: real mails and calendars of other projects, kept
// beside this one and never in it. Nothing but tests uses it.
package corpustest

import (
	"os"
	"path/filepath"
	"testing"
)

// Folder is where the corpus is: where FIELDPOST_CORPUS says, else ../shared/corpus beside
// the project. There may be none.
func Folder(t testing.TB) string {
	t.Helper()
	if folder := os.Getenv("FIELDPOST_CORPUS"); folder != "" {
		return folder
	}
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return filepath.Join(at, "..", "shared", "corpus")
		}
		if filepath.Dir(at) == at {
			t.Fatal("no go.mod above this test")
		}
		at = filepath.Dir(at)
	}
}

// Seeds gives what a fuzz target starts from: each file of a kind ("eml", "ics") by its
// name; none, with a notice, where there is no corpus.
func Seeds(t testing.TB, kind string) map[string]string {
	t.Helper()
	folder := filepath.Join(Folder(t), kind)
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Logf("no seeds of real files: %v (set FIELDPOST_CORPUS)", err)
		return nil
	}
	seeds := map[string]string{}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		seeds[entry.Name()] = string(data)
	}
	return seeds
}
