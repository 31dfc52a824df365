package outbox_test

import (
	"maps"
	"math/rand/v2"
)

// disk is what a power cut leaves of a folder: what a finished sync covers, and of
// what came after it anything or nothing.
type disk struct {
	names      map[string]*inode    // as the last sync of the folder left them
	renames    []*operation         // creates, renames and unlinks since
	contents   map[*inode][]byte    // as the last sync of each file left it
	unsynced   map[*inode][]*change // writes and truncations since, in order
	operations []*operation
	byStart    map[int][]*operation
	byEnd      map[int][]*operation
}

// change is a change of a file that no sync covers yet.
type change struct{ *operation }

func newDisk(operations []*operation) *disk {
	d := &disk{
		names: map[string]*inode{}, contents: map[*inode][]byte{}, unsynced: map[*inode][]*change{},
		operations: operations, byStart: map[int][]*operation{}, byEnd: map[int][]*operation{},
	}
	for _, o := range operations {
		d.byStart[o.start] = append(d.byStart[o.start], o)
		d.byEnd[o.end] = append(d.byEnd[o.end], o)
	}
	return d
}

// pass lets one line of the trace happen.
func (d *disk) pass(line int) {
	for _, o := range d.byStart[line] {
		switch o.kind {
		case opWrite, opTruncate:
			d.unsynced[o.file] = append(d.unsynced[o.file], &change{o})
		case opCreate, opRename, opUnlink:
			d.renames = append(d.renames, o)
		}
	}
	for _, o := range d.byEnd[line] {
		switch o.kind {
		case opSync:
			d.synced(o)
		case opSyncDir:
			d.syncedDir(o)
		}
	}
}

// synced makes last what had ended when the sync began.
func (d *disk) synced(sync *operation) {
	var later []*change
	for _, c := range d.unsynced[sync.file] {
		if c.end < sync.start {
			d.contents[sync.file] = c.carryOut(d.contents[sync.file])
		} else {
			later = append(later, c)
		}
	}
	d.unsynced[sync.file] = later
}

func (d *disk) syncedDir(sync *operation) {
	var later []*operation
	for _, o := range d.renames {
		if o.end < sync.start {
			o.rename(d.names)
		} else {
			later = append(later, o)
		}
	}
	d.renames = later
}

func (o *operation) rename(names map[string]*inode) {
	switch o.kind {
	case opCreate:
		names[o.name] = o.file
	case opRename:
		names[o.to] = o.file
		if names[o.name] == o.file {
			delete(names, o.name)
		}
	case opUnlink:
		if names[o.name] == o.file {
			delete(names, o.name)
		}
	}
}

func (c *change) carryOut(content []byte) []byte {
	if c.kind == opTruncate {
		return resized(content, c.at)
	}
	return put(content, c.at, c.data)
}

func put(content []byte, at int64, data []byte) []byte {
	if end := at + int64(len(data)); end > int64(len(content)) {
		content = resized(content, end)
	}
	copy(content[at:], data)
	return content
}

func resized(content []byte, size int64) []byte {
	if size <= int64(len(content)) {
		return content[:size:size]
	}
	return append(content, make([]byte, size-int64(len(content)))...)
}

// image is a folder as it may be found after a power cut at this line.
func (d *disk) image(random *rand.Rand) map[string][]byte {
	names := maps.Clone(d.names)
	prefix := random.IntN(2) == 0 // a journal keeps the order of names, not every disk has one
	kept := random.IntN(len(d.renames) + 1)
	for i, o := range d.renames {
		if prefix && i < kept || !prefix && random.IntN(2) == 0 {
			o.rename(names)
		}
	}
	files := map[string][]byte{}
	for name, file := range names {
		content := append([]byte{}, d.contents[file]...)
		files[name] = survive(content, d.unsynced[file], random)
	}
	return files
}

// sector is what a disk writes whole or not at all, in bytes.
const sector = 512

// survive puts onto content what a disk had already written of the changes: all,
// none, some, in any order, or some of their sectors.
func survive(content []byte, changes []*change, random *rand.Rand) []byte {
	manner := random.IntN(10)
	changes = append([]*change{}, changes...)
	if manner >= 2 && random.IntN(2) == 0 {
		random.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
	}
	for _, c := range changes {
		switch {
		case manner == 0: // all lost
		case manner == 1:
			content = c.carryOut(content)
		case random.IntN(2) == 0:
		case manner < 6 || c.kind == opTruncate:
			content = c.carryOut(content)
		default:
			content = c.tear(content, random)
		}
	}
	return content
}

// tear carries out a write in some of its sectors.
func (c *change) tear(content []byte, random *rand.Rand) []byte {
	for from := int64(0); from < int64(len(c.data)); {
		to := min(int64(len(c.data)), (c.at+from)/sector*sector+sector-c.at)
		if random.IntN(2) == 0 {
			content = put(content, c.at+from, c.data[from:to])
		}
		from = to
	}
	return content
}
