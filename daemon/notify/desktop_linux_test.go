package notify_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/notify"
	"fieldpost/daemon/notify/notifytest"
)

var note = notify.Note{Cause: "pair", Title: "A site asks", Text: "https://a.example & co asks.", Open: "Open fieldpost", How: "Run “fieldpost open”."}

// onBus skips where no session bus was made for this test.
func onBus(t *testing.T, kind string) {
	t.Helper()
	if os.Getenv("FIELDPOST_DESKTOP") != kind {
		t.Skip("SKIP: needs a session bus; .ci/run makes one")
	}
}

func TestAClickOnTheDesktopsNoteOpensThePage(t *testing.T) {
	onBus(t, "bus")
	desktop := notifytest.New(t, "actions", "body", "body-markup")
	opened := make(chan bool, 1)
	if err := notify.System(t.Context()).Show(t.Context(), note, func() { opened <- true }); err != nil {
		t.Fatal(err)
	}
	shown := <-desktop.Shown
	if shown.Text != "https://a.example &amp; co asks." || strings.Join(shown.Actions, ",") != "default,Open fieldpost" {
		t.Errorf("shown as %+v", shown)
	}
	desktop.Click(shown.ID + 7) // another program's
	desktop.Click(shown.ID)
	select {
	case <-opened:
	case <-time.After(10 * time.Second):
		t.Error("the click was not heard")
	}
}

func TestADesktopThatCannotBeClickedIsToldHowInWords(t *testing.T) {
	onBus(t, "bus")
	desktop := notifytest.New(t, "body")
	if err := notify.System(t.Context()).Show(t.Context(), note, nil); err != nil {
		t.Fatal(err)
	}
	if shown := <-desktop.Shown; shown.Text != note.Text+" "+note.How || len(shown.Actions) != 0 {
		t.Errorf("shown as %+v", shown)
	}
}

func TestWithoutADesktopItIsAnErrorAndNoDaemonIsStarted(t *testing.T) {
	onBus(t, "bus")
	if err := notify.System(t.Context()).Show(t.Context(), note, nil); err == nil {
		t.Error("shown to nobody")
	}
}

// TestARealNotificationDaemonShowsIt asks dunst, which the stage starts.
func TestARealNotificationDaemonShowsIt(t *testing.T) {
	onBus(t, "dunst")
	if err := notify.System(t.Context()).Show(t.Context(), note, nil); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "dunstctl", "history").CombinedOutput()
	count, countErr := exec.CommandContext(t.Context(), "dunstctl", "count", "displayed").CombinedOutput()
	if err != nil || countErr != nil || strings.TrimSpace(string(count)) != "1" {
		t.Errorf("dunst shows %s (%v): %s (%v)", count, countErr, out, err)
	}
}
