package outbox

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// stateBytes are the states' keys in the index; they never change.
var stateBytes = map[State]byte{Waiting: 1, Sending: 2, Delivered: 3, NeedsAttention: 4, Held: 5, Discarded: 6}

func stateKey(s State, id itemID) []byte {
	return append([]byte{stateBytes[s]}, id[:]...)
}

// indexValue carries what a walk asks of each item, so that passing over those not
// due or of another account reads no head: whose it is, and when something happens
// to it by itself, which is its next attempt while it waits and the start of its
// retention once it is delivered or discarded. The time is rounded up: an item is
// never claimed before it is due. It is first rounded to what a head stores, so that
// a head that was read gives the same entry as the one that was written.
func indexValue(h *head) []byte {
	var due uint64
	if at := h.when(); !at.IsZero() {
		due = uint64(max(at.Round(time.Microsecond).Add(time.Millisecond-1).UnixMilli(), 0))
	}
	value := binary.BigEndian.AppendUint64(make([]byte, 0, 12), due)
	return binary.BigEndian.AppendUint32(value, h.Account)
}

func readIndexValue(value []byte) (due time.Time, account uint32, err error) {
	if len(value) != 12 {
		return due, 0, fmt.Errorf("%w: an index entry", ErrDamaged)
	}
	if at := binary.BigEndian.Uint64(value); at > 0 {
		due = time.UnixMilli(int64(at))
	}
	return due, binary.BigEndian.Uint32(value[8:]), nil
}

// eachInState visits the items of a state in the order of capture.
func eachInState(tx *bbolt.Tx, s State, visit func(id itemID, value []byte) error) error {
	prefix := []byte{stateBytes[s]}
	cursor := tx.Bucket(bucketStates).Cursor()
	for k, v := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = cursor.Next() {
		if err := visit(itemID(k[1:]), v); err != nil {
			return err
		}
	}
	return nil
}

// idsInState collects the items of a state, for a walk that moves them.
func idsInState(tx *bbolt.Tx, s State) ([]itemID, error) {
	var ids []itemID
	err := eachInState(tx, s, func(id itemID, _ []byte) error {
		ids = append(ids, id)
		return nil
	})
	return ids, err
}

// firstInState gives the item of a state that was captured first.
func firstInState(tx *bbolt.Tx, s State) (itemID, bool) {
	prefix := []byte{stateBytes[s]}
	k, _ := tx.Bucket(bucketStates).Cursor().Seek(prefix)
	if !bytes.HasPrefix(k, prefix) {
		return itemID{}, false
	}
	return itemID(k[1:]), true
}
