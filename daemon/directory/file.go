package directory

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"filippo.io/age"
	"go.etcd.io/bbolt"
)

// file is the bbolt file that the copy lies in.
type file struct {
	path string
	mu   sync.RWMutex // held to use db, and whole to put another in its place
	db   *bbolt.DB
	// replaced is told when another was put in its place.
	replaced chan struct{}
}

// ErrDamaged says that a file is not as it was written.
var ErrDamaged = errors.New("directory: damaged")

// StoreError says that the copy could not be read or written on this computer: the disk is
// full, or fails. Salesforce was not asked.
type StoreError struct{ Err error }

func (e *StoreError) Error() string { return "directory: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *StoreError) Unwrap() error { return e.Err }

// Problem names the sentence in daemon/words.
func (e *StoreError) Problem() (code string, args map[string]string) {
	return "directory_store", map[string]string{"reason": e.Err.Error()}
}

// Verify reads the tree of the copy at path and changes nothing. A damaged one can crash
// the process that walks it in ways that cannot be caught, or never end: run it in a child
// process. Errors: ErrDamaged.
func Verify(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	err = db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return nil
	})
	return errors.Join(err, db.Close())
}

// Open opens the copy at path, which verify (Verify in a child process) finds whole; nil
// where that need not be asked. A damaged one is replaced by an empty one. A new one is
// sealed to the recipients; an earlier one is locked until Unlock. A copy that cannot be
// opened, on a full disk for instance, is none: each use tries again, and is a *StoreError
// until it can be.
func Open(path string, recipients []age.Recipient, verify func(path string) error) *Directory {
	d := &Directory{file: file{path: path, replaced: make(chan struct{}, 1)}, recipients: recipients}
	var err error
	if _, missing := os.Lstat(path); missing == nil && verify != nil {
		err = verify(path)
	}
	if err == nil {
		err = d.open()
	}
	if err != nil {
		_ = errors.Join(os.Remove(path), d.open()) // else the first use tells
	}
	return d
}

// opened opens a copy that could not be opened before.
func (d *Directory) opened() error {
	d.file.mu.Lock()
	defer d.file.mu.Unlock()
	if d.file.db != nil {
		return nil
	}
	if err := d.open(); err != nil {
		return &StoreError{err}
	}
	return nil
}

func (d *Directory) open() error {
	if err := os.MkdirAll(filepath.Dir(d.file.path), 0o700); err != nil {
		return err
	}
	db, err := bbolt.Open(d.file.path, 0o600, &bbolt.Options{Timeout: time.Second, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	if err = guarded(func() error { return d.prepare(db) }); err != nil {
		return errors.Join(err, letGo(db))
	}
	d.file.db = db
	return nil
}

// prepare makes what a new file lacks. A file that was begun is not written: it must open
// on a full disk as well.
func (d *Directory) prepare(db *bbolt.DB) error {
	begun := false
	err := db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		begun = meta != nil
		if begun && !bytes.Equal(meta.Get(metaFormat), format) {
			return fmt.Errorf("%w: not of this format", ErrDamaged) // an earlier one was not sealed
		}
		for _, name := range buckets() {
			if begun && tx.Bucket(name) == nil {
				return fmt.Errorf("%w: %s is missing", ErrDamaged, name)
			}
		}
		return nil
	})
	if err != nil || begun {
		return err
	}
	return db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return d.begin(tx)
	})
}

func buckets() [][]byte { return append(copied(), bucketMeta, bucketFacts, bucketAnswers) }

// view reads. Where the file proves damaged, read runs again, on an empty one.
func (d *Directory) view(read func(tx *bbolt.Tx) error) error {
	return d.use(read, (*bbolt.DB).View)
}

// update writes, in one transaction. Where the file proves damaged, change runs again, on
// an empty one.
func (d *Directory) update(change func(tx *bbolt.Tx) error) error {
	return d.use(change, (*bbolt.DB).Update)
}

func (d *Directory) use(work func(tx *bbolt.Tx) error, in func(db *bbolt.DB, work func(tx *bbolt.Tx) error) error) error {
	db, err := d.once(work, in)
	if db == nil {
		if err := d.opened(); err != nil {
			return err
		}
		db, err = d.once(work, in)
	}
	if !errors.Is(err, ErrDamaged) {
		return err
	}
	if err := d.replace(db, err); err != nil {
		return err
	}
	_, err = d.once(work, in)
	return err
}

// once works on the file as it is, and tells which that was. What the work itself says is
// given as it is, all else is a *StoreError.
func (d *Directory) once(work func(tx *bbolt.Tx) error, in func(db *bbolt.DB, work func(tx *bbolt.Tx) error) error) (*bbolt.DB, error) {
	d.file.mu.RLock()
	defer d.file.mu.RUnlock()
	if d.file.db == nil {
		return nil, nil
	}
	var own error
	err := guarded(func() error {
		return in(d.file.db, func(tx *bbolt.Tx) error {
			own = work(tx)
			return own
		})
	})
	if err != nil && own == nil {
		err = &StoreError{err}
	}
	return d.file.db, err
}

// replace puts an empty file in the place of a damaged one, unless that was done meanwhile.
func (d *Directory) replace(damaged *bbolt.DB, cause error) error {
	d.file.mu.Lock()
	defer d.file.mu.Unlock()
	if d.file.db != damaged {
		return nil
	}
	_ = letGo(damaged)
	d.file.db = nil
	d.indexes.rest()
	if err := errors.Join(os.Remove(d.file.path), d.open()); err != nil {
		return &StoreError{errors.Join(cause, err)}
	}
	d.mu.Lock()
	d.epoch.replaced++
	d.mu.Unlock()
	select {
	case d.file.replaced <- struct{}{}:
	default:
	}
	return nil
}

// Replaced tells when a damaged copy was replaced by an empty one: it wants to be filled.
func (d *Directory) Replaced() <-chan struct{} { return d.file.replaced }

// closeTime is how long a file may take to close. One that is damaged may hold the lock
// that closing waits for.
const closeTime = time.Second

func letGo(db *bbolt.DB) error {
	closed := make(chan error, 1)
	go func() { closed <- guarded(db.Close) }()
	select {
	case err := <-closed:
		return err
	case <-time.After(closeTime):
		return &StoreError{errors.New("the file does not close")}
	}
}

// guarded runs work on the tree. What a damaged page makes bbolt do (a panic, a fault in a
// mapped page) becomes ErrDamaged instead of the end of the process.
func guarded(work func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	return work()
}

// Close lets the file go.
func (d *Directory) Close() error {
	d.indexes.close()
	d.file.mu.RLock()
	defer d.file.mu.RUnlock()
	if d.file.db == nil {
		return nil // it could not be opened
	}
	return letGo(d.file.db)
}

// openers are who can open the copy.
func (d *Directory) openers() []age.Recipient {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.recipients)
}

func (d *Directory) setOpeners(recipients []age.Recipient) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.recipients = recipients
}
