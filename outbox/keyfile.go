package outbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fxamacker/cbor/v2"
	"go.etcd.io/bbolt"
)

// keyFile is outbox.keys: copies of what every record depends on, outside the
// tree, so that one lost page loses neither the records of a whole start (their
// wrapped data key) nor whose they are. It is a row of frames, appended to at each
// opening and rewritten by a compaction.
type keyFile struct {
	path   string
	noSync bool
}

func keyFileBeside(path string, noSync bool) keyFile {
	return keyFile{strings.TrimSuffix(path, filepath.Ext(path)) + ".keys", noSync}
}

// vitals is what the key file holds.
type vitals struct {
	self     *self // nil where it was not found
	wrapped  map[keyID][]byte
	accounts map[uint32]Account
}

func newVitals() *vitals {
	return &vitals{wrapped: map[keyID][]byte{}, accounts: map[uint32]Account{}}
}

// take sorts a frame in; later or newer ones win.
func (v *vitals) take(f frame) {
	switch f.kind {
	case frameSeal:
		v.wrapped[f.key] = append([]byte{}, f.payload...)
	case frameAccount:
		var a Account
		if cbor.Unmarshal(f.payload, &a) == nil {
			v.accounts[f.number()] = a
		}
	case frameSelf:
		s := &self{revision: f.revision}
		if cbor.Unmarshal(f.payload, s) == nil && (v.self == nil || s.revision >= v.self.revision) {
			v.self = s
		}
	}
}

// read gives what can be read; an absent file is empty.
func (k keyFile) read() (*vitals, error) {
	v := newVitals()
	data, err := os.ReadFile(k.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	scanAll(data, func(_ int, f frame) { v.take(f) })
	return v, nil
}

// append adds frames and returns once they are on disk, a new file's name included.
func (k keyFile) append(frames []byte) error {
	_, err := os.Lstat(k.path)
	fresh := errors.Is(err, fs.ErrNotExist)
	file, err := os.OpenFile(k.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	_, err = file.Write(frames)
	if !k.noSync {
		err = errors.Join(err, file.Sync())
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if fresh && !k.noSync {
		return syncFolder(filepath.Dir(k.path))
	}
	return nil
}

// replace puts frames in the file's place, whole or not at all.
func (k keyFile) replace(frames []byte) error {
	draft := keyFile{k.path + ".new", k.noSync}
	if err := os.Remove(draft.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("outbox: %w", err)
	}
	if err := draft.append(frames); err != nil {
		return errors.Join(err, os.Remove(draft.path))
	}
	if err := os.Rename(draft.path, k.path); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return syncFolder(filepath.Dir(k.path))
}

// vitalFrames gives the frames of the store's own record, of its accounts and of
// the data keys that keep wants.
func vitalFrames(tx *bbolt.Tx, keep func(keyID) bool) ([]byte, error) {
	frames := append([]byte{}, tx.Bucket(bucketMeta).Get(metaSelf)...)
	err := tx.Bucket(bucketAccounts).ForEach(func(_, v []byte) error {
		frames = append(frames, v...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = tx.Bucket(bucketSeals).ForEach(func(k, v []byte) error {
		if keep(keyID(k)) {
			frames = append(frames, v...)
		}
		return nil
	})
	return frames, err
}

// copyVitals brings the key file up to date after what it copies changed.
func (s *Store) copyVitals() error {
	var frames []byte
	err := s.view(func(v *snapshot) (err error) {
		frames, err = vitalFrames(v.tx, func(id keyID) bool { return id == s.keys.currentID() })
		return err
	})
	if err != nil {
		return err
	}
	return s.keyFile.append(frames)
}
