package outbox

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"filippo.io/age"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// schemaVersion is what this program writes. A file of a newer schema is refused,
// an older one is upgraded (migrate.go).
const schemaVersion = 2

// The buckets. Values are frames where they cannot be derived from others.
var (
	bucketMeta     = []byte("meta")     // schema; the store's own record; counters; salvage reports
	bucketHeads    = []byte("heads")    // item id -> frameHead
	bucketBodies   = []byte("bodies")   // item id -> frameBody
	bucketNotes    = []byte("notes")    // item id, number -> frameNote
	bucketStates   = []byte("states")   // state, item id -> when, account (index of heads)
	bucketKeys     = []byte("keys")     // salted hash of an idempotency key -> item id (index of heads)
	bucketSeals    = []byte("seals")    // data key id -> frameSeal
	bucketAccounts = []byte("accounts") // number -> frameAccount

	buckets = [][]byte{bucketMeta, bucketHeads, bucketBodies, bucketNotes, bucketStates, bucketKeys, bucketSeals, bucketAccounts}
)

var (
	metaSchema   = []byte("schema")
	metaSelf     = []byte("self")
	metaCounters = []byte("counters")
	metaSalvages = []byte("salvages")
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
	// Verify reads the file before it is opened and reports ErrDamaged where it is not
	// whole. A damaged file can crash who reads it, so a program runs the function
	// Verify in a child process; nil runs it here.
	Verify func(path string) error
	// Reserve is how much room to keep on the disk for the marks of what was
	// delivered, in bytes (ReserveFor); 0 keeps none.
	Reserve int64
	// NoSync leaves out the disk syncs. For simulators on throw-away files only.
	NoSync bool
}

// Store is an open outbox. It is safe for concurrent use by one process; a file
// lock keeps other processes out.
type Store struct {
	path       string
	lockWait   time.Duration
	noSync     bool
	committer  committer
	room       room
	keys       *keyring
	keyFile    keyFile
	reserve    *reserve
	salt       []byte
	now        func() time.Time
	onChange   func([]string)
	lookalikes lookalikes
	// suspect: a check found damage; the next start reads the file whole and salvages.
	suspect atomic.Bool

	swap   sync.RWMutex // held to use db, and whole to put another in its place
	db     *bbolt.DB
	closed bool
}

// Open opens the outbox at path, making it where there is none. A damaged file is
// set aside as path.damaged-TIME and a new one begun: Salvage takes back what can be
// read of it. Items that were being sent when the last process ended become
// doubtful and wait. Errors: ErrInUse, ErrNewerSchema, ErrFull, or the system's own.
func Open(path string, options Options) (*Store, error) {
	s := &Store{
		path: path, lockWait: options.LockWait, noSync: options.NoSync, now: options.Now, onChange: options.OnChange,
		keyFile: keyFileBeside(path, options.NoSync), reserve: reserveBeside(path, options.Reserve, options.Now),
	}
	if s.lockWait == 0 {
		s.lockWait = time.Second
	}
	s.committer.update = s.commit
	check := options.Verify
	if check == nil {
		check = func(path string) error { return guarded(func() error { return Verify(path) }) }
	}
	if err := s.openWhole(check, options); err != nil {
		return nil, errors.Join(err, s.closeFile())
	}
	return s, nil
}

// openWhole opens the file, or a new one in place of a damaged one. Some damage shows only
// in the start's own reads and writes: a large file that was closed well is not read whole
// first, and bbolt's check does not look at everything that its writes go by.
func (s *Store) openWhole(check func(path string) error, options Options) error {
	vitals, err := s.keyFile.read()
	if err != nil {
		return err
	}
	fresh, err := s.create(vitals)
	if err != nil {
		return err
	}
	if !fresh {
		err = s.examineFile(check)
	}
	if err == nil {
		err = s.openAndStart(vitals, options)
	}
	if !errors.Is(err, ErrDamaged) {
		return err
	}
	if err := errors.Join(s.closeFile(), s.setAside()); err != nil {
		return err
	}
	if _, err := s.create(vitals); err != nil {
		return err
	}
	return s.openAndStart(vitals, options)
}

func (s *Store) openAndStart(vitals *vitals, options Options) error {
	if err := s.openAndMigrate(vitals); err != nil {
		return err
	}
	return s.start(options)
}

func (s *Store) openAndMigrate(vitals *vitals) error {
	return guarded(func() error {
		if err := s.openFile(); err != nil {
			return err
		}
		from, err := s.migrate()
		if err == nil && from == schemaVersion {
			err = s.compareGenerations(vitals)
		}
		return err
	})
}

func (s *Store) openFile() error {
	db, err := bbolt.Open(s.path, 0o600, &bbolt.Options{Timeout: s.lockWait, NoSync: s.noSync, OpenFile: s.room.open})
	if err != nil {
		return openError(s.path, err)
	}
	s.db = db
	return nil
}

func (s *Store) closeFile() error {
	if s.db == nil {
		return nil
	}
	return s.db.Close()
}

// create makes an empty store beside path and renames it into place: a power cut
// inside bbolt's first writes leaves a file that panics on open (reliability.md
// section 3). It takes up what the key file still knows. It reports whether it made one.
func (s *Store) create(known *vitals) (fresh bool, err error) {
	if _, err := os.Lstat(s.path); err == nil || !errors.Is(err, os.ErrNotExist) {
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return false, fmt.Errorf("outbox: %w", err)
	}
	draft, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".new-*")
	if err != nil {
		return false, fmt.Errorf("outbox: %w", err)
	}
	defer os.Remove(draft.Name())
	if err := draft.Close(); err != nil {
		return false, err
	}
	db, err := bbolt.Open(draft.Name(), 0o600, &bbolt.Options{Timeout: time.Second, NoSync: s.noSync})
	if err != nil {
		return false, fmt.Errorf("outbox: %w", err)
	}
	err = errors.Join(db.Update(func(tx *bbolt.Tx) error { return initialise(tx, known) }), db.Close())
	if err != nil {
		return false, fmt.Errorf("outbox: creating %s: %w", s.path, err)
	}
	if err := os.Rename(draft.Name(), s.path); err != nil {
		return false, fmt.Errorf("outbox: %w", err)
	}
	return true, syncFolder(filepath.Dir(s.path))
}

func initialise(tx *bbolt.Tx, known *vitals) error {
	for _, name := range buckets {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	own := known.self
	if own == nil {
		own = &self{Salt: make([]byte, 16)}
		rand.Read(own.Salt)
	}
	b := &batch{tx: tx}
	for number, account := range known.accounts {
		if err := b.fileAccount(number, account); err != nil {
			return err
		}
	}
	for id, wrapped := range known.wrapped {
		if err := putSeal(tx, id, wrapped); err != nil {
			return err
		}
	}
	return errors.Join(
		writeSelf(tx, own),
		tx.Bucket(bucketMeta).Put(metaSchema, schemaValue(schemaVersion)),
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

// compareGenerations turns everything undelivered into doubts where the store and
// the key file are not of the same opening: one of them was put back from a backup,
// and what waits in it may have been delivered since (W22).
func (s *Store) compareGenerations(known *vitals) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		own, err := readSelf(tx)
		if err != nil || own.Generation == nil || known.self != nil && string(known.self.Generation) == string(own.Generation) {
			return err
		}
		return counting(tx, func(t *transaction) error {
			b := &batch{tx: tx, store: s, now: s.now(), counters: &t.counters}
			return b.doubtAll()
		})
	})
}

// start reads what the store needs in memory, stores this run's data key, and
// turns claims left over by a crash into doubts.
func (s *Store) start(options Options) error {
	// A reserve that cannot be had is no reason not to start: it keeps captures out.
	_ = s.reserve.hold()
	s.setMark()
	wrapped := map[keyID][]byte{}
	err := s.view(func(v *snapshot) error {
		own, err := readSelf(v.tx)
		if err != nil {
			return err
		}
		s.salt = own.Salt
		return v.tx.Bucket(bucketSeals).ForEach(func(k, value []byte) error {
			f, err := expect(value, frameSeal, itemID{})
			if err == nil {
				wrapped[keyID(k)] = append([]byte{}, f.payload...)
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	if beside, err := s.keyFile.read(); err == nil {
		maps.Copy(wrapped, beside.wrapped)
	}
	if s.keys, err = newKeyring(options.Recipients, wrapped); err != nil {
		return err
	}
	if options.Identity != nil {
		s.keys.unlock(options.Identity)
	}
	return s.update(func(b *batch) error {
		generation := make([]byte, 8)
		rand.Read(generation)
		return errors.Join(
			b.changeSelf(func(own *self) { own.Generation = generation }),
			putSeal(b.tx, s.keys.current, s.keys.wrapped[s.keys.current]),
			b.recoverClaims(),
		)
	})
}

// Reseal seals what comes in from now on to other recipients: the keychain lost the
// identity, or the company named its recovery key. What was sealed before stays so.
func (s *Store) Reseal(recipients []age.Recipient, identity age.Identity) error {
	if len(recipients) == 0 {
		return errNoRecipient
	}
	id, wrapped, err := s.keys.begin(recipients)
	if err != nil {
		return err
	}
	s.keys.unlock(identity)
	return s.update(func(b *batch) error {
		b.owned = true
		return putSeal(b.tx, id, wrapped)
	})
}

// Unlock hands over the identity of a keychain that was locked at the start.
func (s *Store) Unlock(identity age.Identity) {
	s.keys.unlock(identity)
	s.lookalikes.reset()
}

// Path is where the store lies.
func (s *Store) Path() string { return s.path }

// Full reports that the disk is so full that nothing more is captured.
func (s *Store) Full() bool { return s.reserve.gone() }

// Close waits for running transactions and lets the file go.
func (s *Store) Close() error {
	s.swap.Lock()
	defer s.swap.Unlock()
	s.closed = true
	if err := s.db.Close(); err != nil || s.suspect.Load() {
		return err
	}
	return os.Remove(markOf(s.path))
}

// update runs change in a durable transaction, shared with other writers. What it
// stores is about items that are here already: on a full disk it takes the reserve.
func (s *Store) update(change func(*batch) error) error {
	err := s.try(change)
	if isFull(err) && s.reserve.release() {
		err = s.try(change)
	}
	return err
}

// capture runs change as update does, but never at the cost of the reserve.
func (s *Store) capture(change func(*batch) error) error {
	if err := s.reserve.hold(); err != nil {
		return err
	}
	err := s.try(change)
	if isFull(err) {
		err = fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

func (s *Store) try(change func(*batch) error) error {
	var b *batch
	apply := func(t *transaction) error {
		b = &batch{tx: t.tx, store: s, now: s.now(), counters: &t.counters, looks: map[itemID]*look{}}
		return change(b)
	}
	err := s.committer.do(apply, func() { s.lookalikes.changed(b.changed, b.looks) })
	if err == nil && b.owned {
		err = s.copyVitals()
	}
	if err == nil && len(b.changed) > 0 && s.onChange != nil {
		ids := make([]string, len(b.changed))
		for i, id := range b.changed {
			ids[i] = id.String()
		}
		s.onChange(ids)
	}
	return err
}

// commit runs apply in one transaction of the file that is in place.
func (s *Store) commit(apply func(*transaction) error) error {
	return s.onFile(func(db *bbolt.DB) error {
		return db.Update(func(tx *bbolt.Tx) error {
			if !s.noSync && !s.reserve.gone() {
				s.room.ahead(tx)
			}
			return counting(tx, apply)
		})
	})
}

// view runs read in a snapshot of the store.
func (s *Store) view(read func(*snapshot) error) error {
	return s.onFile(func(db *bbolt.DB) error {
		return db.View(func(tx *bbolt.Tx) error {
			return read(&snapshot{tx: tx, keys: s.keys})
		})
	})
}

// onFile runs work on the file that is in place, opened anew where it was lost.
func (s *Store) onFile(work func(*bbolt.DB) error) error {
	err := s.onThisFile(work)
	if !isLost(err) {
		return err
	}
	if err := s.reopen(); err != nil {
		return err
	}
	return s.onThisFile(work)
}

func (s *Store) onThisFile(work func(*bbolt.DB) error) error {
	s.swap.RLock()
	defer s.swap.RUnlock()
	return guarded(func() error { return work(s.db) })
}

// isLost reports that the file is open no more. bbolt gives its mapping up where it
// could not make it larger: there was no memory, or on Windows no room on the disk.
func isLost(err error) bool {
	return errors.Is(err, bolterrors.ErrInvalidMapping) || errors.Is(err, bolterrors.ErrDatabaseNotOpen)
}

// reopen opens a file that was lost. ErrClosed: it was closed.
func (s *Store) reopen() error {
	s.swap.Lock()
	defer s.swap.Unlock()
	if s.closed {
		return ErrClosed
	}
	if !isLost(s.db.View(func(*bbolt.Tx) error { return nil })) {
		return nil // somebody else has done it
	}
	return guarded(func() error { return errors.Join(s.db.Close(), s.openFile()) })
}
