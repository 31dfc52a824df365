package file_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/daemon/capture"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// calendarDeviations names each calendar of which we say something else than
// the manifest, and why.
var calendarDeviations = map[string]string{
	"ics/allenporter-office_365_invalid_timezone.ics":         "its zone is defined nowhere: CONTRACT section 5 refuses it, never guessed",
	"ics/caldav4j-meeting_request_1.ics":                      "an end with seven digits is no time: the start stands for it, with a note (the manifest accepts that also)",
	"ics/collective-created_calendar_with_unicode_fields.ics": "the third event has no time: the first two are captured, with a note",
	"ics/ical4j-calconnect2.ics":                              "dates beside the start make it a series: each instance has its own identity",
	"ics/ical4j-rfc5545-sec3.6.1.ics":                         "the first event is CLASS:PRIVATE: CONTRACT section 3 keeps it out",
	"ics/icalnet-DateTime1.ics":                               "the first instance of the last series was moved by an override in the same file",
	"ics/nodeical-daily-count-exdate-recurrence-id.ics":       "an end before its start: the start stands for it, with a note (the manifest accepts that also)",
	"ics/nodeical-exchange_whole_day_moved_recurrence.ics":    "an instance of an all-day series is named by its day, however its RECURRENCE-ID is written",
	"ics/nodeical-multi-era-vtimezone.ics":                    "the event of 1985 lies before the years that CONTRACT section 4 takes: the other is captured, with a note",
}

func TestTheCorpusOfCalendarsGivesItsFacts(t *testing.T) {
	for _, s := range corpus(t, "ics") {
		t.Run(s.name, func(t *testing.T) {
			faults := calendarFaults(s)
			if why, known := calendarDeviations[s.name]; known {
				if len(faults) == 0 {
					t.Errorf("no deviation any more: %s", why)
				}
				return
			}
			for _, fault := range faults {
				t.Error(fault)
			}
		})
	}
}

func calendarFaults(s sample) (faults []string) {
	if s.facts.Outcome != "capture" {
		drafts, err := take(s, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
		var refusal *capture.Refusal
		if !errors.As(err, &refusal) {
			return []string{fmt.Sprintf("is not refused: %+v", drafts)}
		}
		return nil
	}
	for i, want := range s.facts.Items {
		if superseded(s.facts.Items, i) || want.Method == "REPLY" || want.Method == "COUNTER" {
			continue
		}
		faults = append(faults, itemFaults(s, i, want)...)
	}
	return faults
}

// superseded reports whether a newer version of the same instance stands in the
// file, or a series' own withdrawal.
func superseded(items []item, i int) bool {
	for j, other := range items {
		if j == i || other.UID == nil || items[i].UID == nil || *other.UID != *items[i].UID || other.Recurrence != items[i].Recurrence {
			continue
		}
		if other.Method == "REPLY" || other.Method == "COUNTER" {
			continue
		}
		if other.Sequence > items[i].Sequence || other.Sequence == items[i].Sequence && j > i {
			return true
		}
	}
	return false
}

// itemFaults reads the file just after the item took place, so that it lies in
// the window of its series, and looks for it.
func itemFaults(s sample, i int, want item) []string {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	if end := wantEnd(want); end != "" {
		t, err := activity.Moment(end).Time()
		if err != nil {
			t, err = time.Parse("2006-01-02T15:04:05", end)
		}
		if err != nil {
			return []string{err.Error()}
		}
		now = t.Add(48 * time.Hour)
	}
	drafts, err := take(s, now)
	if err != nil {
		return []string{fmt.Sprintf("item %d: refused: %v %+v", i, err, err)}
	}
	var seen []string
	for _, d := range drafts {
		told := tell(d, want)
		if told == manifest(want) {
			return nil
		}
		seen = append(seen, told)
	}
	return []string{fmt.Sprintf("item %d (-manifest +ours):\n%s", i, cmp.Diff([]string{manifest(want)}, seen))}
}

func wantEnd(want item) string {
	if want.End != nil {
		return *want.End
	}
	if want.Start != nil {
		return *want.Start
	}
	return ""
}

// manifest writes what is expected of an item in one line, tell what we have.
func manifest(want item) string {
	start, end := "", ""
	if want.Start != nil {
		start, end = *want.Start, wantEnd(want)
	}
	if want.AllDay {
		first, _ := time.Parse(time.DateOnly, start)
		if after, err := time.Parse(time.DateOnly, end); err == nil && after.After(first) {
			end = after.AddDate(0, 0, -1).Format(time.DateOnly) // the manifest's end is exclusive
		}
	}
	summary := ""
	if want.Summary != nil {
		summary = *want.Summary
	} else if !want.Cancelled {
		summary = "Meeting without a title"
	}
	recurrence := want.Recurrence
	if want.Recurring && recurrence == "" && !want.Cancelled {
		recurrence = start
	}
	return line(want.UID, start, end, recurrence, want.Sequence, want.Cancelled, summary)
}

func tell(d outbox.Draft, want item) string {
	a := d.Activity
	var uid *string
	if a.UID != "" {
		uid = &a.UID
	}
	floating := want.Start != nil && !want.AllDay && !strings.HasSuffix(*want.Start, "Z")
	form := func(m activity.Moment) string {
		if m == "" || m.IsDate() {
			return string(m)
		}
		t, _ := m.Time()
		if floating {
			return t.Format("2006-01-02T15:04:05")
		}
		return t.UTC().Format(time.RFC3339)
	}
	return line(uid, form(a.Start), form(a.End), form(a.Recurrence), a.Sequence, a.Cancelled, a.Subject)
}

func line(uid *string, start, end, recurrence string, sequence int, cancelled bool, summary string) string {
	id := "no UID"
	if uid != nil {
		id = *uid
	}
	return fmt.Sprintf("%s | %s – %s | instance %s | sequence %d | cancelled %v | %s",
		id, start, end, recurrence, sequence, cancelled, strings.Join(strings.Fields(summary), " "))
}
