package logs

import (
	"io"
	"log/slog"

	"golang.org/x/sys/windows/registry"
	"golang.org/x/sys/windows/svc/eventlog"
)

func isJournal(io.Writer) bool { return false }

// eventLog is Windows'.
type eventLog struct{ *eventlog.Log }

// openSystem looks first whether the source is registered: events of another are
// written all the same, but cannot be read.
func openSystem() systemLog {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Services\EventLog\Application\`+EventSource, registry.QUERY_VALUE)
	if err != nil {
		return nil
	}
	_ = key.Close()
	log, err := eventlog.Open(EventSource)
	if err != nil {
		return nil
	}
	return eventLog{log}
}

// eventID is one for all: EventCreate.exe, which shows them, has a text for 1 to 1000.
const eventID = 1

func (s eventLog) write(level slog.Level, line string) error {
	if level >= slog.LevelError {
		return s.Error(eventID, line)
	}
	return s.Warning(eventID, line)
}
