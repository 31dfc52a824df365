package mail

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/text/encoding/charmap"
)

// Outlook puts what it does not trust to MIME into one part, winmail.dat: the names of the
// documents, and where it sends "rich text" the text as well ([MS-OXTNEF]).

// wrapped is what is read of such a part.
type wrapped struct {
	text   string
	titles []string
}

func isWrapped(part *enmime.Part) bool {
	return part.ContentType == "application/ms-tnef" || part.ContentType == "application/vnd.ms-tnef" || strings.EqualFold(part.FileName, "winmail.dat")
}

// The attributes that are read.
const (
	tnefMagic        = 0x223E9F78
	attributeBody    = 0x0002800C
	attributeTitle   = 0x00018010
	attributeRender  = 0x00069002 // begins an attachment
	attributeMessage = 0x00069003 // properties of the message
	attributeAttach  = 0x00069005 // and of an attachment
)

// unwrap reads a part as far as it goes; false where it is none.
func unwrap(data []byte) (w wrapped, ok bool) {
	if len(data) < 6 || binary.LittleEndian.Uint32(data) != tnefMagic {
		return w, false
	}
	short, long := "", ""
	closeAttachment := func() {
		if title := oneLine(long); title != "" {
			w.titles = append(w.titles, title)
		} else if title := oneLine(short); title != "" {
			w.titles = append(w.titles, title)
		}
		short, long = "", ""
	}
	for data = data[6:]; len(data) >= 9 && len(w.titles) < mostParts; {
		id, length := binary.LittleEndian.Uint32(data[1:]), uint64(binary.LittleEndian.Uint32(data[5:]))
		if uint64(len(data)-9) < length {
			break
		}
		value := data[9 : 9+length]
		switch id {
		case attributeBody:
			w.text = plain(western(value))
		case attributeTitle:
			short = western(value)
		case attributeRender:
			closeAttachment()
		case attributeAttach:
			long = properties(value)[longFileName]
		case attributeMessage:
			if text := properties(value)[bodyText]; w.text == "" {
				w.text = plain(text)
			}
		}
		data = data[min(uint64(len(data)), 9+length+2):] // a checksum follows
	}
	closeAttachment()
	return w, true
}

// The properties whose text is wanted ([MS-OXPROPS]).
const (
	bodyText     = 0x1000
	longFileName = 0x3707
)

// properties reads the texts among a list of properties, by their ids.
func properties(list []byte) map[uint16]string {
	texts := map[uint16]string{}
	r := &reader{rest: list}
	for n := r.number(); n > 0 && !r.over; n-- {
		tag := r.number()
		kind, id := uint16(tag), uint16(tag>>16)
		if id >= 0x8000 { // it has a name
			r.take(16)
			if r.number() == 0 {
				r.take(4)
			} else {
				r.padded(r.number())
			}
		}
		values := uint32(1)
		if size := sizes[kind&^0x1000]; size > 0 {
			if kind&0x1000 != 0 {
				values = r.number()
			}
			for ; values > 0 && !r.over; values-- {
				r.take(size)
			}
			continue
		}
		for values = r.number(); values > 0 && !r.over; values-- {
			value := r.padded(r.number())
			switch kind {
			case 0x001E:
				texts[id] = western(value)
			case 0x001F:
				texts[id] = wide(value)
			}
		}
	}
	return texts
}

// sizes are how many bytes the values of a type take, in fours; a type that is not listed
// tells the length of each.
var sizes = map[uint16]uint32{2: 4, 3: 4, 4: 4, 0xA: 4, 0xB: 4, 5: 8, 6: 8, 7: 8, 0x14: 8, 0x40: 8, 0x48: 16}

// reader takes values off a list until that is over.
type reader struct {
	rest []byte
	over bool
}

func (r *reader) take(n uint32) []byte {
	if uint64(n) > uint64(len(r.rest)) {
		r.rest, r.over = nil, true
		return nil
	}
	value := r.rest[:n]
	r.rest = r.rest[n:]
	return value
}

func (r *reader) number() uint32 {
	value := r.take(4)
	if value == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(value)
}

// padded takes a value that is filled up to fours.
func (r *reader) padded(n uint32) []byte {
	value := r.take(n)
	if fill := (4 - n%4) % 4; !r.over && uint64(fill) <= uint64(len(r.rest)) {
		r.take(fill)
	}
	return value
}

// western reads text of a code page that is not told, as most are.
func western(raw []byte) string {
	text := strings.TrimRight(string(raw), "\x00")
	if strings.ToValidUTF8(text, "") == text {
		return text
	}
	decoded, err := charmap.Windows1252.NewDecoder().String(text)
	if err != nil {
		return text
	}
	return decoded
}

func wide(raw []byte) string {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(units)), "\x00")
}
