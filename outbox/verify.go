package outbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Verify reads the whole outbox at path and changes nothing. A damaged tree can
// crash the process that walks it in ways that cannot be caught (a page cycle, a
// fault in a mapped page; reliability.md section 3): run it in a child process.
// Errors: ErrDamaged, ErrInUse, ErrNewerSchema, or the system's own.
func Verify(path string) (err error) {
	if err := verifySize(path); err != nil {
		return err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		return openError(path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		version, err := schemaOf(tx)
		if err != nil || version < schemaVersion {
			return err // an older schema is read whole by its migration
		}
		report, err := examine(tx)
		if err == nil && len(report.Damaged) > 0 {
			err = fmt.Errorf("%w: %s", ErrDamaged, report.Damaged[0])
		}
		return err
	})
}

// openError tells damage from what only stands in the way.
func openError(path string, err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("%w: %s", ErrInUse, path)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist), isFull(err), isIO(err):
		return fmt.Errorf("outbox: %s: %w", path, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
}

// The shape of bbolt's two meta pages (bbolt internal/common, meta.go): after a page header
// of 16 bytes magic, version, page size, flags, root (two words), freelist, high
// water mark, transaction, checksum; in the machine's byte order.
const (
	metaStart    = 16
	metaMagic    = 0xED0CDAED
	metaLength   = 64
	metaHighPage = metaStart + 40
	metaTx       = metaStart + 48
	metaSum      = metaStart + 56
)

// verifySize holds the file's size against the high water mark of its newest meta
// page: a file that was cut short must not be mapped at all.
func verifySize(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: %s is no file", ErrDamaged, path)
	}
	var newest, pages, pageSize uint64
	for _, at := range metaOffsets() {
		page := make([]byte, metaStart+metaLength)
		if _, err := file.ReadAt(page, at); err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("outbox: %w", err)
		}
		if size, ok := metaPage(page); ok && binary.NativeEndian.Uint64(page[metaTx:]) >= newest {
			newest, pages, pageSize = binary.NativeEndian.Uint64(page[metaTx:]), binary.NativeEndian.Uint64(page[metaHighPage:]), size
		}
	}
	switch {
	case pageSize == 0:
		return fmt.Errorf("%w: it is no outbox", ErrDamaged)
	case uint64(info.Size())/pageSize < pages:
		return fmt.Errorf("%w: it was cut short", ErrDamaged)
	}
	return nil
}

// metaOffsets are where meta pages may start: page 0, and page 1 for each size a
// page may have.
func metaOffsets() []int64 {
	offsets := []int64{0}
	for size := int64(1024); size <= 64<<10; size *= 2 {
		offsets = append(offsets, size)
	}
	return offsets
}

func metaPage(page []byte) (pageSize uint64, ok bool) {
	sum := fnv.New64a()
	sum.Write(page[metaStart:metaSum])
	ok = binary.NativeEndian.Uint32(page[metaStart:]) == metaMagic && binary.NativeEndian.Uint64(page[metaSum:]) == sum.Sum64()
	return uint64(binary.NativeEndian.Uint32(page[metaStart+8:])), ok
}

// Report is what an examination found.
type Report struct {
	Items int
	// Damaged says, record by record, what is not as it was written.
	Damaged []Damage
}

// Damage is one record that is not as it was written.
type Damage struct {
	// ID is the item's, "" for a record of the store itself.
	ID   string
	What string
}

func (d Damage) String() string { return d.ID + " " + d.What }

// maxDamage bounds how much damage a report lists.
const maxDamage = 1000

// Check reads every record and holds the indexes against them. It changes nothing;
// where it finds damage, the next start sets the file aside and salvages it.
func (s *Store) Check() (Report, error) {
	var report Report
	err := s.view(func(v *snapshot) (err error) {
		report, err = examine(v.tx)
		return err
	})
	if len(report.Damaged) > 0 || errors.Is(err, ErrDamaged) {
		s.suspect.Store(true)
	}
	return report, err
}

// Suspect reports that a check found damage.
func (s *Store) Suspect() bool { return s.suspect.Load() }

// examiner walks a store and notes what does not fit.
type examiner struct {
	tx     *bbolt.Tx
	counts counters
	report Report
	// Opening a bucket takes longer than reading of it.
	allHeads, allBodies, allNotes, allStates, allKeys *bbolt.Bucket
}

func examine(tx *bbolt.Tx) (Report, error) {
	x := &examiner{
		tx: tx, counts: counters{ByState: map[State]int{}}, allHeads: tx.Bucket(bucketHeads), allBodies: tx.Bucket(bucketBodies),
		allNotes: tx.Bucket(bucketNotes), allStates: tx.Bucket(bucketStates), allKeys: tx.Bucket(bucketKeys),
	}
	err := errors.Join(x.heads(), x.states(), x.keys(), x.vitals())
	return x.report, err
}

func (x *examiner) damaged(id, what string) {
	if len(x.report.Damaged) < maxDamage {
		x.report.Damaged = append(x.report.Damaged, Damage{ID: id, What: what})
	}
}

func (x *examiner) heads() error {
	return x.allHeads.ForEach(func(k, value []byte) error {
		x.report.Items++
		if len(k) != len(itemID{}) {
			x.damaged("", "head under a broken id")
			return nil
		}
		id := itemID(k)
		h, err := decodeHead(value, id)
		if err != nil {
			x.damaged(id.String(), "head")
			return nil
		}
		x.counts.ByState[h.State]++
		if !bytes.Equal(x.allStates.Get(stateKey(h.State, id)), indexValue(h)) {
			x.damaged(id.String(), "index entry")
		}
		if !h.Purged {
			x.content(id, h)
		}
		for _, name := range [][]byte{h.Key, h.Occasion} {
			if len(name) > 0 && !bytes.Equal(x.allKeys.Get(name), k) {
				x.damaged(id.String(), "key")
			}
		}
		return nil
	})
}

// content checks an item's sealed records as far as their checksums go: the keychain
// may be locked.
func (x *examiner) content(id itemID, h *head) {
	if _, err := expect(x.allBodies.Get(id[:]), frameBody, id); err != nil {
		x.damaged(id.String(), "content")
	}
	notes := uint16(0)
	cursor := x.allNotes.Cursor()
	for k, value := cursor.Seek(id[:]); bytes.HasPrefix(k, id[:]); k, value = cursor.Next() {
		notes++
		if _, err := expect(value, frameNote, id); err != nil {
			x.damaged(id.String(), "note")
		}
	}
	if notes != h.Notes {
		x.damaged(id.String(), "notes")
	}
}

// states finds entries of the index that no head stands behind.
func (x *examiner) states() error {
	indexed := 0
	err := x.allStates.ForEach(func(k, _ []byte) error {
		indexed++
		return nil
	})
	if indexed != x.report.Items {
		x.damaged("", "index")
	}
	return err
}

func (x *examiner) keys() error {
	return x.allKeys.ForEach(func(_, id []byte) error {
		if x.allHeads.Get(id) == nil {
			x.damaged("", "key")
		}
		return nil
	})
}

func (x *examiner) vitals() error {
	if _, err := readSelf(x.tx); err != nil {
		x.damaged("", "own record")
	}
	if value := x.tx.Bucket(bucketMeta).Get(metaSalvages); value != nil {
		if _, err := expect(value, frameSalvages, itemID{}); err != nil {
			x.damaged("", "salvage reports")
		}
	}
	told, err := readCounters(x.tx)
	if err != nil {
		x.damaged("", "counters")
	}
	for _, state := range States {
		if err == nil && told.ByState[state] != x.counts.ByState[state] {
			x.damaged("", "counters")
			break
		}
	}
	err = x.tx.Bucket(bucketAccounts).ForEach(func(k, v []byte) error {
		if len(k) != 4 {
			x.damaged("", "account")
			return nil
		}
		if _, err := expect(v, frameAccount, numbered(binary.BigEndian.Uint32(k))); err != nil {
			x.damaged("", "account")
		}
		return nil
	})
	return errors.Join(err, x.tx.Bucket(bucketSeals).ForEach(func(k, v []byte) error {
		if f, err := expect(v, frameSeal, itemID{}); err != nil || !bytes.Equal(f.key[:], k) {
			x.damaged("", "wrapped data key")
		}
		return nil
	}))
}

// guarded runs work on the tree. What a damaged page makes bbolt do (a panic, a
// fault in a mapped page) becomes ErrDamaged instead of the end of the process.
func guarded(work func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	return work()
}
