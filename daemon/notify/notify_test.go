package notify_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fieldpost/daemon/notify"
)

// screen is a desktop that may be away.
type screen struct {
	shown []string
	away  error
}

func (s *screen) Show(_ context.Context, note notify.Note, _ func()) error {
	if s.away == nil {
		s.shown = append(s.shown, note.Cause)
	}
	return s.away
}

func TestACauseIsToldOnceADayAcrossRestarts(t *testing.T) {
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "notified.json")
	desktop := &screen{}
	tell := func(causes ...string) {
		t.Helper()
		var notes []notify.Note
		for _, cause := range causes {
			notes = append(notes, notify.Note{Cause: cause})
		}
		teller := notify.NewTeller(desktop, path, func() time.Time { return now }) // as after a restart
		if _, err := teller.Tell(t.Context(), notes, nil); err != nil {
			t.Fatal(err)
		}
	}
	tell("needs you")
	tell("needs you", "sign in")
	now = now.Add(23 * time.Hour)
	tell("needs you", "sign in")
	now = now.Add(time.Hour)
	tell("needs you")
	tell("needs you")
	if want := []string{"needs you", "sign in", "needs you"}; !slices.Equal(desktop.shown, want) {
		t.Errorf("shown %q, want %q", desktop.shown, want)
	}
	if err := os.WriteFile(path, []byte("{rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	tell("sign in")
	if n := len(desktop.shown); n != 4 {
		t.Errorf("after a spoilt file %d were shown, want 4", n)
	}
	now = now.AddDate(0, -1, 0)
	tell("sign in")
	if n := len(desktop.shown); n != 5 {
		t.Error("a clock that was set back silences a cause")
	}
}

func TestWhatCouldNotBeShownIsToldLater(t *testing.T) {
	desktop := &screen{away: errors.New("no desktop")}
	teller := notify.NewTeller(desktop, filepath.Join(t.TempDir(), "notified.json"), time.Now)
	notes := []notify.Note{{Cause: "needs you"}}
	if shown, err := teller.Tell(t.Context(), notes, nil); err == nil || len(shown) != 0 {
		t.Errorf("shown %q, %v", shown, err)
	}
	desktop.away = nil
	if shown, err := teller.Tell(t.Context(), notes, nil); err != nil || len(shown) != 1 {
		t.Errorf("shown %q, %v", shown, err)
	}
}
