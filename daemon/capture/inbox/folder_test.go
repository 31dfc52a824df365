package inbox_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/inbox"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// folder is a drop folder under test: real files, a clock that stands still
// until told, and a store that can be told to fail.
type folder struct {
	*inbox.Inbox
	t     *testing.T
	home  string
	now   time.Time
	lang  string
	keep  time.Duration
	store *store
}

func newFolder(t *testing.T) *folder {
	t.Helper()
	f := &folder{
		t: t, home: t.TempDir(), lang: "en", keep: 7 * 24 * time.Hour,
		now:   time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
		store: &store{known: map[string]bool{}},
	}
	if err := os.MkdirAll(f.path("Inbox"), 0o700); err != nil {
		t.Fatal(err)
	}
	f.start()
	return f
}

// start makes the inbox anew, as a restart would.
func (f *folder) start() {
	now := func() time.Time { return f.now }
	f.Inbox = inbox.New(inbox.Config{
		Dir:    f.path("Inbox"),
		Tally:  f.path("inbox.json"),
		Keep:   func() time.Duration { return f.keep },
		Reader: lineReader{},
		Door:   capture.NewIntake(f.store, func() capture.Privacy { return capture.Privacy{Exclude: []string{"secret.test"}} }, nil, now),
		Words:  func() *words.Printer { return words.In(f.lang) },
		Now:    now,
		Log:    slog.New(slog.DiscardHandler),
	})
}

func (f *folder) path(parts ...string) string {
	return filepath.Join(append([]string{f.home}, parts...)...)
}

// drop puts a file into the Inbox, written just now.
func (f *folder) drop(name, content string) {
	f.t.Helper()
	path := f.path("Inbox", name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		f.t.Fatal(err)
	}
	f.touch(path)
}

func (f *folder) touch(path string) {
	f.t.Helper()
	if err := os.Chtimes(path, f.now, f.now); err != nil {
		f.t.Fatal(err)
	}
}

// settle looks, waits until what lies there is complete, and looks again.
func (f *folder) settle() {
	f.Pass(context.Background())
	f.now = f.now.Add(3 * time.Second)
	f.Pass(context.Background())
}

func (f *folder) names(dir string) []string {
	f.t.Helper()
	entries, err := os.ReadDir(f.path(dir))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		f.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (f *folder) holds(dir string, want ...string) {
	f.t.Helper()
	if got := f.names(dir); !slices.Equal(got, want) {
		f.t.Errorf("%s holds %q, want %q", dir, got, want)
	}
}

func (f *folder) text(parts ...string) string {
	f.t.Helper()
	data, err := os.ReadFile(f.path(parts...))
	if err != nil {
		f.t.Fatal(err)
	}
	return string(data)
}

// lineReader reads a share of one line, "ADDRESS SUBJECT"; "broken" is refused.
type lineReader struct{}

func (lineReader) Read(_ string, size int64, r io.Reader) ([]outbox.Draft, error) {
	if size > capture.MaxFileBytes {
		return nil, capture.Refuse(capture.TooLarge, "limit", "50 MiB")
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	address, subject, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	if address == "broken" {
		return nil, capture.Refuse(capture.NotMail)
	}
	return []outbox.Draft{{Activity: activity.Activity{
		Kind: activity.Share, Channel: activity.Email, Subject: subject, Key: string(data),
		People: []activity.Person{{Email: address}},
	}}}, nil
}

// store remembers what was captured, in its order.
type store struct {
	subjects []string
	known    map[string]bool
	calls    int
	fail     func(drafts []outbox.Draft) error
	after    func()
}

func (s *store) Known(key string) (outbox.Receipt, bool, error) {
	return outbox.Receipt{ID: key, Known: true}, s.known[key], nil
}

func (s *store) Add(_ context.Context, drafts []outbox.Draft) ([]outbox.Receipt, error) {
	s.calls++
	if s.fail != nil {
		if err := s.fail(drafts); err != nil {
			return nil, err
		}
	}
	for _, d := range drafts {
		if !s.known[d.Activity.Key] {
			s.known[d.Activity.Key] = true
			s.subjects = append(s.subjects, d.Activity.Subject)
		}
	}
	if s.after != nil {
		s.after()
	}
	return make([]outbox.Receipt, len(drafts)), nil
}

func (f *folder) captured(want ...string) {
	f.t.Helper()
	if !slices.Equal(f.store.subjects, want) {
		f.t.Errorf("captured %q, want %q", f.store.subjects, want)
	}
}
