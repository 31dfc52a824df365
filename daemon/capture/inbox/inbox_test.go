package inbox_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"fieldpost/outbox"
)

func TestACompleteFileIsCapturedAndMovedToDone(t *testing.T) {
	f := newFolder(t)
	f.drop("offer.eml", "urs@keller.test Offer")
	f.settle()
	f.captured("Offer")
	f.holds("Inbox")
	f.holds("Done", "offer.eml")
	f.holds("Rejected")
}

func TestAFileThatIsStillWrittenIsLeftAlone(t *testing.T) {
	f := newFolder(t)
	for range 5 {
		f.drop("offer.eml", f.now.Format("urs@keller.test 05"))
		f.Pass(context.Background())
		f.now = f.now.Add(1900 * time.Millisecond)
	}
	f.captured()
	f.holds("Inbox", "offer.eml")
	f.settle()
	f.holds("Done", "offer.eml")
}

func TestAFileThatGrowsWithoutANewTimeIsStillWritten(t *testing.T) {
	f := newFolder(t)
	old := f.now.Add(time.Hour) // a clock ahead of ours, as on a share
	write := func(text string) {
		f.drop("offer.eml", text)
		if err := os.Chtimes(f.path("Inbox", "offer.eml"), old, old); err != nil {
			t.Fatal(err)
		}
		f.Pass(context.Background())
		f.now = f.now.Add(1500 * time.Millisecond)
	}
	write("urs@keller.test O")
	write("urs@keller.test Off")
	write("urs@keller.test Offer")
	f.captured()
	f.settle()
	f.captured("Offer")
}

func TestARenamedInFileIsTakenAtOnce(t *testing.T) {
	f := newFolder(t)
	f.drop(".offer.tmp", "urs@keller.test Offer")
	f.now = f.now.Add(time.Minute)
	f.Pass(context.Background())
	f.captured()
	if err := os.Rename(f.path("Inbox", ".offer.tmp"), f.path("Inbox", "offer.eml")); err != nil {
		t.Fatal(err)
	}
	f.Pass(context.Background())
	f.captured("Offer")
}

func TestUnfinishedAndHiddenNamesAreLeftAlone(t *testing.T) {
	f := newFolder(t)
	names := []string{".hidden.eml", "a.eml.crdownload", "a.eml.part", "a.inprogress", "a.tmp", "a.eml~"}
	for _, name := range names {
		f.drop(name, "urs@keller.test Offer")
	}
	f.settle()
	f.captured()
	if len(f.names("Inbox")) != len(names) {
		t.Errorf("Inbox holds %q", f.names("Inbox"))
	}
}

func TestARefusedFileLiesInRejectedWithItsReasonInTheRepsLanguage(t *testing.T) {
	for lang, want := range map[string]string{"en": "It is not an email", "fr": "Ce n’est pas un e-mail"} {
		f := newFolder(t)
		f.lang = lang
		f.drop("notes.eml", "broken")
		f.settle()
		f.holds("Inbox")
		f.holds("Rejected", "notes.eml", "notes.eml.why.txt")
		if why := f.text("Rejected", "notes.eml.why.txt"); !strings.Contains(why, want) || !strings.Contains(why, "notes.eml") {
			t.Errorf("%s: the reason is told as %q", lang, why)
		}
		if n := f.Counts().Rejected; n != 1 {
			t.Errorf("rejected counts %d", n)
		}
	}
}

func TestTheLatestRefusedFilesAreToldForAWeek(t *testing.T) {
	f := newFolder(t)
	for _, name := range []string{"a.eml", "b.eml", "c.eml", "d.eml", "e.eml", "f.eml"} {
		f.drop(name, "refuse")
		f.settle()
	}
	var names []string
	for _, file := range f.Refused() {
		names = append(names, file.Name)
		if !strings.Contains(file.Why, "“"+file.Name+"”") {
			t.Errorf("%s: told as %q", file.Name, file.Why)
		}
	}
	if want := "f.eml e.eml d.eml c.eml b.eml"; strings.Join(names, " ") != want {
		t.Errorf("told of %q, want %s", names, want)
	}
	f.now = f.now.Add(8 * 24 * time.Hour)
	if told := f.Refused(); len(told) != 0 {
		t.Errorf("after a week still %+v", told)
	}
}

func TestAnExcludedFileLeavesOnlyItsReason(t *testing.T) {
	f := newFolder(t)
	f.drop("private.eml", "lawyer@secret.test Divorce")
	f.settle()
	f.captured()
	f.holds("Inbox")
	f.holds("Done")
	f.holds("Rejected", "private.eml.why.txt")
	if why := f.text("Rejected", "private.eml.why.txt"); strings.Contains(why, "secret.test") || strings.Contains(why, "Divorce") {
		t.Errorf("the reason tells what it hides: %q", why)
	}
	if counts := f.Counts(); counts.Excluded != 1 || counts.Rejected != 0 {
		t.Errorf("counts are %+v", counts)
	}
}

func TestTheCountsOutliveARestart(t *testing.T) {
	f := newFolder(t)
	f.drop("a.eml", "broken")
	f.drop("b.eml", "x@secret.test y")
	f.settle()
	f.start()
	if counts := f.Counts(); counts.Rejected != 1 || counts.Excluded != 1 {
		t.Errorf("after a restart the counts are %+v", counts)
	}
}

func TestAFullDiskLeavesTheFileToBeTriedAgain(t *testing.T) {
	f := newFolder(t)
	full := true
	f.store.fail = func([]outbox.Draft) error {
		if full {
			return syscall.ENOSPC
		}
		return nil
	}
	f.drop("offer.eml", "urs@keller.test Offer")
	f.settle()
	f.holds("Inbox", "offer.eml")
	f.holds("Rejected")
	calls := f.store.calls
	f.Pass(context.Background())
	if f.store.calls != calls {
		t.Error("it is tried again at once")
	}
	full = false
	f.now = f.now.Add(time.Minute)
	f.Pass(context.Background())
	f.captured("Offer")
	f.holds("Done", "offer.eml")
}

func TestOneFileThatDoesNotFitDoesNotHoldUpTheOthers(t *testing.T) {
	f := newFolder(t)
	f.store.fail = func(drafts []outbox.Draft) error {
		for _, d := range drafts {
			if d.Activity.Subject == "Big" {
				return syscall.ENOSPC
			}
		}
		return nil
	}
	f.drop("a.eml", "urs@keller.test One")
	f.drop("b.eml", "urs@keller.test Big")
	f.drop("c.eml", "urs@keller.test Two")
	f.settle()
	f.captured("One", "Two")
	f.holds("Inbox", "b.eml")
}

func TestACrashBetweenCapturingAndMovingCapturesOnce(t *testing.T) {
	f := newFolder(t)
	f.drop("offer.eml", "urs@keller.test Offer")
	f.store.after = func() { panic("the power is gone") }
	func() {
		defer func() { _ = recover() }()
		f.settle()
	}()
	f.holds("Inbox", "offer.eml")
	f.store.after = nil
	f.start()
	f.settle()
	f.captured("Offer")
	f.holds("Done", "offer.eml")
}

func TestAFileThatChangesWhileItIsCapturedIsReadAgain(t *testing.T) {
	f := newFolder(t)
	f.drop("offer.eml", "urs@keller.test Old")
	f.store.after = func() {
		f.store.after = nil
		f.drop("offer.eml", "urs@keller.test Newer")
	}
	f.settle()
	f.holds("Inbox", "offer.eml")
	f.settle()
	f.captured("Old", "Newer")
	f.holds("Done", "offer.eml")
}

func TestTheSameFileTwiceIsOneActivity(t *testing.T) {
	f := newFolder(t)
	f.drop("offer.eml", "urs@keller.test Offer")
	f.settle()
	f.drop("offer.eml", "urs@keller.test Offer")
	f.settle()
	f.captured("Offer")
	f.holds("Done", "offer (2).eml", "offer.eml")
}

func TestFilesAreCapturedInTheOrderOfTheirArrival(t *testing.T) {
	f := newFolder(t)
	for _, name := range []string{"c", "a", "b"} {
		f.drop(name+".eml", "urs@keller.test "+name)
		f.now = f.now.Add(100 * time.Millisecond)
	}
	f.settle()
	f.captured("c", "a", "b")
}

func TestManyFilesShareTheCostOfBeingDurable(t *testing.T) {
	f := newFolder(t)
	for i := range 1000 {
		f.drop(time.Duration(i).String()+".eml", "urs@keller.test "+time.Duration(i).String())
	}
	f.settle()
	if n := len(f.names("Done")); n != 1000 {
		t.Errorf("Done holds %d files", n)
	}
	if f.store.calls > 20 {
		t.Errorf("%d transactions for 1,000 files", f.store.calls)
	}
}

func TestStuckCountsWhatLiesThereForOverAMinute(t *testing.T) {
	f := newFolder(t)
	f.store.fail = func([]outbox.Draft) error { return errors.New("locked") }
	f.drop("offer.eml", "urs@keller.test Offer")
	f.settle()
	if n := f.Counts().Stuck; n != 0 {
		t.Errorf("stuck counts %d at once", n)
	}
	f.now = f.now.Add(time.Minute)
	if n := f.Counts().Stuck; n != 1 {
		t.Errorf("stuck counts %d", n)
	}
}

func TestNothingIsKeptWhereNothingIsToBeKept(t *testing.T) {
	f := newFolder(t)
	f.keep = 0
	f.drop("offer.eml", "urs@keller.test Offer")
	f.settle()
	f.captured("Offer")
	f.holds("Inbox")
	f.holds("Done")
}

func TestDoneAndRejectedKeepFilesForTheirTime(t *testing.T) {
	f := newFolder(t)
	f.drop("offer.eml", "urs@keller.test Offer")
	f.drop("notes.eml", "broken")
	f.settle()
	f.now = f.now.Add(6 * 24 * time.Hour)
	f.Pass(context.Background())
	f.holds("Done", "offer.eml")
	f.now = f.now.Add(2 * 24 * time.Hour)
	f.Pass(context.Background())
	f.holds("Done")
	f.holds("Rejected", "notes.eml", "notes.eml.why.txt")
	f.now = f.now.Add(23 * 24 * time.Hour)
	f.Pass(context.Background())
	f.holds("Rejected")
}

func TestAFolderThatVanishesIsWaitedForAndNotMadeAnew(t *testing.T) {
	f := newFolder(t)
	if err := os.Rename(f.path("Inbox"), f.path("Away")); err != nil {
		t.Fatal(err)
	}
	f.settle()
	if !f.Counts().Missing {
		t.Error("nobody says that the folder is gone")
	}
	if _, err := os.Stat(f.path("Inbox")); err == nil {
		t.Error("the folder was made anew")
	}
	if err := os.Rename(f.path("Away"), f.path("Inbox")); err != nil {
		t.Fatal(err)
	}
	f.drop("offer.eml", "urs@keller.test Offer")
	f.settle()
	f.captured("Offer")
	if f.Counts().Missing {
		t.Error("the folder still counts as gone")
	}
}

func TestAHugeFileIsRefusedByItsSizeUnread(t *testing.T) {
	f := newFolder(t)
	f.drop("huge.eml", "")
	if err := os.Truncate(f.path("Inbox", "huge.eml"), 51<<20); err != nil {
		t.Fatal(err)
	}
	f.touch(f.path("Inbox", "huge.eml"))
	f.settle()
	f.holds("Rejected", "huge.eml", "huge.eml.why.txt")
	if why := f.text("Rejected", "huge.eml.why.txt"); !strings.Contains(why, "50 MiB") {
		t.Errorf("the reason is %q", why)
	}
}

func TestANameThatIsTooLongForItsReasonIsShortened(t *testing.T) {
	f := newFolder(t)
	f.drop(strings.Repeat("é", 125)+".eml", "broken")
	f.settle()
	f.holds("Inbox")
	if got := f.names("Rejected"); len(got) != 2 || !strings.HasSuffix(got[0], "é.eml") {
		t.Errorf("Rejected holds %q", got)
	}
}

func TestAClockThatIsSetBackHoldsNoFileUp(t *testing.T) {
	f := newFolder(t)
	f.store.fail = func([]outbox.Draft) error { return outbox.ErrFull }
	f.drop("a.eml", "ana@acme.test Offer")
	f.drop("b.eml", "bea@acme.test Offer")
	f.settle()
	f.store.fail = nil
	f.now = f.now.Add(-24 * time.Hour)
	f.Pass(context.Background())
	f.drop("b.eml", "bea@acme.test Other") // its time is of the new clock
	f.settle()
	f.settle()
	f.holds("Inbox")
	f.captured("Offer", "Other")
}
