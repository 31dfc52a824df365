package outbox

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzScan looks for records in bytes: what it finds is whole, a whole one is found
// whatever lies around it, and reading in parts finds the same.
func FuzzScan(f *testing.F) {
	f.Add([]byte("FP\x01\x01"), []byte("what the rep did"), []byte("FP"))
	f.Add(bytes.Repeat([]byte("FP\x01"), 20), []byte("FP\x01"), bytes.Repeat([]byte{0}, 40))
	hollow := frame{kind: frameBody, payload: make([]byte, 100)}
	f.Add(hollow.encode()[:50], []byte{}, hollow.encode())
	f.Fuzz(func(t *testing.T, before, payload, behind []byte) {
		inner := frame{kind: frameBody, id: itemID{1}, revision: 2, payload: payload}
		data := append(append(bytes.Clone(before), inner.encode()...), behind...)
		var whole, parts []int64
		found := false
		scanAll(data, func(at int, f frame) {
			whole = append(whole, int64(at))
			if _, err := decodeFrame(data[at:]); err != nil {
				t.Errorf("at %d: %v", at, err)
			}
			found = found || at == len(before) && bytes.Equal(f.payload, payload)
		})
		if !found {
			t.Errorf("the record at %d was not found, only those at %v", len(before), whole)
		}
		if err := scanFile(bytes.NewReader(data), func(at int64, _ frame) { parts = append(parts, at) }); err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(whole, parts) {
			t.Errorf("in one: %v, in parts: %v", whole, parts)
		}
	})
}
