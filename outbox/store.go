package outbox

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// schemaVersion is what this program writes. A file of a newer schema is refused.
const schemaVersion = 1

// The buckets. Values are frames where they hold what a rep did or where it
// stands; the rest is small and derived, or says so.
var (
	bucketMeta     = []byte("meta")     // schema, salt, counters, current account, profile
	bucketHeads    = []byte("heads")    // item id -> frameHead
	bucketBodies   = []byte("bodies")   // item id -> frameBody
	bucketNotes    = []byte("notes")    // item id, number -> frameNote
	bucketStates   = []byte("states")   // state, item id -> next attempt, account (index of heads)
	bucketKeys     = []byte("keys")     // salted hash of an idempotency key -> item id
	bucketSeals    = []byte("seals")    // data key id -> wrapped data key
	bucketAccounts = []byte("accounts") // number -> Account

	buckets = [][]byte{bucketMeta, bucketHeads, bucketBodies, bucketNotes, bucketStates, bucketKeys, bucketSeals, bucketAccounts}
)

var (
	metaSchema   = []byte("schema")
	metaSalt     = []byte("salt")
	metaCounters = []byte("counters")
	metaCurrent  = []byte("current_account")
	metaProfile  = []byte("profile")
)

// Options are what a store is opened with.
type Options struct {
	// Recipients can open what is sealed: the rep's identity and, where the
	// company has one, its recovery key. At least one.
	Recipients []age.Recipient
	// Identity opens what earlier runs sealed; nil while the keychain is locked.
	Identity age.Identity
	// Now is the clock.
	Now func() time.Time
	// OnChange, where set, is told after each commit which items changed. It
	// must not block, must not call the store, and may be called by several writers at once.
	OnChange func(ids []string)
	// LockWait is how long to wait for another process to let go; 1 s if zero.
	LockWait time.Duration
	// NoSync leaves out the disk syncs. For simulators on throw-away files only.
	NoSync bool
}

// Store is an open outbox. It is safe for concurrent use by one process; a file
// lock keeps other processes out.
type Store struct {
	path      string
	db        *bbolt.DB
	committer committer
	keys      *keyring
	salt      []byte
	now       func() time.Time
	onChange  func([]string)
}

// Open opens the outbox at path, making it where there is none. Items that were
// being sent when the last process ended become doubtful and wait. Errors:
// ErrInUse, ErrNewerSchema, ErrDamaged, or the system's own.
func Open(path string, options Options) (*Store, error) {
	if err := create(path); err != nil {
		return nil, err
	}
	wait := options.LockWait
	if wait == 0 {
		wait = time.Second
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: wait, NoSync: options.NoSync})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%w: %s", ErrInUse, path)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	}
	s := &Store{path: path, db: db, now: options.Now, onChange: options.OnChange}
	s.committer.db = db
	if err := s.start(options); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// create makes an empty store beside path and renames it into place: a power cut
// inside bbolt's first writes leaves a file that panics on open (reliability.md
// section 3).
func create(path string) error {
	if _, err := os.Lstat(path); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	defer os.Remove(draft.Name())
	if err := draft.Close(); err != nil {
		return err
	}
	db, err := bbolt.Open(draft.Name(), 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	err = errors.Join(db.Update(initialise), db.Close())
	if err != nil {
		return fmt.Errorf("outbox: creating %s: %w", path, err)
	}
	if err := os.Rename(draft.Name(), path); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

func initialise(tx *bbolt.Tx) error {
	for _, name := range buckets {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	meta := tx.Bucket(bucketMeta)
	return errors.Join(
		meta.Put(metaSchema, binary.BigEndian.AppendUint32(nil, schemaVersion)),
		meta.Put(metaSalt, salt),
	)
}

// syncFolder makes a rename in the folder last. Where a folder cannot be synced
// (Windows) the rename is as durable as the system makes it.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer folder.Close()
	_ = folder.Sync()
	return nil
}

// start reads what the store needs in memory, stores this run's data key, and
// turns claims left over by a crash into doubts.
func (s *Store) start(options Options) error {
	wrapped := map[keyID][]byte{}
	err := s.db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil || tx.Bucket(bucketHeads) == nil {
			return fmt.Errorf("%w: it is no outbox", ErrDamaged)
		}
		version := meta.Get(metaSchema)
		if len(version) != 4 {
			return fmt.Errorf("%w: its schema is unreadable", ErrDamaged)
		}
		if binary.BigEndian.Uint32(version) > schemaVersion {
			return ErrNewerSchema
		}
		s.salt = append(s.salt, meta.Get(metaSalt)...)
		return tx.Bucket(bucketSeals).ForEach(func(k, v []byte) error {
			wrapped[keyID(k)] = append([]byte{}, v...)
			return nil
		})
	})
	if err != nil {
		return err
	}
	if s.keys, err = newKeyring(options.Recipients, wrapped); err != nil {
		return err
	}
	if options.Identity != nil {
		s.keys.unlock(options.Identity)
	}
	return s.update(func(b *batch) error {
		if err := b.tx.Bucket(bucketSeals).Put(s.keys.current[:], s.keys.currentWrapped); err != nil {
			return err
		}
		return b.recoverClaims()
	})
}

// Unlock hands over the identity of a keychain that was locked at the start.
func (s *Store) Unlock(identity age.Identity) { s.keys.unlock(identity) }

// Path is where the store lies.
func (s *Store) Path() string { return s.path }

// Close waits for running transactions and lets the file go.
func (s *Store) Close() error { return s.db.Close() }

// update runs change in a durable transaction, shared with other writers.
func (s *Store) update(change func(*batch) error) error {
	var b *batch
	err := s.committer.do(func(tx *bbolt.Tx) error {
		b = &batch{tx: tx, store: s, now: s.now()}
		if err := b.begin(); err != nil {
			return err
		}
		if err := change(b); err != nil {
			return err
		}
		return b.end()
	})
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	if err == nil && s.onChange != nil && len(b.changed) > 0 {
		s.onChange(b.changed)
	}
	return err
}

// view runs read in a snapshot of the store.
func (s *Store) view(read func(*snapshot) error) error {
	err := s.db.View(func(tx *bbolt.Tx) error {
		return read(&snapshot{tx: tx, keys: s.keys})
	})
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}
