package file

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/calendar"
	"fieldpost/daemon/capture/mail"
	"fieldpost/daemon/capture/outlook"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// ManyMeetings is the most meetings that one file logs without asking
// (CONTRACT section 5); with more, each is held with the problem ProblemMany.
const ManyMeetings = 20

// ProblemMany is the code of that problem.
const ProblemMany = "many_meetings"

// Reader reads .json, .eml, .msg and .ics files. All its fields are needed; the
// functions are asked at each read, so that changed settings count at once.
type Reader struct {
	// Own gives the rep's own addresses.
	Own func() capture.Own
	// Zone gives the rep's time zone, in which times without one are read.
	Zone func() *time.Location
	Now  func() time.Time
	// Origins gives the allowed origins of recipient links ("https://*.acme.test").
	Origins func() []string
	// CutHistory and CutSignature tell whether those are left out of a mail.
	CutHistory, CutSignature func() bool
	// Words gives the rep's language, for what has no title of its own.
	Words func() *words.Printer
}

// Read reads one file of size bytes, named name, into drafts. The error is a
// *capture.Refusal where the file is at fault, else it comes from r. A file above
// capture.MaxFileBytes is refused unread.
func (r *Reader) Read(name string, size int64, from io.Reader) ([]outbox.Draft, error) {
	if size > capture.MaxFileBytes {
		return nil, tooLarge()
	}
	data, err := io.ReadAll(io.LimitReader(from, capture.MaxFileBytes+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > capture.MaxFileBytes:
		return nil, tooLarge()
	case len(bytes.TrimSpace(data)) == 0:
		return nil, capture.Refuse(capture.EmptyFile)
	}
	drafts, err := r.parse(name, data)
	for i := range drafts {
		drafts[i].Source = outbox.FromFile
	}
	return drafts, err
}

// parse reads the bytes of a file. A parser that panics over them must not take
// the daemon down, which would meet the same file at its next start.
func (r *Reader) parse(name string, data []byte) (drafts []outbox.Draft, err error) {
	defer func() {
		if recover() != nil {
			drafts, err = nil, capture.Refuse(capture.Unparsable)
		}
	}()
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		return r.readJSON(data)
	case ".eml":
		drafts, err = r.readMail(data)
	case ".msg":
		drafts, err = r.readMessage(data)
	case ".ics", ".ical", ".ifb":
		drafts, err = r.readCalendar(data)
	default:
		return nil, capture.Refuse(capture.UnknownFile)
	}
	if err != nil {
		return nil, err
	}
	for i := range drafts {
		capture.Fit(&drafts[i], r.Now())
	}
	holdMany(drafts)
	return drafts, nil
}

func tooLarge() error {
	return capture.Refuse(capture.TooLarge, "limit", fmt.Sprintf("%d MiB", capture.MaxFileBytes>>20))
}

// readJSON takes the activities of a file whole or not at all. An activity
// without a key gets one of the file's content, so that the file can be dropped
// again.
func (r *Reader) readJSON(data []byte) ([]outbox.Draft, error) {
	data = capture.WithoutMark(data)
	entries, list, err := capture.DecodeActivities(data)
	if err != nil {
		return nil, err
	}
	if list && len(entries) == 0 {
		return nil, capture.Refuse(capture.EmptyFile)
	}
	drafts := make([]outbox.Draft, len(entries))
	for i, entry := range entries {
		if entry.Err != nil && !list {
			return nil, entry.Err
		}
		if entry.Err != nil {
			return nil, capture.InEntry(entry.Err, i)
		}
		if entry.Activity.Key == "" {
			entry.Activity.Key = contentKey("json", data) + ":" + strconv.Itoa(i)
		}
		drafts[i].Activity = entry.Activity
	}
	return drafts, nil
}

// readMessage reads what Outlook saved, a mail or a meeting.
func (r *Reader) readMessage(data []byte) ([]outbox.Draft, error) {
	kind, same, err := outlook.Convert(data, r.Zone())
	switch {
	case err != nil:
		return nil, err
	case kind == outlook.Calendar:
		return r.readCalendar(same)
	}
	return r.readMail(same)
}

func (r *Reader) readCalendar(data []byte) ([]outbox.Draft, error) {
	return calendar.Read(bytes.NewReader(data), r.calendarOptions())
}

func (r *Reader) calendarOptions() calendar.Options {
	return calendar.Options{
		Own: r.Own(), Zone: r.Zone(), Now: r.Now(), Untitled: r.Words().Text("capture.untitled_meeting"),
	}
}

// readMail makes one share of a mail, and a meeting of each calendar in it.
func (r *Reader) readMail(data []byte) ([]outbox.Draft, error) {
	message, err := mail.Read(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if message.MarkedPrivate {
		return nil, capture.Refuse(capture.PrivateItem)
	}
	share := r.share(message)
	if message.ID == "" {
		share.Activity.Key = contentKey("mail", message.Identity())
	}
	return append([]outbox.Draft{share}, r.meetings(message)...), nil
}

// meetings reads the calendars that a mail carries. One that has no identity
// cannot be told from the copy of it beside it, and one with nothing to log is
// no fault of the mail.
func (r *Reader) meetings(message *mail.Message) []outbox.Draft {
	var meetings []outbox.Draft
	seen := map[string]bool{}
	for _, data := range message.Calendars {
		drafts, err := calendar.Read(bytes.NewReader(data), r.calendarOptions())
		if err != nil {
			continue
		}
		for _, d := range drafts {
			if d.Activity.UID != "" && !seen[d.Activity.Key] {
				seen[d.Activity.Key] = true
				meetings = append(meetings, d)
			}
		}
	}
	return meetings
}

func contentKey(kind string, data []byte) string {
	sum := sha256.Sum256(data)
	return kind + ":" + hex.EncodeToString(sum[:16])
}

func holdMany(drafts []outbox.Draft) {
	meetings := 0
	for _, d := range drafts {
		if d.Activity.Kind == activity.Meeting {
			meetings++
		}
	}
	if meetings <= ManyMeetings {
		return
	}
	for i := range drafts {
		if drafts[i].Activity.Kind == activity.Meeting {
			drafts[i].Hold = &outbox.Problem{Code: ProblemMany, Who: outbox.You, Args: outbox.Args{"n": strconv.Itoa(meetings)}}
		}
	}
}
