package inbox

import (
	"os"
	"path/filepath"
	"time"
)

const (
	// keepRejected is how long Rejected keeps files (CONTRACT section 3).
	keepRejected = 30 * 24 * time.Hour
	sweepEvery   = time.Hour
)

// sweep deletes what has lain in Done and Rejected for long enough.
func (b *Inbox) sweep() {
	now := b.Now()
	if now.Sub(b.swept) < sweepEvery {
		return
	}
	b.swept = now
	b.sweepFolder(b.done, now.Add(-b.Keep()))
	b.sweepFolder(b.rejected, now.Add(-keepRejected))
}

func (b *Inbox) sweepFolder(dir string, before time.Time) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // not made yet, or out of reach: nothing to delete
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
			b.Log.Warn("a file past its time could not be deleted", "error", withoutPath(err))
		}
	}
}
