package logs

import (
	"io"
	"log/slog"
	"log/syslog"
)

func isJournal(io.Writer) bool { return false }

// unifiedLog is macOS's, which takes what comes to syslog.
type unifiedLog struct{ *syslog.Writer }

func openSystem() systemLog {
	writer, err := syslog.New(syslog.LOG_USER|syslog.LOG_WARNING, "fieldpost")
	if err != nil {
		return nil
	}
	return unifiedLog{writer}
}

func (s unifiedLog) write(level slog.Level, line string) error {
	if level >= slog.LevelError {
		return s.Err(line)
	}
	return s.Warning(line)
}
