// Package ownfile writes small files that only their owner may read. It knows
// nothing of what they hold.
package ownfile

import (
	"errors"
	"os"
	"path/filepath"
)

// Replace puts data in place of the file at path, whole or not at all, readable
// for this user alone (mode 0600; on Windows an access list of its own). The
// folder must exist. What a crash leaves is the old file or the new one.
func Replace(path string, data []byte) error {
	draft, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	err = restrict(draft.Name())
	if err == nil {
		_, err = draft.Write(data)
	}
	if err == nil {
		err = draft.Sync()
	}
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return nil
}
