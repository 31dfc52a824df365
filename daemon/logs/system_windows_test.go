package logs

import (
	"log/slog"
	"testing"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/eventlog"
)

// TestTheEventLogTakesTroublesOnceItKnowsFieldpost registers fieldpost for the whole
// computer, so it only runs where that is nobody's: under Wine.
func TestTheEventLogTakesTroublesOnceItKnowsFieldpost(t *testing.T) {
	if windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() != nil {
		t.Skip("SKIPPED: it registers an event source on this computer; it runs under Wine")
	}
	if log := openSystem(); log != nil {
		t.Fatal("the event log takes what nobody registered")
	}
	if err := eventlog.InstallAsEventCreate(EventSource, eventlog.Error|eventlog.Warning|eventlog.Info); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := eventlog.Remove(EventSource); err != nil {
			t.Error(err)
		}
	}()
	log := openSystem()
	if log == nil {
		t.Fatal("the event log cannot be opened")
	}
	for _, level := range []slog.Level{slog.LevelWarn, slog.LevelError} {
		if err := log.write(level, "the keychain is locked code=keychain_locked"); err != nil {
			t.Error(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Error(err)
	}
}
