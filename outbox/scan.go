package outbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// maxFrame bounds a record, in bytes: an activity of the largest size, sealed.
const maxFrame = 4 << 20

// frameStart is how every record begins.
var frameStart = []byte{frameMagic[0], frameMagic[1], frameVersion}

// scan finds every intact record in raw bytes, wherever it lies. It stops at what
// may be the start of a record that goes on behind data, and tells where that is.
func scan(data []byte, found func(at int, f frame)) (stopped int) {
	at := 0
	for {
		next := bytes.Index(data[at:], frameStart)
		if next < 0 {
			return max(at, len(data)-len(frameStart)+1)
		}
		at += next
		f, err := decodeFrame(data[at:])
		switch {
		case err == nil:
			found(at, f)
			at += frameHeader + len(f.payload)
		case goesOn(data[at:]):
			return at
		default:
			at++
		}
	}
}

// goesOn reports whether the record that seems to start here is longer than data.
func goesOn(data []byte) bool {
	if len(data) < frameHeader {
		return true
	}
	length := frameHeader + uint64(binary.BigEndian.Uint32(data[28:]))
	return length > uint64(len(data)) && length <= maxFrame
}

// scanAll finds every intact record of bytes behind which nothing comes.
func scanAll(data []byte, found func(at int, f frame)) {
	for base := 0; ; {
		stopped := base + scan(data[base:], func(at int, f frame) { found(base+at, f) })
		if stopped > len(data)-frameHeader {
			return
		}
		base = stopped + 1
	}
}

// scanFile finds every intact record of a file in bounded memory, and where in the
// file it starts. The frame is valid during the call.
func scanFile(r io.Reader, found func(at int64, f frame)) error {
	window := make([]byte, 0, 2*maxFrame)
	base := int64(0) // where window starts in the file
	for {
		n, err := io.ReadFull(r, window[len(window):cap(window)])
		window = window[:len(window)+n]
		tell := func(at int, f frame) { found(base+int64(at), f) }
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			scanAll(window, tell)
			return nil
		}
		if err != nil {
			return err
		}
		stopped := scan(window, tell)
		base += int64(stopped)
		window = window[:copy(window, window[stopped:])]
	}
}
