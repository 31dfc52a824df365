package inbox_test

import (
	"context"
	"os"
	"testing"
	"time"
)

// running starts the inbox and gives what tells of each capture.
func running(t *testing.T, f *folder) <-chan string {
	t.Helper()
	captured := make(chan string, 10)
	f.store.after = func() { captured <- f.store.subjects[len(f.store.subjects)-1] }
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := f.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { stop(); <-ended })
	return captured
}

// arrives waits for a capture for less than the regular look would take.
func arrives(t *testing.T, captured <-chan string, want string) {
	t.Helper()
	select {
	case got := <-captured:
		if got != want {
			t.Errorf("captured %q, want %q", got, want)
		}
	case <-time.After(8 * time.Second):
		t.Fatalf("%q was not captured", want)
	}
}

// moveIn puts a finished file into a folder, as a file manager moves one.
func moveIn(t *testing.T, f *folder, dir, name, content string) {
	t.Helper()
	from := f.path(name)
	if err := os.WriteFile(from, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	past := f.now.Add(-time.Minute)
	if err := os.Chtimes(from, past, past); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(from, f.path(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func TestTheFolderIsScannedAtStartAndThenWatched(t *testing.T) {
	f := newFolder(t)
	f.drop("before.eml", "urs@keller.test Before")
	f.now = f.now.Add(time.Minute)
	captured := running(t, f)
	arrives(t, captured, "Before")
	moveIn(t, f, "Inbox", "after.eml", "urs@keller.test After")
	arrives(t, captured, "After")
}

func TestAFolderThatTookThePlaceOfTheOldOneIsWatched(t *testing.T) {
	f := newFolder(t)
	captured := running(t, f)
	moveIn(t, f, "Inbox", "first.eml", "urs@keller.test First")
	arrives(t, captured, "First")
	if err := os.Rename(f.path("Inbox"), f.path("Away")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(f.path("Inbox"), 0o700); err != nil {
		t.Fatal(err)
	}
	moveIn(t, f, "Inbox", "second.eml", "urs@keller.test Second")
	f.Poke()
	arrives(t, captured, "Second")
	moveIn(t, f, "Inbox", "third.eml", "urs@keller.test Third")
	arrives(t, captured, "Third")
}

func TestRunMakesTheFolderWhereThereIsNone(t *testing.T) {
	f := newFolder(t)
	if err := os.Remove(f.path("Inbox")); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := f.Run(ended); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"Inbox", "Done", "Rejected"} {
		if _, err := os.Stat(f.path(dir)); err != nil {
			t.Error(err)
		}
	}
}
