package outbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// CheckedAtOpen is the size, in bytes, up to which a store is read whole before it is
// opened; a larger one only after a stop that was not clean (DESIGN "Store").
const CheckedAtOpen = 64 << 20

// examineFile reports damage before the file is opened for good.
func (s *Store) examineFile(check func(path string) error) error {
	info, err := os.Lstat(s.path)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if info.Size() > CheckedAtOpen && !LeftOpen(s.path) {
		return verifySize(s.path)
	}
	err = check(s.path)
	if errors.Is(err, ErrNewerSchema) || errors.Is(err, ErrInUse) || errors.Is(err, ErrDamaged) {
		return err
	}
	return nil // what else stands in the way says so at the opening
}

// The mark lies beside the store while it is open: where it is found at a start,
// the last stop was not a clean one.
func markOf(path string) string { return path + ".open" }

// LeftOpen reports that who had the outbox at path open last did not close it: what lies
// beside it may be half-written as well.
func LeftOpen(path string) bool {
	_, err := os.Lstat(markOf(path))
	return err == nil
}

// setMark is best effort: without it a large store is merely not read whole after
// a crash.
func (s *Store) setMark() {
	if file, err := os.OpenFile(markOf(s.path), os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
		if !s.noSync {
			_ = file.Sync()
		}
		_ = file.Close()
	}
}

// setAside takes a damaged store out of the way, under a name that says when. What
// can be read of it is taken back by Salvage.
func (s *Store) setAside() error {
	name := damagedPrefix(s.path) + s.now().UTC().Format("20060102T150405Z")
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			break
		}
		name = fmt.Sprintf("%s%s-%d", damagedPrefix(s.path), s.now().UTC().Format("20060102T150405Z"), n)
	}
	if err := os.Rename(s.path, name); err != nil {
		return fmt.Errorf("outbox: setting the damaged file aside: %w", err)
	}
	return syncFolder(filepath.Dir(s.path))
}

func damagedPrefix(path string) string { return path + ".damaged-" }

// damagedFiles are the stores that were set aside, the oldest first.
func (s *Store) damagedFiles() ([]string, error) {
	found, err := filepath.Glob(globSafe(damagedPrefix(s.path)) + "*")
	slices.Sort(found)
	return found, err
}

// oldCopies are files that hold what the store held once: copies made before an
// upgrade and files that were set aside.
func (s *Store) oldCopies() ([]string, error) {
	backups, err := filepath.Glob(globSafe(s.path) + ".backup-*")
	if err != nil {
		return nil, err
	}
	damaged, err := s.damagedFiles()
	return append(backups, damaged...), err
}

// globSafe escapes what a pattern would read as its own.
func globSafe(path string) string {
	var safe []byte
	for i := range len(path) {
		if c := path[i]; c == '*' || c == '?' || c == '[' || c == '\\' && filepath.Separator != '\\' {
			safe = append(safe, '\\')
		}
		safe = append(safe, path[i])
	}
	return string(safe)
}

// DropBackups removes the copies that upgrades left behind before then, and tells
// how many.
func (s *Store) DropBackups(before time.Time) (int, error) {
	backups, err := filepath.Glob(globSafe(s.path) + ".backup-*")
	n := 0
	for _, name := range backups {
		info, statErr := os.Stat(name)
		if statErr != nil || !info.ModTime().Before(before) {
			continue
		}
		err = errors.Join(err, os.Remove(name))
		n++
	}
	return n, err
}
