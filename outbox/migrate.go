package outbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/fxamacker/cbor/v2"
	"go.etcd.io/bbolt"
)

// migrations[n] turns a store of schema n into one of schema n+1, in one
// transaction. testdata keeps a file of each schema that ever was.
var migrations = map[uint32]func(*bbolt.Tx) error{
	1: frameEverything,
}

// schemaValue is a version with its checksum: without one, a flipped bit makes a
// store of ours one of a newer program, which nobody may touch.
func schemaValue(version uint32) []byte {
	value := binary.BigEndian.AppendUint32(nil, version)
	return binary.BigEndian.AppendUint32(value, crc32.Checksum(value, castagnoli))
}

func schemaOf(tx *bbolt.Tx) (uint32, error) {
	meta := tx.Bucket(bucketMeta)
	if meta == nil || tx.Bucket(bucketHeads) == nil {
		return 0, fmt.Errorf("%w: it is no outbox", ErrDamaged)
	}
	value := meta.Get(metaSchema)
	// The first stores had no checksum behind the version.
	if len(value) != 4 && (len(value) != 8 || !bytes.Equal(value, schemaValue(binary.BigEndian.Uint32(value)))) {
		return 0, fmt.Errorf("%w: its schema is unreadable", ErrDamaged)
	}
	version := binary.BigEndian.Uint32(value)
	if version > schemaVersion {
		return version, ErrNewerSchema
	}
	return version, nil
}

// migrate brings an older store up to date; a copy of it is kept beside it first.
func (s *Store) migrate() (from uint32, err error) {
	err = s.db.View(func(tx *bbolt.Tx) (err error) {
		from, err = schemaOf(tx)
		return err
	})
	if err != nil || from == schemaVersion {
		return from, err
	}
	if err := s.backup(from); err != nil {
		return from, fmt.Errorf("outbox: a backup before the upgrade: %w", err)
	}
	return from, s.db.Update(func(tx *bbolt.Tx) error {
		for version := from; version < schemaVersion; version++ {
			step := migrations[version]
			if step == nil {
				return fmt.Errorf("%w: schema %d never was", ErrDamaged, version)
			}
			if err := step(tx); err != nil {
				return fmt.Errorf("outbox: upgrading from schema %d: %w", version, err)
			}
		}
		return tx.Bucket(bucketMeta).Put(metaSchema, schemaValue(schemaVersion))
	})
}

// backupOf is where the copy of a store of an older schema lies.
func backupOf(path string, schema uint32) string { return fmt.Sprintf("%s.backup-%d", path, schema) }

func (s *Store) backup(schema uint32) error {
	name := backupOf(s.path, schema)
	draft, err := os.OpenFile(name+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(draft)
		return err
	})
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return errors.Join(err, os.Remove(name+".new"))
	}
	if err := os.Rename(name+".new", name); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(name))
}

// frameEverything (1 to 2): what lay in the file as bare values becomes records of
// their own, so that a scan of raw pages finds them, and a head knows its key.
func frameEverything(tx *bbolt.Tx) error {
	meta := tx.Bucket(bucketMeta)
	own := self{Salt: meta.Get([]byte("salt")), Profile: meta.Get([]byte("profile"))}
	if current := meta.Get([]byte("current_account")); len(current) == 4 {
		own.Current = binary.BigEndian.Uint32(current)
	}
	if err := writeSelf(tx, &own); err != nil {
		return err
	}
	for _, old := range []string{"salt", "profile", "current_account"} {
		if err := meta.Delete([]byte(old)); err != nil {
			return err
		}
	}
	return errors.Join(frameCounts(meta), frameAccounts(tx), frameSeals(tx), rewriteHeads(tx))
}

func frameCounts(meta *bbolt.Bucket) error {
	old := meta.Get(metaCounters)
	if old == nil {
		return nil
	}
	c := counters{}
	if err := cbor.Unmarshal(old, &c); err != nil {
		return fmt.Errorf("%w: the counters: %w", ErrDamaged, err)
	}
	value, err := clear(frameCounters, itemID{}, 1, c)
	if err != nil {
		return err
	}
	return meta.Put(metaCounters, value)
}

func frameAccounts(tx *bbolt.Tx) error {
	accounts := map[uint32]Account{}
	err := tx.Bucket(bucketAccounts).ForEach(func(k, v []byte) error {
		var a Account
		err := cbor.Unmarshal(v, &a)
		accounts[binary.BigEndian.Uint32(k)] = a
		return err
	})
	if err != nil {
		return fmt.Errorf("%w: an account: %w", ErrDamaged, err)
	}
	b := &batch{tx: tx}
	for number, a := range accounts {
		if err := b.fileAccount(number, a); err != nil {
			return err
		}
	}
	return nil
}

func frameSeals(tx *bbolt.Tx) error {
	wrapped := map[keyID][]byte{}
	err := tx.Bucket(bucketSeals).ForEach(func(k, v []byte) error {
		wrapped[keyID(k)] = append([]byte{}, v...)
		return nil
	})
	if err != nil {
		return err
	}
	for id, value := range wrapped {
		if err := putSeal(tx, id, value); err != nil {
			return err
		}
	}
	return nil
}

func rewriteHeads(tx *bbolt.Tx) error {
	keys := map[itemID][]byte{}
	err := tx.Bucket(bucketKeys).ForEach(func(k, id []byte) error {
		keys[itemID(id)] = append([]byte{}, k...)
		return nil
	})
	if err != nil {
		return err
	}
	var ids []itemID
	err = tx.Bucket(bucketHeads).ForEach(func(k, _ []byte) error {
		ids = append(ids, itemID(k))
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		h, err := decodeHead(tx.Bucket(bucketHeads).Get(id[:]), id)
		if err != nil {
			return err
		}
		h.Key = keys[id]
		h.revision++
		value, err := h.encode(id)
		if err != nil {
			return err
		}
		err = errors.Join(tx.Bucket(bucketHeads).Put(id[:], value), tx.Bucket(bucketStates).Put(stateKey(h.State, id), indexValue(h)))
		if err != nil {
			return err
		}
	}
	return nil
}

func putSeal(tx *bbolt.Tx, id keyID, wrapped []byte) error {
	f := frame{kind: frameSeal, key: id, payload: wrapped}
	return tx.Bucket(bucketSeals).Put(id[:], f.encode())
}
