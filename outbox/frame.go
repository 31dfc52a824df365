package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/fxamacker/cbor/v2"
)

// A frame is how every record lies in the file. bbolt keeps no checksum of data
// pages (reliability.md section 3), so each record carries its own; the header
// names the item and the revision, so that a scan of raw pages can tell what it
// found and which copy is the newest.
//
//	0  magic "FP"      4  data key         24 revision   32 CRC-32C of all else
//	2  version         8  item id or name  28 length     36 payload
//	3  kind
const (
	frameMagic   = "FP"
	frameVersion = 1
	frameHeader  = 36
)

type frameKind byte

const (
	frameHead frameKind = 1 // where an item stands: clear, so that a locked keychain hides no state
	frameBody frameKind = 2 // what the rep did: sealed
	frameNote frameKind = 3 // one line of an item's story: sealed

	frameSeal     frameKind = 4 // a data key, wrapped to its recipients; named by the key id
	frameAccount  frameKind = 5 // an Account; numbered
	frameSelf     frameKind = 6 // what the store knows of itself
	frameCounters frameKind = 7 // the outbox in numbers
	frameSalvages frameKind = 8 // what was taken back from damaged files
)

type frame struct {
	kind     frameKind
	key      keyID // zero: the payload is clear
	id       itemID
	revision uint32
	payload  []byte
}

// ErrDamaged is the class of every record whose bytes are not what was written.
var ErrDamaged = errors.New("outbox: a record is damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (f *frame) encode() []byte {
	out := make([]byte, frameHeader+len(f.payload))
	copy(out, frameMagic)
	out[2], out[3] = frameVersion, byte(f.kind)
	copy(out[4:8], f.key[:])
	copy(out[8:24], f.id[:])
	binary.BigEndian.PutUint32(out[24:], f.revision)
	binary.BigEndian.PutUint32(out[28:], uint32(len(f.payload)))
	copy(out[frameHeader:], f.payload)
	binary.BigEndian.PutUint32(out[32:], checksum(out))
	return out
}

// decodeFrame reads the frame at the start of data, which may go on behind it.
// The payload is a part of data.
func decodeFrame(data []byte) (frame, error) {
	if len(data) < frameHeader || string(data[:2]) != frameMagic {
		return frame{}, fmt.Errorf("%w: no record starts here", ErrDamaged)
	}
	if data[2] != frameVersion {
		return frame{}, fmt.Errorf("%w: record version %d is unknown", ErrDamaged, data[2])
	}
	length := int(binary.BigEndian.Uint32(data[28:]))
	if length < 0 || length > len(data)-frameHeader {
		return frame{}, fmt.Errorf("%w: its length says %d of %d bytes", ErrDamaged, length, len(data)-frameHeader)
	}
	data = data[:frameHeader+length]
	if binary.BigEndian.Uint32(data[32:]) != checksum(data) {
		return frame{}, fmt.Errorf("%w: its checksum does not fit", ErrDamaged)
	}
	f := frame{kind: frameKind(data[3]), revision: binary.BigEndian.Uint32(data[24:]), payload: data[frameHeader:]}
	copy(f.key[:], data[4:8])
	copy(f.id[:], data[8:24])
	return f, nil
}

// clear encodes a value that needs no seal under the name it is filed by.
func clear(kind frameKind, name itemID, revision uint32, value any) ([]byte, error) {
	payload, err := encoding.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("outbox: encoding a record: %w", err)
	}
	f := frame{kind: kind, id: name, revision: revision, payload: payload}
	return f.encode(), nil
}

// readClear reads what clear encoded into value and tells its revision.
func readClear(data []byte, kind frameKind, name itemID, value any) (revision uint32, err error) {
	f, err := expect(data, kind, name)
	if err != nil {
		return 0, err
	}
	if err := cbor.Unmarshal(f.payload, value); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return f.revision, nil
}

// numbered is the name of a record that is filed under a number.
func numbered(n uint32) itemID {
	var name itemID
	binary.BigEndian.PutUint32(name[12:], n)
	return name
}

// number is the number of a record that is filed under one.
func (f *frame) number() uint32 { return binary.BigEndian.Uint32(f.id[12:]) }

// expect reads a whole value that must be the record of kind for id.
func expect(value []byte, kind frameKind, id itemID) (frame, error) {
	f, err := decodeFrame(value)
	if err != nil {
		return frame{}, err
	}
	if f.kind != kind || f.id != id || frameHeader+len(f.payload) != len(value) {
		return frame{}, fmt.Errorf("%w: it belongs to another place", ErrDamaged)
	}
	return f, nil
}

// checksum covers the header before the checksum's own place and the payload.
func checksum(record []byte) uint32 {
	sum := crc32.Update(0, castagnoli, record[:32])
	return crc32.Update(sum, castagnoli, record[frameHeader:])
}
