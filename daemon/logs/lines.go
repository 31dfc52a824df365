package logs

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
)

// A sink takes one line at a time. Whoever reads it knows when the line came.
type sink interface {
	write(level slog.Level, line string) error
}

// lines is a handler that writes "message key=value" to a sink.
type lines struct {
	text slog.Handler // writes the attributes to shared.attrs
	*shared
}

// shared is what a handler and those made of it have in common.
type shared struct {
	mu    sync.Mutex
	attrs bytes.Buffer
	sink  sink
}

func newLines(level slog.Leveler, to sink) slog.Handler {
	s := &shared{sink: to}
	return lines{shared: s, text: slog.NewTextHandler(&s.attrs, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
				return slog.Attr{}
			}
			return a
		},
	})}
}

func (l lines) Enabled(ctx context.Context, level slog.Level) bool { return l.text.Enabled(ctx, level) }

func (l lines) Handle(ctx context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.attrs.Reset()
	if err := l.text.Handle(ctx, r); err != nil {
		return err
	}
	message := strings.Join(strings.Fields(r.Message), " ") // a line is one entry
	return l.sink.write(r.Level, strings.TrimSpace(message+" "+l.attrs.String()))
}

func (l lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	return lines{text: l.text.WithAttrs(attrs), shared: l.shared}
}

func (l lines) WithGroup(name string) slog.Handler {
	return lines{text: l.text.WithGroup(name), shared: l.shared}
}
