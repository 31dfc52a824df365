package directory

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/fxamacker/cbor/v2"
	"go.etcd.io/bbolt"
)

// An index lies in the file in sealed pieces, as it lies in memory: reading it is
// decrypting it.

// pieceSize is how much of an index is sealed together.
const pieceSize = 64 << 10

// header tells how long the parts of an index are.
type header struct {
	Rows, Owned, Words, WordBytes, Posts int
	Names                                []string
}

// pieces are the names of an index's pieces in their order.
func pieceName(t *table, n uint32) []byte {
	return binary.BigEndian.AppendUint32(append(bytes.Clone(t.rows), '/'), n)
}

// storeIndex replaces the index of a table.
func (d *Directory) storeIndex(tx *bbolt.Tx, t *table, x *index) error {
	if err := dropIndex(tx, t); err != nil {
		return err
	}
	if _, err := tx.Bucket(bucketIndex).NextSequence(); err != nil { // one in memory is stale now
		return err
	}
	head, err := cbor.Marshal(header{
		Rows: len(x.objects), Owned: x.owned, Words: len(x.wordAt) - 1, WordBytes: len(x.words), Posts: len(x.posts),
		Names: x.names,
	})
	if err != nil {
		return err
	}
	out := &pieceWriter{d: d, bucket: tx.Bucket(bucketIndex), table: t}
	out.add(head)
	if err := out.flush(); err != nil { // the head is a piece of its own
		return err
	}
	for _, part := range [][]byte{x.ids, x.objects, x.words} {
		out.add(part)
	}
	for _, part := range [][]uint32{x.byID, x.wordAt, x.first} {
		addNumbers(out, part)
	}
	addNumbers(out, x.posts)
	return out.flush()
}

func dropIndex(tx *bbolt.Tx, t *table) error {
	prefix := append(bytes.Clone(t.rows), '/')
	bucket := tx.Bucket(bucketIndex)
	cursor := bucket.Cursor()
	for k, _ := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = cursor.Seek(prefix) {
		if err := bucket.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// loadIndex reads the index of a table, nil where there is none.
func (d *Directory) loadIndex(tx *bbolt.Tx, t *table) (*index, error) {
	in := &pieceReader{d: d, bucket: tx.Bucket(bucketIndex), table: t}
	sealed := in.bucket.Get(pieceName(t, 0))
	if sealed == nil {
		return nil, nil
	}
	if err := in.next(); err != nil {
		return nil, err
	}
	var h header
	if err := cbor.Unmarshal(in.piece, &h); err != nil {
		return nil, fmt.Errorf("%w: an index: %w", ErrDamaged, err)
	}
	in.piece = nil
	x := &index{
		ids: make([]byte, h.Rows*idSize), owned: h.Owned, objects: make([]uint8, h.Rows), names: h.Names,
		byID: make([]uint32, h.Rows), words: make([]byte, h.WordBytes), wordAt: make([]uint32, h.Words+1),
		first: make([]uint32, h.Words+1), posts: make([]post, h.Posts),
	}
	for _, part := range [][]byte{x.ids, x.objects, x.words} {
		if _, err := io.ReadFull(in, part); err != nil {
			return nil, err
		}
	}
	for _, part := range [][]uint32{x.byID, x.wordAt, x.first} {
		if err := readNumbers(in, part); err != nil {
			return nil, err
		}
	}
	if err := readNumbers(in, x.posts); err != nil {
		return nil, err
	}
	x.ready()
	return x, nil
}

// pieceWriter seals what is added to it, piece by piece.
type pieceWriter struct {
	d      *Directory
	bucket *bbolt.Bucket
	table  *table
	piece  []byte
	n      uint32
	err    error
}

func (w *pieceWriter) add(part []byte) {
	for len(part) > 0 && w.err == nil {
		room := min(pieceSize-len(w.piece), len(part))
		w.piece, part = append(w.piece, part[:room]...), part[room:]
		if len(w.piece) == pieceSize {
			w.err = w.flush()
		}
	}
}

func (w *pieceWriter) flush() error {
	if w.err != nil || len(w.piece) == 0 {
		return w.err
	}
	name := pieceName(w.table, w.n)
	sealed, err := w.d.vault.seal(w.piece, name)
	if err != nil {
		return err
	}
	w.n, w.piece = w.n+1, w.piece[:0]
	w.bucket.FillPercent = 1
	return w.bucket.Put(name, sealed)
}

// pieceReader opens the pieces one after the other.
type pieceReader struct {
	d      *Directory
	bucket *bbolt.Bucket
	table  *table
	buffer []byte
	piece  []byte // what is left of the one open
	n      uint32
}

func (r *pieceReader) next() error {
	name := pieceName(r.table, r.n)
	sealed := r.bucket.Get(name)
	if sealed == nil {
		return fmt.Errorf("%w: an index ends early", ErrDamaged)
	}
	var err error
	r.buffer, err = r.d.vault.unseal(r.buffer, sealed, name)
	r.piece, r.n = r.buffer, r.n+1
	return err
}

func (r *pieceReader) Read(into []byte) (int, error) {
	if len(r.piece) == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(into, r.piece)
	r.piece = r.piece[n:]
	return n, nil
}

// someNumbers is how many numbers are turned into bytes, and back, at once.
const someNumbers = 4096

func addNumbers[N ~uint32](w *pieceWriter, numbers []N) {
	buffer := make([]byte, 0, 4*someNumbers)
	for len(numbers) > 0 {
		buffer = buffer[:0]
		some := min(len(numbers), someNumbers)
		for _, n := range numbers[:some] {
			buffer = binary.LittleEndian.AppendUint32(buffer, uint32(n))
		}
		w.add(buffer)
		numbers = numbers[some:]
	}
}

func readNumbers[N ~uint32](r io.Reader, into []N) error {
	buffer := make([]byte, 4*someNumbers)
	for len(into) > 0 {
		some := min(len(into), someNumbers)
		if _, err := io.ReadFull(r, buffer[:4*some]); err != nil {
			return err
		}
		for i := range some {
			into[i] = N(binary.LittleEndian.Uint32(buffer[4*i:]))
		}
		into = into[some:]
	}
	return nil
}
