// Package notify tells the desktop that a human is needed: once a day for each cause, so
// that nobody learns to look away. It knows neither the outbox nor Salesforce: what there
// is to tell is decided by the daemon, in the rep's words and without a name or an address
// in it, since a locked screen shows it too.
package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"time"
)

// Pause is how long a cause is not told again.
const Pause = 24 * time.Hour

// Note is one thing that a human is needed for.
type Note struct {
	// Cause is what the note is about: it is told once in Pause.
	Cause string
	// Title and Text are sentences.
	Title, Text string
	// Open labels the way to the page; How says in words how to get there, where the
	// desktop cannot be clicked.
	Open, How string
}

// Desktop shows notes to the person at it.
type Desktop interface {
	// Show shows a note; opened is called whenever it is clicked, where the system tells.
	Show(ctx context.Context, note Note, opened func()) error
}

// Teller tells each cause once in Pause, across restarts. It is not safe for concurrent
// use.
type Teller struct {
	desktop Desktop
	path    string
	now     func() time.Time
	told    map[string]time.Time
}

// NewTeller keeps in the file at path when each cause was told. A file that cannot be read
// is as none: at worst a cause is told once more.
func NewTeller(desktop Desktop, path string, now func() time.Time) *Teller {
	t := &Teller{desktop: desktop, path: path, now: now, told: map[string]time.Time{}}
	if data, err := os.ReadFile(path); err == nil {
		if json.Unmarshal(data, &t.told) != nil || t.told == nil {
			t.told = map[string]time.Time{}
		}
	}
	return t
}

// Tell shows what was not told within Pause, and gives the causes that it showed. A note
// that cannot be shown counts as not told.
func (t *Teller) Tell(ctx context.Context, notes []Note, opened func()) (shown []string, err error) {
	now := t.now()
	maps.DeleteFunc(t.told, func(_ string, at time.Time) bool {
		return now.Sub(at) >= Pause || at.After(now) // the clock was set back
	})
	var problems []error
	for _, note := range notes {
		if _, known := t.told[note.Cause]; known {
			continue
		}
		if err := t.desktop.Show(ctx, note, opened); err != nil {
			problems = append(problems, err)
			continue
		}
		t.told[note.Cause] = now
		shown = append(shown, note.Cause)
	}
	if len(shown) > 0 {
		problems = append(problems, t.keep())
	}
	return shown, errors.Join(problems...)
}

// keep writes when each cause was told: a daemon that is started anew tells it no earlier.
func (t *Teller) keep() error {
	data, err := json.Marshal(t.told)
	if err == nil {
		err = os.WriteFile(t.path+".new", data, 0o600)
	}
	if err == nil {
		err = os.Rename(t.path+".new", t.path)
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
