package inbox

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// Reader turns a file into drafts; a *capture.Refusal says that it cannot be one.
type Reader interface {
	Read(name string, size int64, r io.Reader) ([]outbox.Draft, error)
}

// Door takes drafts in. Prepare completes and checks the drafts of one file,
// whole or not at all; Add makes those of several files durable at once. An
// error of Add means that nothing was.
type Door interface {
	Prepare(drafts []outbox.Draft) ([]outbox.Draft, error)
	Add(ctx context.Context, ready []outbox.Draft) ([]outbox.Receipt, error)
}

// Config is what an inbox depends on; every field is needed unless it says otherwise.
type Config struct {
	// Dir is the drop folder; Done and Rejected stand beside it.
	Dir string
	// Tally is the file that keeps the counts since installation.
	Tally string
	// Keep gives how long Done keeps files; zero deletes them once captured.
	Keep   func() time.Duration
	Reader Reader
	Door   Door
	// Words gives the rep's language, for the notes beside refused files.
	Words func() *words.Printer
	Now   func() time.Time
	Log   *slog.Logger
	// OnCount, where set, is told that a file was refused or excluded.
	OnCount func()
}

// Counts are what the status tells of the folder.
type Counts struct {
	// Rejected and Excluded count files since installation.
	Rejected, Excluded int
	// Stuck counts files that have lain in the folder for over a minute.
	Stuck int
	// LeftAlone names what is no file: links, pipes, folders.
	LeftAlone []string
	// Missing tells that the folder is not there.
	Missing bool
}

// Inbox watches one drop folder.
type Inbox struct {
	Config
	done, rejected string
	poke           chan struct{}

	mu      sync.Mutex
	files   map[string]*dropped
	arrived int
	left    []string
	missing bool
	tally   tally
	swept   time.Time
}

// New makes the inbox; it touches nothing until Run or Pass.
func New(c Config) *Inbox {
	beside := filepath.Dir(filepath.Clean(c.Dir))
	return &Inbox{
		Config:   c,
		done:     filepath.Join(beside, "Done"),
		rejected: filepath.Join(beside, "Rejected"),
		poke:     make(chan struct{}, 1),
		files:    map[string]*dropped{},
		tally:    readTally(c.Tally, c.Log),
	}
}

// Poke makes Run look at once.
func (b *Inbox) Poke() {
	select {
	case b.poke <- struct{}{}:
	default:
	}
}

// Counts gives the counts as of the last look.
func (b *Inbox) Counts() Counts {
	b.mu.Lock()
	defer b.mu.Unlock()
	counts := Counts{Rejected: b.tally.Rejected, Excluded: b.tally.Excluded, LeftAlone: b.left, Missing: b.missing}
	for _, f := range b.files {
		if b.Now().Sub(f.first) > stuckAfter {
			counts.Stuck++
		}
	}
	return counts
}

// Run looks after the folder until ctx ends. It makes the folder where there is
// none; one that vanishes later is waited for, not made anew, for it may be an
// unplugged drive.
func (b *Inbox) Run(ctx context.Context) error {
	for _, dir := range []string{b.Dir, b.done, b.rejected} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			b.Log.Error("the drop folder cannot be made", "error", err)
		}
	}
	w := newWatch(b.Dir, b.Log)
	defer w.close()
	for {
		w.renew() // before the look: what comes in behind it is news
		if !b.wait(ctx, b.Pass(ctx), w) {
			return nil
		}
	}
}

// wait returns when it is time to look again, false when ctx has ended. Events
// come in swarms: the first of them is waited on for a moment.
func (b *Inbox) wait(ctx context.Context, next time.Duration, w *watch) bool {
	timer := time.NewTimer(next)
	defer timer.Stop()
	events := w.events()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-b.poke:
			return true
		case <-timer.C:
			return true
		case _, ok := <-events:
			events = nil
			if ok {
				timer.Reset(min(next, swarm))
			}
		case err := <-w.errors():
			b.Log.Warn("watching the drop folder faltered; looking again", "error", err)
			return true
		}
	}
}
