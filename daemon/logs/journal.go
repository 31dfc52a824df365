package logs

import (
	"fmt"
	"io"
	"log/slog"
)

// journal writes for systemd, which reads the priority off each line (sd-daemon(3)).
type journal struct{ to io.Writer }

func (j journal) write(level slog.Level, line string) error {
	_, err := fmt.Fprintf(j.to, "<%d>%s\n", priority(level), line)
	return err
}

// priority is that of syslog(3).
func priority(level slog.Level) int {
	switch {
	case level >= slog.LevelError:
		return 3
	case level >= slog.LevelWarn:
		return 4
	case level >= slog.LevelInfo:
		return 6
	}
	return 7
}
