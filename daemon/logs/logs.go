// Package logs takes what the daemon logs to where it is looked for: its own file, the
// standard error, and the log of the system. It decides on form and priority alone; that
// nothing secret is logged is the business of who logs.
package logs

import (
	"io"
	"log/slog"
)

// EventSource is the name under which Windows knows the daemon's events. Registering it
// takes an administrator; without, they are not written.
const EventSource = "fieldpost"

// Open gives a logger of level and above. It writes JSON to file, which rotates, and to
// stderr; where stderr is systemd's journal, lines with their priority instead. Warnings
// and errors also go to the system's log: on Windows the event log, on macOS the unified
// log. Where there is none to be had it is done without. giveBack ends the use of it.
func Open(level slog.Leveler, file, stderr io.Writer) (log *slog.Logger, giveBack func() error) {
	options := &slog.HandlerOptions{Level: level}
	handlers := []slog.Handler{slog.NewJSONHandler(file, options)}
	if isJournal(stderr) {
		handlers = append(handlers, newLines(level, journal{stderr}))
	} else {
		handlers = append(handlers, slog.NewJSONHandler(stderr, options))
	}
	giveBack = func() error { return nil }
	if system := openSystem(); system != nil {
		handlers, giveBack = append(handlers, newLines(atLeastWarn{level}, system)), system.Close
	}
	return slog.New(slog.NewMultiHandler(handlers...)), giveBack
}

// systemLog is the log of the system, for what is a trouble.
type systemLog interface {
	sink
	io.Closer
}

// atLeastWarn leaves what is no trouble out of the system's log.
type atLeastWarn struct{ slog.Leveler }

func (l atLeastWarn) Level() slog.Level { return max(l.Leveler.Level(), slog.LevelWarn) }
