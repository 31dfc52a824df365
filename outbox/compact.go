package outbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// Compaction is worth its while where more than half of the file is free, and more
// than slackLeast bytes (DESIGN "Store").
const slackLeast = 8 << 20

// compactStep bounds one transaction of a compaction, in bytes.
const compactStep = 4 << 20

// Slack tells the size of the file and how much of it is free, in bytes.
func (s *Store) Slack() (size, free int64) {
	s.swap.RLock()
	defer s.swap.RUnlock()
	stats := s.db.Stats()
	if info, err := os.Stat(s.path); err == nil {
		size = info.Size()
	}
	return size, int64(stats.FreePageN+stats.PendingPageN) * int64(s.db.Info().PageSize)
}

// WorthCompacting reports whether Compact would give much back.
func (s *Store) WorthCompacting() bool {
	size, free := s.Slack()
	return free > slackLeast && free > size/2
}

// Compact writes the store anew without what was deleted, verifies it and puts it
// in place: it gives disk space back, and it is what makes a deletion an erasure.
// Captures wait meanwhile. On an error the old file stays.
func (s *Store) Compact() (before, after int64, err error) {
	s.swap.Lock()
	defer s.swap.Unlock()
	draft := s.path + ".compact"
	defer os.Remove(draft)
	before, err = fileSize(s.path)
	if err == nil {
		err = guarded(func() error { return s.compactInto(draft) })
	}
	if err == nil {
		err = Verify(draft)
	}
	if err != nil {
		return before, before, fmt.Errorf("outbox: compacting: %w", err)
	}
	if err := s.db.Close(); err != nil {
		return before, before, fmt.Errorf("outbox: compacting: %w", err)
	}
	err = os.Rename(draft, s.path)
	err = errors.Join(err, syncFolder(filepath.Dir(s.path)), s.openFile())
	if err == nil {
		err = s.rewriteKeys()
	}
	after, sizeErr := fileSize(s.path)
	return before, after, errors.Join(err, sizeErr)
}

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (s *Store) compactInto(draft string) error {
	if err := os.RemoveAll(draft); err != nil {
		return err
	}
	db, err := bbolt.Open(draft, 0o600, &bbolt.Options{Timeout: time.Second, NoSync: true})
	if err != nil {
		return err
	}
	err = bbolt.Compact(db, s.db, compactStep)
	if err == nil {
		err = db.Update(func(tx *bbolt.Tx) error { return dropSeals(tx, s.keys.currentID()) })
	}
	if !s.noSync {
		err = errors.Join(err, db.Sync())
	}
	return errors.Join(err, db.Close())
}

// dropSeals forgets the data keys under which nothing is sealed any more.
func dropSeals(tx *bbolt.Tx, current keyID) error {
	used := map[keyID]bool{current: true}
	note := func(_, value []byte) error {
		if f, err := decodeFrame(value); err == nil {
			used[f.key] = true
		}
		return nil
	}
	err := errors.Join(tx.Bucket(bucketBodies).ForEach(note), tx.Bucket(bucketNotes).ForEach(note))
	err = errors.Join(err, tx.Bucket(bucketHeads).ForEach(func(k, value []byte) error {
		h, err := decodeHead(value, itemID(k))
		if err == nil {
			used[h.PrivateKey], used[h.UpdateKey] = true, true
		}
		return err
	}))
	if err != nil {
		return err
	}
	var unused [][]byte
	seals := tx.Bucket(bucketSeals)
	err = seals.ForEach(func(k, _ []byte) error {
		if !used[keyID(k)] {
			unused = append(unused, append([]byte{}, k...))
		}
		return nil
	})
	for _, k := range unused {
		err = errors.Join(err, seals.Delete(k))
	}
	return err
}

// rewriteKeys makes the key file hold what the store holds, and no more.
func (s *Store) rewriteKeys() error {
	var frames []byte
	err := s.db.View(func(tx *bbolt.Tx) (err error) {
		frames, err = vitalFrames(tx, func(keyID) bool { return true })
		return err
	})
	if err != nil {
		return err
	}
	return s.keyFile.replace(frames)
}
