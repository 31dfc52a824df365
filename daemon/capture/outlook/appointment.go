package outlook

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/outbox/activity"
)

// The sets of named properties ([MS-OXPROPS] 1.3.2).
var (
	ofAppointments = [16]byte{0x02, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	ofMeetings     = [16]byte{0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10, 0x98, 0xDA, 0x00, 0xAA, 0x00, 0x3F, 0x13, 0x05}
)

// What is read of them ([MS-OXOCAL] 2.2.1).
const (
	namedSequence  = 0x8201
	namedLocation  = 0x8208
	namedStart     = 0x820D
	namedEnd       = 0x820E
	namedWholeDay  = 0x8215
	namedState     = 0x8217
	namedRecurring = 0x8223
	namedReplaces  = 0x8228
	namedZone      = 0x825E
	namedID        = 0x0003
	namedCleanID   = 0x0023
)

// cancelledState is the bit of namedState that says so.
const cancelledState = 0x4

// calendar writes the appointment as a calendar of one event. A series cannot be told by
// one: which of its instances took place stands in a form of Outlook's own.
func (d *document) calendar(method string, zone *time.Location) (Kind, []byte, error) {
	number := func(id uint32) uint64 { return d.message.numbers[d.named(ofAppointments, id)] }
	start := d.message.moment(d.named(ofAppointments, namedStart))
	end := d.message.moment(d.named(ofAppointments, namedEnd))
	switch {
	case number(namedRecurring) != 0:
		return 0, nil, capture.Refuse(capture.SeriesInMessage)
	case start.IsZero() && method != "CANCEL":
		return 0, nil, capture.Refuse(capture.NoTime, "field", "start")
	}
	if number(namedState)&cancelledState != 0 {
		method = "CANCEL"
	}
	b := &bytes.Buffer{}
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\r\n", args...) }
	line("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//fieldpost//msg//EN\r\nMETHOD:%s\r\nBEGIN:VEVENT", method)
	if uid := d.uid(); uid != "" {
		line("UID:%s", escaped(uid))
	}
	line("SEQUENCE:%d", number(namedSequence))
	if at := d.message.moment(tagSubmitTime, tagDeliveryTime); !at.IsZero() {
		line("DTSTAMP:%s", clock(at))
	}
	if at := d.message.moment(d.named(ofAppointments, namedReplaces)); !at.IsZero() {
		line("RECURRENCE-ID:%s", clock(at))
	}
	switch wholeDay := number(namedWholeDay) != 0; {
	case start.IsZero():
	case wholeDay:
		zone = d.zone(zone)
		line("DTSTART;VALUE=DATE:%s", start.In(zone).Format("20060102"))
		line("DTEND;VALUE=DATE:%s", end.In(zone).Format("20060102"))
	default:
		line("DTSTART:%s", clock(start))
		line("DTEND:%s", clock(end))
	}
	for key, value := range map[string]string{
		"SUMMARY": d.text(d.message, tagSubject), "LOCATION": d.text(d.message, d.named(ofAppointments, namedLocation)),
		"DESCRIPTION": strings.TrimSpace(d.text(d.message, tagBody)),
	} {
		if value != "" {
			line("%s:%s", key, escaped(value))
		}
	}
	if d.message.numbers[tagSensitivity] >= 1 && d.message.numbers[tagSensitivity] <= 2 {
		line("CLASS:PRIVATE")
	}
	if p := d.sender(); p.address != "" {
		line("ORGANIZER;CN=%s:mailto:%s", quoted(p.name), oneLine(p.address))
	}
	for _, p := range d.people() {
		resource := ""
		if p.kind == bccRecipient { // a room ([MS-OXOCAL] 2.2.4.10.2)
			resource = ";CUTYPE=RESOURCE"
		}
		line("ATTENDEE%s;CN=%s:mailto:%s", resource, quoted(p.name), oneLine(p.address))
	}
	line("END:VEVENT\r\nEND:VCALENDAR")
	return Calendar, b.Bytes(), nil
}

func clock(at time.Time) string { return at.UTC().Format("20060102T150405Z") }

var escapes = strings.NewReplacer("\\", "\\\\", "\r\n", "\\n", "\n", "\\n", "\r", "\\n", ";", "\\;", ",", "\\,")

func escaped(text string) string { return escapes.Replace(text) }

func quoted(text string) string {
	return `"` + strings.Map(func(r rune) rune {
		if r == '"' || r < ' ' {
			return -1
		}
		return r
	}, text) + `"`
}

// uid is the UID that other calendars know the meeting by ([MS-OXCICAL] 2.1.3.1.1.20.26).
func (d *document) uid() string {
	for _, id := range []uint32{namedCleanID, namedID} {
		raw := d.message.bytes[d.named(ofMeetings, id)]
		const head = 40 // before the data: the class, the instance, times, the length
		if len(raw) < head {
			continue
		}
		if foreign, is := bytes.CutPrefix(raw[head:], []byte("vCal-Uid\x01\x00\x00\x00")); is {
			text, _, _ := bytes.Cut(foreign, []byte{0})
			return string(text)
		}
		clean := bytes.Clone(raw)
		clear(clean[16:20]) // the instance is told by RECURRENCE-ID
		return strings.ToUpper(hex.EncodeToString(clean))
	}
	return ""
}

// zone is the appointment's own, else the rep's.
func (d *document) zone(local *time.Location) *time.Location {
	raw := d.message.bytes[d.named(ofAppointments, namedZone)]
	const head = 8 // version, length and reserved; then how long the name is
	if len(raw) < head {
		return local
	}
	length := 2 * int(binary.LittleEndian.Uint16(raw[6:]))
	if len(raw) < head+length {
		return local
	}
	zone, err := activity.Zone(fromUTF16(raw[head : head+length]))
	if err != nil {
		return local
	}
	return zone
}
