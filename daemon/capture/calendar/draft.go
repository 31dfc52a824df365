package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"

	"fieldpost/daemon/capture"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// draft writes the event as a meeting. Instance names which one of its series
// it is; nil is the event as a whole.
func (e *event) draft(o Options, instance *when) outbox.Draft {
	d := outbox.Draft{Stamp: e.stamp, Activity: activity.Activity{
		Kind:      activity.Meeting,
		UID:       e.uid,
		Sequence:  e.sequence,
		Cancelled: e.cancelled,
		Subject:   oneLine(e.block.text("SUMMARY")),
		Location:  oneLine(e.block.text("LOCATION")),
		Notes:     clean(e.block.text("DESCRIPTION")),
		People:    e.people(o.Own),
	}}
	a := &d.Activity
	if a.Subject == "" && !e.cancelled {
		a.Subject = o.Untitled
	}
	e.writeTimes(a)
	if e.endDropped {
		d.Notes = []outbox.Note{{At: o.Now, Code: capture.NoteEndDropped}}
	}
	if instance != nil {
		a.Recurrence = instance.moment()
	}
	a.Key = e.key(instance)
	return d
}

func (e *event) writeTimes(a *activity.Activity) {
	if e.start == nil {
		return
	}
	a.Start, a.End = e.start.moment(), e.end.moment()
	a.TimeZone = e.start.zone.iana()
	if e.start.date {
		a.AllDay = true
		last := e.end.wall.AddDate(0, 0, -1) // DTEND is the day after
		if last.Before(e.start.wall) {
			last = e.start.wall
		}
		a.End = activity.DayOf(last)
	}
}

func (w when) moment() activity.Moment {
	if w.date {
		return activity.DayOf(w.wall)
	}
	return activity.MomentOf(w.time)
}

// key is UID, RECURRENCE-ID and SEQUENCE in one (CONTRACT section 5), hashed,
// for a UID may be longer than a key.
func (e *event) key(instance *when) string {
	identity := []string{e.uid, "", strconv.Itoa(e.sequence), strconv.FormatBool(e.cancelled)}
	if instance != nil {
		identity[1] = instance.identity()
	}
	if e.uid == "" {
		identity = append(identity, e.block.text("SUMMARY"), e.start.identity())
	}
	sum := sha256.Sum256([]byte(strings.Join(identity, "\n")))
	return "ics:" + hex.EncodeToString(sum[:16])
}

// identity is the same for the same instant, whatever offset it was written in.
func (w when) identity() string {
	if w.date {
		return string(activity.DayOf(w.wall))
	}
	return string(activity.MomentOf(w.time.UTC()))
}

// people lists who the meeting is with: the attendees and whoever asked them in,
// without the rep and without rooms.
func (e *event) people(own capture.Own) []activity.Person {
	var people []activity.Person
	seen := map[string]bool{}
	for _, p := range append(e.block.all("ATTENDEE"), e.block.all("ORGANIZER")...) {
		switch strings.ToUpper(p.params["CUTYPE"]) {
		case "ROOM", "RESOURCE":
			continue
		}
		address := addressIn(p)
		folded := strings.ToLower(address)
		if !activity.ValidEmail(address) || own.Is(address) || seen[folded] {
			continue
		}
		seen[folded] = true
		people = append(people, activity.Person{Email: address, Name: capture.Name(oneLine(p.params["CN"]), address)})
	}
	return people
}

func addressIn(p property) string {
	for _, value := range []string{p.value, p.params["EMAIL"]} {
		value = strings.TrimSpace(value)
		if len(value) > 7 && strings.EqualFold(value[:7], "mailto:") {
			value = value[7:]
		}
		if plain, err := url.PathUnescape(value); err == nil {
			value = plain
		}
		if strings.Contains(value, "@") {
			return strings.Trim(value, "<>\"' ")
		}
	}
	return ""
}

// clean makes text without NUL of what a calendar holds.
func clean(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""))
}

func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }
