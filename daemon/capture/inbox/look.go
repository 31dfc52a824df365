package inbox

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// settled is how long a file must stay as it is to be complete.
	settled = 2 * time.Second
	// stuckAfter is when a file counts as stuck.
	stuckAfter = time.Minute
	// regular is when to look even though nothing was told: shares over a network
	// tell nothing. With the network watch it wakes an idle laptop five times a minute.
	regular = 15 * time.Second
	// again is when a file that could not be made durable is tried anew.
	again = 15 * time.Second
	// swarm is how long the first event of many is waited on.
	swarm = 200 * time.Millisecond
)

// dropped is a file in the folder, as it was seen.
type dropped struct {
	name  string
	info  fs.FileInfo
	order int
	// first is when it was first seen, since when it is as it is.
	first, since time.Time
	// notBefore is when it may be tried again.
	notBefore time.Time
}

// Pass looks at the folder once: what is complete is taken. It returns when to
// look again.
func (b *Inbox) Pass(ctx context.Context) time.Duration {
	b.sweep()
	ready, next := b.look()
	for _, batch := range batches(ready) {
		if ctx.Err() != nil {
			return 0
		}
		b.take(ctx, batch)
	}
	b.saveTally()
	return next
}

// look updates what is known of the folder and gives the complete files in the
// order of their arrival.
func (b *Inbox) look() (ready []*dropped, next time.Duration) {
	now := b.Now()
	entries, err := os.ReadDir(b.Dir)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.missing = err != nil; b.missing {
		b.files, b.left = map[string]*dropped{}, nil
		return nil, regular
	}
	b.note(entries, now)
	next = regular
	for _, f := range b.files {
		wait := max(f.unsettled(now), f.notBefore.Sub(now))
		if wait <= 0 {
			ready = append(ready, f)
		} else {
			next = min(next, wait)
		}
	}
	slices.SortFunc(ready, func(x, y *dropped) int { return cmp.Compare(x.order, y.order) })
	return ready, next
}

// note takes in what lies there now. New files are numbered by their time, for
// one look may find many.
func (b *Inbox) note(entries []os.DirEntry, now time.Time) {
	known, left := b.files, b.left[:0:0]
	b.files = make(map[string]*dropped, len(known))
	var fresh []*dropped
	for _, entry := range entries {
		if unfinished(entry.Name()) {
			continue
		}
		info, err := os.Lstat(filepath.Join(b.Dir, entry.Name())) // what the entry itself knows of a file's identity is nothing on some disks of Windows
		if err != nil {
			continue // gone meanwhile
		}
		if !info.Mode().IsRegular() {
			left = append(left, entry.Name())
			continue
		}
		f := known[entry.Name()]
		if f == nil {
			f = &dropped{name: entry.Name(), first: now}
			fresh = append(fresh, f)
		}
		setBack := f.since.After(now) || f.notBefore.After(now.Add(again)) // the clock was
		if f.info == nil || !sameState(f.info, info) || setBack {
			f.since, f.notBefore = now, time.Time{}
		}
		f.info = info
		b.files[f.name] = f
	}
	b.left = left
	slices.SortFunc(fresh, func(x, y *dropped) int {
		return cmp.Or(x.info.ModTime().Compare(y.info.ModTime()), cmp.Compare(x.name, y.name))
	})
	for _, f := range fresh {
		b.arrived++
		f.order = b.arrived
	}
}

// unsettled is how much longer the file must stay as it is. A file that was
// renamed in bears its own time: when that is past, so is the waiting.
func (f *dropped) unsettled(now time.Time) time.Duration {
	still := now.Sub(f.since)
	if age := now.Sub(f.info.ModTime()); age > still {
		still = age
	}
	return settled - still
}

func sameState(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// unfinished tells the names that programs give to what they still write, and
// hidden files (CONTRACT section 5).
func unfinished(name string) bool {
	if strings.HasPrefix(name, ".") {
		return true
	}
	for _, end := range []string{".tmp", ".part", ".inprogress", "~", ".crdownload", ".partial"} {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return true
		}
	}
	return false
}

// batches cuts the files into groups that are made durable together: enough to
// share the cost of it, few enough to bound the memory.
func batches(files []*dropped) [][]*dropped {
	const most, bytes = 64, 8 << 20
	var all [][]*dropped
	var batch []*dropped
	size := int64(0)
	for _, f := range files {
		if len(batch) > 0 && (len(batch) == most || size+f.info.Size() > bytes) {
			all, batch, size = append(all, batch), nil, 0
		}
		batch = append(batch, f)
		size += f.info.Size()
	}
	if len(batch) > 0 {
		all = append(all, batch)
	}
	return all
}
