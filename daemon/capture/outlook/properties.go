package outlook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/richardlehane/mscfb"
	"golang.org/x/text/encoding/htmlindex"

	"fieldpost/daemon/capture"
)

// mostBytes bounds what the properties of one file take in all: a compound file may claim
// more than it is long.
const mostBytes = 2 * capture.MaxFileBytes

// mostObjects bounds recipients and attachments.
const mostObjects = 2000

// The names of [MS-OXMSG] 2.2.
const (
	propertyStream  = "__properties_version1.0"
	propertyPrefix  = "__substg1.0_"
	recipientPrefix = "__recip_version1.0_#"
	attachPrefix    = "__attach_version1.0_#"
	nameStorage     = "__nameid_version1.0"
)

// The types of properties that are read ([MS-OXCDATA] 2.11.1).
const (
	typeInteger = 0x0003
	typeBoolean = 0x000B
	typeTime    = 0x0040
	typeANSI    = 0x001E
	typeUnicode = 0x001F
	typeBinary  = 0x0102
)

// object is what a file says of a message, of a recipient or of an attachment: raw values
// by property id.
type object struct {
	texts   map[uint16][]byte // UTF-16 or, where it says so, of the code page
	ansi    map[uint16]bool
	bytes   map[uint16][]byte
	numbers map[uint16]uint64
}

func newObject() *object {
	return &object{texts: map[uint16][]byte{}, ansi: map[uint16]bool{}, bytes: map[uint16][]byte{}, numbers: map[uint16]uint64{}}
}

// document is a file taken apart.
type document struct {
	message     *object
	recipients  []*object
	attachments []*object
	// embedded are the subjects of messages that attachments hold, by attachment.
	embedded map[*object]*object
	names    map[name]uint16
	// ansiPage is the code page of texts that are not Unicode, htmlPage that of the HTML.
	ansiPage, htmlPage string
}

// name is a property that has no id of its own.
type name struct {
	set [16]byte
	id  uint32
}

// open takes a compound file apart.
func open(data []byte) (*document, error) {
	file, err := mscfb.New(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	d := &document{message: newObject(), embedded: map[*object]*object{}, names: map[name]uint16{}}
	objects := map[string]*object{"": d.message}
	nameStreams := map[string][]byte{}
	room := mostBytes
	for entry, err := file.Next(); err == nil; entry, err = file.Next() {
		if entry.Size <= 0 || len(entry.Path) > 3 {
			continue
		}
		if room -= int(min(entry.Size, mostBytes)); room < 0 {
			return nil, errors.New("outlook: it claims to be longer than it is")
		}
		value, err := io.ReadAll(io.LimitReader(entry, entry.Size))
		if err != nil {
			return nil, err
		}
		path := strings.Join(entry.Path, "/")
		if path == nameStorage {
			nameStreams[entry.Name] = value
			continue
		}
		if o := d.object(objects, path); o != nil {
			o.take(entry.Name, value, path)
		}
	}
	d.readNames(nameStreams)
	d.ansiPage, d.htmlPage = d.codePages()
	return d, nil
}

// object gives what a storage describes, nil for what is not read.
func (d *document) object(objects map[string]*object, path string) *object {
	if o := objects[path]; o != nil {
		return o
	}
	if len(objects) > mostObjects {
		return nil
	}
	o := newObject()
	top, inner, nested := strings.Cut(path, "/")
	switch {
	case strings.HasPrefix(top, recipientPrefix) && !nested:
		d.recipients = append(d.recipients, o)
	case strings.HasPrefix(top, attachPrefix) && !nested:
		d.attachments = append(d.attachments, o)
	case strings.HasPrefix(top, attachPrefix) && inner == propertyPrefix+"3701000D":
		d.embedded[d.object(objects, top)] = o
	default:
		return nil
	}
	objects[path] = o
	return o
}

// take reads one stream of an object.
func (o *object) take(stream string, value []byte, path string) {
	if stream == propertyStream {
		o.fixed(value, path)
		return
	}
	tag, err := strconv.ParseUint(strings.TrimPrefix(stream, propertyPrefix), 16, 32)
	if err != nil || !strings.HasPrefix(stream, propertyPrefix) {
		return
	}
	id := uint16(tag >> 16)
	switch uint16(tag) {
	case typeUnicode:
		o.texts[id] = value
		delete(o.ansi, id)
	case typeANSI:
		if _, known := o.texts[id]; !known {
			o.texts[id], o.ansi[id] = value, true
		}
	case typeBinary:
		o.bytes[id] = value
	}
}

// fixed reads the stream of values that have one length ([MS-OXMSG] 2.4).
func (o *object) fixed(value []byte, path string) {
	head := 8
	switch {
	case path == "":
		head = 32
	case strings.Contains(path, "/"):
		head = 24
	}
	for ; len(value) >= head+16; head += 16 {
		tag := binary.LittleEndian.Uint32(value[head:])
		switch uint16(tag) {
		case typeInteger:
			o.numbers[uint16(tag>>16)] = uint64(binary.LittleEndian.Uint32(value[head+8:]))
		case typeBoolean:
			o.numbers[uint16(tag>>16)] = uint64(binary.LittleEndian.Uint16(value[head+8:]))
		case typeTime:
			o.numbers[uint16(tag>>16)] = binary.LittleEndian.Uint64(value[head+8:])
		}
	}
}

// readNames learns which ids stand for properties that have only a name ([MS-OXMSG] 2.2.3).
func (d *document) readNames(streams map[string][]byte) {
	sets, entries := streams[propertyPrefix+"00020102"], streams[propertyPrefix+"00030102"]
	for ; len(entries) >= 8; entries = entries[8:] {
		kind, index := binary.LittleEndian.Uint16(entries[4:]), binary.LittleEndian.Uint16(entries[6:])
		set := int(kind>>1) - 3
		if kind&1 != 0 || set < 0 || len(sets) < 16*(set+1) {
			continue // named by a text, or of a set that is not read
		}
		d.names[name{[16]byte(sets[16*set:]), binary.LittleEndian.Uint32(entries)}] = 0x8000 + index
	}
}

// named gives the id that stands for a named property, 0 for none.
func (d *document) named(set [16]byte, id uint32) uint16 { return d.names[name{set, id}] }

// text gives a property as text, "" where it has none.
func (d *document) text(o *object, ids ...uint16) string {
	for _, id := range ids {
		raw, known := o.texts[id]
		if !known || id == 0 {
			continue
		}
		text := ""
		if o.ansi[id] {
			text = d.decode(raw)
		} else {
			text = fromUTF16(raw)
		}
		if text = strings.TrimRight(text, "\x00"); text != "" {
			return text
		}
	}
	return ""
}

func fromUTF16(raw []byte) string {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}

// decode reads text of the message's code page.
func (d *document) decode(raw []byte) string {
	encoding, err := htmlindex.Get(d.ansiPage)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	text, err := encoding.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	return string(text)
}

// codePages are those of PidTagMessageCodepage whose name is not "windows-" and its number.
var codePages = map[uint64]string{
	932: "shift_jis", 936: "gbk", 949: "euc-kr", 950: "big5", 20127: "windows-1252", 28591: "iso-8859-1", 28592: "iso-8859-2",
	28605: "iso-8859-15", 20866: "koi8-r", 50220: "iso-2022-jp", 51932: "euc-jp", 54936: "gb18030", 65001: "utf-8",
}

// localePages are the code pages of languages whose letters are not those of Western Europe,
// by the last ten bits of PidTagMessageLocaleId ([MS-LCID]).
var localePages = map[uint64]uint64{
	0x01: 1256, 0x04: 936, 0x05: 1250, 0x08: 1253, 0x0D: 1255, 0x0E: 1250, 0x11: 932, 0x12: 949, 0x15: 1250, 0x18: 1250,
	0x19: 1251, 0x1A: 1250, 0x1B: 1250, 0x1E: 874, 0x1F: 1254, 0x22: 1251, 0x23: 1251, 0x24: 1250, 0x25: 1257, 0x26: 1257,
	0x27: 1257, 0x2A: 1258,
}

func (d *document) codePages() (ansi, html string) {
	const messageCodePage, internetCodePage, locale = 0x3FFD, 0x3FDE, 0x3FF1
	numbers := d.message.numbers
	page := numbers[messageCodePage]
	if page == 0 {
		page = localePages[numbers[locale]&0x3FF]
	}
	if page == 0 {
		page = numbers[internetCodePage]
	}
	web := numbers[internetCodePage]
	if web == 0 {
		web = page
	}
	return pageName(page), pageName(web)
}

func pageName(page uint64) string {
	switch {
	case page == 0:
		return "windows-1252"
	case codePages[page] != "":
		return codePages[page]
	}
	return "windows-" + strconv.FormatUint(page, 10)
}

// moment gives a property as a time, zero where it has none or one that no mail has.
func (o *object) moment(ids ...uint16) time.Time {
	const epoch = 116444736000000000 // 1970 in units of 100 ns since 1601
	for _, id := range ids {
		if n := o.numbers[id]; id != 0 && n > epoch && n < 1<<62 {
			return time.UnixMicro(int64(n-epoch) / 10).UTC()
		}
	}
	return time.Time{}
}
