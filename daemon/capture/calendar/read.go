package calendar

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/outbox"
)

// Window is how far back the instances of a series are logged (CONTRACT section 5).
const Window = 90 * 24 * time.Hour

// Options are what reading depends on besides the text.
type Options struct {
	Own capture.Own
	// Zone is the rep's, in which times without a zone are read.
	Zone *time.Location
	Now  time.Time
	// Untitled names a meeting that has no title of its own.
	Untitled string
}

// Read gives a draft for each meeting of the calendars in r: a single meeting
// whenever it is, of a series the instances of the last 90 days that have taken
// place. Where nothing is left to log, the error is the *capture.Refusal that
// says why; what else was left out is told in the first draft's notes.
func Read(r io.Reader, o Options) ([]outbox.Draft, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	root, err := parse(data)
	if err != nil {
		return nil, capture.Refuse(capture.NotCalendar)
	}
	calendars, err := calendarsIn(root)
	if err != nil {
		return nil, err
	}
	b := &book{options: o, reader: &reader{zones: newZones(calendars), local: o.Zone}}
	for _, cal := range calendars {
		b.add(cal)
	}
	return b.drafts()
}

// calendarsIn finds the VCALENDAR blocks; a bare VEVENT is a calendar by itself.
// A calendar that does not end is half a file.
func calendarsIn(root *component) ([]*component, error) {
	var calendars []*component
	bare := &component{name: "VCALENDAR", ended: true}
	for _, child := range root.children {
		switch child.name {
		case "VCALENDAR":
			calendars = append(calendars, child)
			if !child.ended {
				return nil, capture.Refuse(capture.NotCalendar)
			}
		case "VEVENT":
			if child.ended {
				bare.children = append(bare.children, child)
			}
		}
	}
	if len(bare.children) > 0 {
		calendars = append(calendars, bare)
	}
	if len(calendars) == 0 {
		return nil, capture.Refuse(capture.NotCalendar)
	}
	return calendars, nil
}

// book gathers the events of a file.
type book struct {
	options Options
	reader  *reader
	series  []*series
	byUID   map[string]*series
	private int
	faults  []*capture.Refusal
}

// add takes the events of one calendar as its METHOD wants them: REPLY, COUNTER
// and REFRESH say nothing about what takes place (RFC 5546).
func (b *book) add(cal *component) {
	method := strings.ToUpper(cal.text("METHOD"))
	switch method {
	case "", "PUBLISH", "REQUEST", "ADD", "CANCEL":
	default:
		return
	}
	for _, block := range cal.children {
		if block.name != "VEVENT" {
			continue
		}
		e, err := b.reader.read(block, method == "CANCEL")
		if err != nil {
			b.refused(err)
			continue
		}
		b.file(e)
	}
}

func (b *book) refused(err error) {
	var refusal *capture.Refusal
	if !errors.As(err, &refusal) {
		refusal = capture.Refuse(capture.NoTime)
	}
	if refusal.Private() {
		b.private++
	}
	b.faults = append(b.faults, refusal)
}

// file puts an event to the others of its UID; without a UID it stands alone.
func (b *book) file(e *event) {
	s := b.byUID[e.uid]
	if s == nil || e.uid == "" {
		s = &series{}
		b.series = append(b.series, s)
		if e.uid != "" {
			if b.byUID == nil {
				b.byUID = map[string]*series{}
			}
			b.byUID[e.uid] = s
		}
	}
	s.add(e)
}

func (b *book) drafts() ([]outbox.Draft, error) {
	var drafts []outbox.Draft
	for _, s := range b.series {
		found, err := s.drafts(b.reader, b.options)
		if err != nil {
			b.refused(err)
			continue
		}
		drafts = append(drafts, found...)
	}
	if len(drafts) == 0 {
		if len(b.faults) > 0 {
			return nil, b.faults[0]
		}
		return nil, capture.Refuse(capture.NothingToLog)
	}
	b.tell(&drafts[0], capture.NoteExcluded, b.private)
	b.tell(&drafts[0], capture.NoteSkipped, b.unreadable())
	return drafts, nil
}

// unreadable counts the events that were left out for a fault of theirs; that
// nothing of a series took place lately is none.
func (b *book) unreadable() int {
	n := 0
	for _, fault := range b.faults {
		if !fault.Private() && fault.Code != capture.NotYetTaken {
			n++
		}
	}
	return n
}

func (b *book) tell(d *outbox.Draft, code string, n int) {
	if n > 0 {
		d.Notes = append(d.Notes, outbox.Note{At: b.options.Now, Code: code, Args: outbox.Args{"n": strconv.Itoa(n)}})
	}
}
