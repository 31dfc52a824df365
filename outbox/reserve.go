package outbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrFull says that the disk is full: nothing was captured. What is already here
// keeps being delivered.
var ErrFull = errors.New("outbox: the disk is full")

// isFull reports that the disk has no room left. bbolt tells some of the system's
// errors as text only: that the file could not grow, or not be synced.
func isFull(err error) bool {
	return err != nil && slices.ContainsFunc(fullErrors, func(full error) bool {
		return errors.Is(err, full) || strings.Contains(err.Error(), full.Error())
	})
}

const (
	// maxReserve bounds the reserve, and reserveShare is the part of the volume that it
	// takes at most (DESIGN "Store").
	maxReserve   = 16 << 20
	reserveShare = 16
	// reserveRetry is how often it is tried to take a reserve back that was given up.
	reserveRetry = time.Second
)

// reserve is room on the disk that is kept for the marks of what was delivered: a
// record in Salesforce whose mark does not fit on the disk would be written twice.
// It is given up when the disk is full, and while it is gone nothing is captured.
type reserve struct {
	path string
	size int64
	now  func() time.Time

	mu    sync.Mutex
	held  bool
	tried time.Time
}

func reserveBeside(path string, size int64, now func() time.Time) *reserve {
	return &reserve{path: strings.TrimSuffix(path, filepath.Ext(path)) + ".reserve", size: size, now: now}
}

// ReserveFor is how much room to keep for a store in folder, in bytes: 16 MiB, or
// a sixteenth of a small volume. 0 where the system does not tell the volume's size.
func ReserveFor(folder string) int64 {
	size, err := volumeSize(folder)
	if err != nil {
		return 0
	}
	return min(maxReserve, size/reserveShare)
}

// hold takes the room where it is not taken yet; ErrFull where there is none.
func (r *reserve) hold() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held || r.size == 0 {
		return nil
	}
	if now := r.now(); !r.tried.IsZero() && now.Sub(r.tried).Abs() < reserveRetry {
		return ErrFull
	}
	r.tried = r.now()
	if info, err := os.Stat(r.path); err == nil && info.Size() == r.size {
		r.held = true
		return nil
	}
	if err := r.take(); err != nil {
		_ = os.Remove(r.path)
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	r.held = true
	return nil
}

// take writes the room full: a hole would reserve nothing.
func (r *reserve) take() error {
	file, err := os.OpenFile(r.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	block := make([]byte, 1<<20)
	for left := r.size; left > 0 && err == nil; left -= int64(len(block)) {
		_, err = file.Write(block[:min(left, int64(len(block)))])
	}
	return errors.Join(err, file.Close())
}

// release gives the room up, and reports whether there was any.
func (r *reserve) release() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := os.Remove(r.path)
	r.held, r.tried = false, r.now()
	return err == nil || !errors.Is(err, fs.ErrNotExist)
}

// gone reports whether the room had to be given up.
func (r *reserve) gone() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.size > 0 && !r.held
}
