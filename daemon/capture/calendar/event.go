package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/outbox/activity"
)

// event is one VEVENT, its times read.
type event struct {
	block *component
	// cancelled: by the calendar's METHOD or by the event's own STATUS.
	cancelled  bool
	uid        string
	sequence   int
	stamp      time.Time
	recurrence *when
	// start is nil in a cancellation that names no time.
	start      *when
	end        *when
	endDropped bool
}

// read makes an event of a block. The error is a *capture.Refusal.
func (r *reader) read(block *component, cancelled bool) (*event, error) {
	if strings.EqualFold(block.text("CLASS"), "PRIVATE") {
		return nil, capture.Refuse(capture.PrivateItem)
	}
	e := &event{
		block:     block,
		cancelled: cancelled || strings.EqualFold(block.text("STATUS"), "CANCELLED"),
		uid:       uidOf(block),
	}
	e.sequence, _ = strconv.Atoi(block.text("SEQUENCE"))
	e.sequence = max(0, e.sequence)
	if stamp, err := readClock(block.text("DTSTAMP")); err == nil {
		e.stamp = stamp.wall
	}
	if id, ok := block.find("RECURRENCE-ID"); ok {
		at, err := r.when(id)
		if err != nil {
			return nil, timeRefusal(err, "recurrence_id")
		}
		if err := inYears(at, "recurrence_id"); err != nil {
			return nil, err
		}
		e.recurrence = &at
	}
	if err := r.readTimes(e); err != nil {
		return nil, err
	}
	return e, nil
}

func (r *reader) readTimes(e *event) error {
	start, ok := e.block.find("DTSTART")
	if !ok && e.cancelled && e.uid != "" {
		return nil
	}
	from, err := r.when(start)
	if err != nil {
		return timeRefusal(err, "start")
	}
	if err := inYears(from, "start"); err != nil {
		return err
	}
	e.start = &from
	to, err := r.end(e, from)
	var refusal *capture.Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	if err != nil || to.time.Before(from.time) || to.time.Year() > activity.MaxYear {
		to, e.endDropped = r.defaultEnd(from), true
	}
	e.end = &to
	return nil
}

// end reads DTEND, else DURATION, else takes what RFC 5545 section 3.6.1 says of
// an event without both.
func (r *reader) end(e *event, from when) (when, error) {
	if p, ok := e.block.find("DTEND"); ok {
		to, err := r.when(p)
		if err == nil && to.date != from.date {
			return to, errClock
		}
		return to, err
	}
	p, ok := e.block.find("DURATION")
	if !ok {
		return r.defaultEnd(from), nil
	}
	length, err := readDuration(p.value)
	if err != nil {
		return when{}, err
	}
	return r.after(from, length), nil
}

func (r *reader) defaultEnd(from when) when {
	if from.date {
		return r.in(from.zone, from.wall.AddDate(0, 0, 1), true)
	}
	return from
}

// after adds a duration: days and weeks by the calendar, hours by the clock's
// own passing (RFC 5545 section 3.3.6).
func (r *reader) after(from when, length duration) when {
	wall := from.wall.AddDate(0, 0, length.days)
	if from.date {
		if length.clock > 0 && length.days == 0 {
			wall = wall.AddDate(0, 0, 1)
		}
		return r.in(from.zone, wall, true)
	}
	day := r.in(from.zone, wall, false).time.Add(length.clock)
	return when{time: day, wall: onlyClock(day), zone: from.zone}
}

// inYears holds a time within the years that an activity takes.
func inYears(at when, field string) error {
	if year := at.time.Year(); year < activity.MinYear || year > activity.MaxYear {
		return capture.Refuse(activity.CodeOutOfRange, "field", field, "limit", fmt.Sprintf("%d-%d", activity.MinYear, activity.MaxYear))
	}
	return nil
}

// uidOf gives the event's UID; of one that is longer than an activity takes, a hash.
func uidOf(block *component) string {
	uid := clean(block.text("UID"))
	if len(uid) <= activity.MaxUID {
		return uid
	}
	sum := sha256.Sum256([]byte(uid))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func timeRefusal(err error, field string) error {
	var refusal *capture.Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	return capture.Refuse(capture.NoTime, "field", field)
}
