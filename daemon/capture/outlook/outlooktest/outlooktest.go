// Package outlooktest writes .msg files for tests: a compound file ([MS-CFB] version 3)
// with the streams of a message ([MS-OXMSG]). Nothing but tests uses it.
package outlooktest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// Storage is a folder of a compound file.
type Storage struct {
	Streams  map[string][]byte
	Storages map[string]*Storage
	fixed    bytes.Buffer
	named    bytes.Buffer
	head     int
}

// New is an empty message.
func New() *Storage { return storage(32) }

func storage(head int) *Storage {
	return &Storage{Streams: map[string][]byte{}, Storages: map[string]*Storage{}, head: head}
}

// Recipient adds somebody: kind 1 is To, 2 Cc, 3 Bcc.
func (s *Storage) Recipient(kind uint32, name, address string) *Storage {
	n := 0
	for other := range s.Storages {
		if strings.HasPrefix(other, "__recip") {
			n++
		}
	}
	r := storage(8)
	r.Text(0x3001, name).Text(0x39FE, address).Number(0x0C15, kind)
	s.Storages[fmt.Sprintf("__recip_version1.0_#%08X", n)] = r
	return s
}

// Attachment adds one.
func (s *Storage) Attachment(title, mime string, data []byte) *Storage {
	n := 0
	for other := range s.Storages {
		if strings.HasPrefix(other, "__attach") {
			n++
		}
	}
	a := storage(8)
	a.Text(0x3707, title).Text(0x370E, mime).Bytes(0x3701, data)
	s.Storages[fmt.Sprintf("__attach_version1.0_#%08X", n)] = a
	return s
}

// Text sets a property in Unicode.
func (s *Storage) Text(id uint16, text string) *Storage {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	s.Streams[fmt.Sprintf("__substg1.0_%04X001F", id)] = raw
	return s
}

// ANSI sets a text of a code page.
func (s *Storage) ANSI(id uint16, raw string) *Storage {
	s.Streams[fmt.Sprintf("__substg1.0_%04X001E", id)] = []byte(raw)
	return s
}

// Bytes sets a binary property.
func (s *Storage) Bytes(id uint16, raw []byte) *Storage {
	s.Streams[fmt.Sprintf("__substg1.0_%04X0102", id)] = raw
	return s
}

// Number sets an integer.
func (s *Storage) Number(id uint16, n uint32) *Storage { return s.value(id, 0x0003, uint64(n)) }

// Flag sets a boolean that is true.
func (s *Storage) Flag(id uint16) *Storage { return s.value(id, 0x000B, 1) }

// Time sets a moment.
func (s *Storage) Time(id uint16, at time.Time) *Storage {
	return s.value(id, 0x0040, uint64(at.UnixMicro()*10+116444736000000000))
}

func (s *Storage) value(id, kind uint16, n uint64) *Storage {
	entry := binary.LittleEndian.AppendUint32(nil, uint32(id)<<16|uint32(kind))
	entry = binary.LittleEndian.AppendUint32(entry, 6)
	s.fixed.Write(binary.LittleEndian.AppendUint64(entry, n))
	return s
}

// The sets of named properties that Named takes.
var (
	Appointment = [16]byte{0x02, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	Meeting     = [16]byte{0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10, 0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05}
)

// Named gives the id that stands for a named property.
func (s *Storage) Named(set [16]byte, id uint32) uint16 {
	index := uint16(s.named.Len() / 8)
	kind := uint16(3 << 1)
	if set == Meeting {
		kind = 4 << 1
	}
	entry := binary.LittleEndian.AppendUint32(nil, id)
	entry = binary.LittleEndian.AppendUint16(entry, kind)
	s.named.Write(binary.LittleEndian.AppendUint16(entry, index))
	return 0x8000 + index
}

// Write gives the file.
func (s *Storage) Write() []byte {
	names := storage(0)
	names.Streams["__substg1.0_00020102"] = slices.Concat(Appointment[:], Meeting[:])
	names.Streams["__substg1.0_00030102"] = s.named.Bytes()
	s.Storages["__nameid_version1.0"] = names
	w := &writer{}
	w.directory = []entry{{name: "Root Entry", kind: 5}}
	w.add(0, s)
	return w.file()
}

const (
	sector     = 512
	miniSector = 64
	cutoff     = 4096
	none       = 0xFFFFFFFF
	endOfChain = 0xFFFFFFFE
)

// entry is one of the directory; its brothers hang on it like beads on a string.
type entry struct {
	name         string
	kind         byte
	next, child  uint32
	start        uint32
	size         int
	hasBrother   bool
	hasChild     bool
	storedInMini bool
}

type writer struct {
	directory    []entry
	sectors      []byte
	fat, miniFAT []uint32
	mini         []byte
}

func (w *writer) add(parent int, s *Storage) {
	if s.head > 0 {
		s.Streams["__properties_version1.0"] = append(make([]byte, s.head), s.fixed.Bytes()...)
	}
	var children []int
	for _, name := range sorted(s.Streams) {
		data := s.Streams[name]
		e := entry{name: name, kind: 2, size: len(data), start: endOfChain}
		if len(data) >= cutoff {
			e.start = w.store(data)
		} else if len(data) > 0 {
			e.start, e.storedInMini = w.storeMini(data), true
		}
		w.directory = append(w.directory, e)
		children = append(children, len(w.directory)-1)
	}
	for _, name := range sorted(s.Storages) {
		w.directory = append(w.directory, entry{name: name, kind: 1})
		at := len(w.directory) - 1
		children = append(children, at)
		w.add(at, s.Storages[name])
	}
	for i, child := range children {
		if i == 0 {
			w.directory[parent].child, w.directory[parent].hasChild = uint32(child), true
		} else {
			w.directory[children[i-1]].next, w.directory[children[i-1]].hasBrother = uint32(child), true
		}
	}
}

func sorted[V any](of map[string]V) []string {
	var names []string
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func padded(data []byte, size int) []byte {
	return append(bytes.Clone(data), make([]byte, (size-len(data)%size)%size)...)
}

func (w *writer) store(data []byte) (start uint32) {
	start = uint32(len(w.fat))
	data = padded(data, sector)
	for i := range len(data) / sector {
		w.fat = append(w.fat, start+uint32(i)+1)
	}
	w.fat[len(w.fat)-1] = endOfChain
	w.sectors = append(w.sectors, data...)
	return start
}

func (w *writer) storeMini(data []byte) (start uint32) {
	start = uint32(len(w.miniFAT))
	data = padded(data, miniSector)
	for i := range len(data) / miniSector {
		w.miniFAT = append(w.miniFAT, start+uint32(i)+1)
	}
	w.miniFAT[len(w.miniFAT)-1] = endOfChain
	w.mini = append(w.mini, data...)
	return start
}

func (w *writer) file() []byte {
	if len(w.mini) > 0 {
		w.directory[0].size = len(w.mini)
		w.directory[0].start = w.store(w.mini)
	}
	miniFAT := w.store(words(w.miniFAT, sector/4))
	miniSectors := (len(w.miniFAT)*4 + sector - 1) / sector
	var directory []byte
	for _, e := range w.directory {
		directory = append(directory, e.encode()...)
	}
	dir := w.store(directory)
	fatSectors := 0
	for fatSectors*sector/4 < len(w.fat)+fatSectors {
		fatSectors++
	}
	first := uint32(len(w.fat))
	for range fatSectors {
		w.fat = append(w.fat, 0xFFFFFFFD)
	}
	w.sectors = append(w.sectors, words(w.fat, sector/4)...)

	head := make([]byte, sector)
	copy(head, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	for at, value := range map[int]uint16{24: 0x3E, 26: 3, 28: 0xFFFE, 30: 9, 32: 6} {
		binary.LittleEndian.PutUint16(head[at:], value)
	}
	for at, value := range map[int]uint32{44: uint32(fatSectors), 48: dir, 56: cutoff, 60: miniFAT, 64: uint32(miniSectors), 68: endOfChain} {
		binary.LittleEndian.PutUint32(head[at:], value)
	}
	for i := range 109 {
		value := uint32(none)
		if i < fatSectors {
			value = first + uint32(i)
		}
		binary.LittleEndian.PutUint32(head[76+4*i:], value)
	}
	return append(head, w.sectors...)
}

func words(values []uint32, multiple int) []byte {
	var out []byte
	for _, v := range values {
		out = binary.LittleEndian.AppendUint32(out, v)
	}
	for len(out) == 0 || len(out)%(4*multiple) != 0 {
		out = binary.LittleEndian.AppendUint32(out, none)
	}
	return out
}

func (e *entry) encode() []byte {
	raw := make([]byte, 128)
	units := utf16.Encode([]rune(e.name))
	for i, unit := range units {
		binary.LittleEndian.PutUint16(raw[2*i:], unit)
	}
	binary.LittleEndian.PutUint16(raw[64:], uint16(2*len(units)+2))
	raw[66], raw[67] = e.kind, 1
	for at, link := range map[int]uint32{68: none, 72: none, 76: none} {
		binary.LittleEndian.PutUint32(raw[at:], link)
	}
	if e.hasBrother {
		binary.LittleEndian.PutUint32(raw[72:], e.next)
	}
	if e.hasChild {
		binary.LittleEndian.PutUint32(raw[76:], e.child)
	}
	binary.LittleEndian.PutUint32(raw[116:], e.start)
	binary.LittleEndian.PutUint64(raw[120:], uint64(e.size))
	return raw
}
