// Package upgrade notices that the program's own file was replaced by another version,
// as a package manager does under a running daemon. It decides nothing: when to
// restart, and how, is its caller's. It imports nothing of ours.
package upgrade

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settle is how long the new file has to stay as it is before it counts: one that
	// is being copied is no program yet.
	settle = 2 * time.Second
	// poll is how often the file is looked at where no event tells of it.
	poll = 10 * time.Minute
	// tryTime is how long the new program has to tell its version.
	tryTime = 10 * time.Second
)

// Program is the file of the running program.
type Program struct {
	path    string
	running os.FileInfo
}

// Running takes the file at path as that of the running program, to be called as it
// starts.
func Running(path string) (*Program, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("upgrade: %w", err)
	}
	return &Program{path: path, running: info}, nil
}

// Await returns nil once another file lies in the program's place, whole and able to
// start; the end of ctx is its error.
func (p *Program) Await(ctx context.Context) error {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		event, done := p.watch()
		ready := p.changed() && p.settled(ctx) && p.starts(ctx)
		if !ready {
			select {
			case <-ctx.Done():
			case <-event:
			case <-ticker.C:
			}
		}
		done()
		if ready || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// watch tells of what happens to the file that lies in place now; where that cannot be
// had, of nothing: the poll is left.
func (p *Program) watch() (event <-chan fsnotify.Event, done func()) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, func() {}
	}
	_ = watcher.Add(p.path) // without it no event comes
	return watcher.Events, func() { _ = watcher.Close() }
}

// changed tells whether the file in place is not the running one. One that is gone,
// as in the middle of an installation, is none.
func (p *Program) changed() bool {
	now, err := os.Stat(p.path)
	return err == nil && !same(p.running, now)
}

func same(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// settled waits until the file stays as it is.
func (p *Program) settled(ctx context.Context) bool {
	before, err := os.Stat(p.path)
	for err == nil {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(settle):
		}
		var now os.FileInfo
		if now, err = os.Stat(p.path); err == nil && same(before, now) {
			return true
		}
		before = now
	}
	return false
}

// starts tries the new program: a daemon that runs is not given up for one that
// cannot.
func (p *Program) starts(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	return exec.CommandContext(ctx, p.path, "version").Run() == nil
}
