//go:build unix

package inbox_test

import (
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestLinksPipesAndFoldersAreLeftAloneAndNamed(t *testing.T) {
	f := newFolder(t)
	outside := f.path("outside.eml")
	if err := os.WriteFile(outside, []byte("urs@keller.test Outside"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, f.path("Inbox", "link.eml")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(f.path("Inbox", "pipe.eml"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(f.path("Inbox", "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	f.settle()
	f.captured()
	f.holds("Inbox", "link.eml", "pipe.eml", "sub")
	if left := f.Counts().LeftAlone; !slices.Equal(left, []string{"link.eml", "pipe.eml", "sub"}) {
		t.Errorf("left alone are %q", left)
	}
}

func TestAFileSwappedForALinkIsNotOpenedThrough(t *testing.T) {
	f := newFolder(t)
	f.drop("a.eml", "urs@keller.test First")
	f.now = f.now.Add(time.Second)
	f.drop("b.eml", "urs@keller.test Second")
	outside := f.path("outside.eml")
	if err := os.WriteFile(outside, []byte("urs@keller.test Outside"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.store.after = func() {
		f.store.after = nil
		for _, name := range []string{"a.eml", "b.eml"} {
			os.Remove(f.path("Inbox", name))
			if err := os.Symlink(outside, f.path("Inbox", name)); err != nil {
				t.Error(err)
			}
		}
	}
	f.settle()
	f.settle()
	f.captured("First", "Second")
	if f.text("outside.eml") == "" {
		t.Error("the linked file was touched")
	}
	f.holds("Done")
}

func TestAnUnreadableFileIsRefused(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("SKIP: root reads everything")
	}
	f := newFolder(t)
	f.drop("locked.eml", "urs@keller.test Offer")
	if err := os.Chmod(f.path("Inbox", "locked.eml"), 0); err != nil {
		t.Fatal(err)
	}
	f.settle()
	f.holds("Rejected", "locked.eml", "locked.eml.why.txt")
}

func TestANameThatIsNoUTF8IsCapturedAndToldReadably(t *testing.T) {
	f := newFolder(t)
	f.drop("caf\xe9.eml", "broken")
	f.settle()
	f.holds("Rejected", "caf\xe9.eml", "caf\xe9.eml.why.txt")
	if why := f.text("Rejected", "caf\xe9.eml.why.txt"); !strings.Contains(why, "caf\uFFFD.eml") {
		t.Errorf("the reason is %q", why)
	}
}
