package capture

import (
	"strconv"
	"time"
	"unicode/utf8"

	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// Fit shortens what a mail or a calendar says to what an activity takes, and
// notes each cut in the draft's history (CONTRACT section 4, limits).
func Fit(d *outbox.Draft, now time.Time) {
	a := &d.Activity
	note := func(code string, args outbox.Args) {
		d.Notes = append(d.Notes, outbox.Note{At: now, Code: code, Args: args})
	}
	texts := []struct {
		field string
		text  *string
		cut   string
	}{
		{"subject", &a.Subject, firstChars(a.Subject, activity.MaxSubject)},
		{"location", &a.Location, firstChars(a.Location, activity.MaxSubject)},
		{"body", &a.Body, firstBytes(a.Body, activity.MaxBodyBytes)},
		{"notes", &a.Notes, firstBytes(a.Notes, activity.MaxBodyBytes)},
	}
	for _, t := range texts {
		if len(t.cut) < len(*t.text) {
			*t.text = t.cut
			note(NoteCut, outbox.Args{"field": t.field})
		}
	}
	if over := len(a.People) - activity.MaxPeople; over > 0 {
		a.People = a.People[:activity.MaxPeople]
		note(NotePeopleCut, outbox.Args{"n": strconv.Itoa(over)})
	}
	if over := len(a.Content) - activity.MaxContent; over > 0 {
		a.Content = a.Content[:activity.MaxContent]
		note(NoteContentCut, outbox.Args{"n": strconv.Itoa(over)})
	}
	for i := range a.People {
		a.People[i].Name = firstChars(a.People[i].Name, activity.MaxName)
	}
	for i := range a.Content {
		a.Content[i].Title = firstChars(a.Content[i].Title, activity.MaxSubject)
	}
}

func firstChars(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit])
}

// firstBytes cuts before the limit, between two characters.
func firstBytes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
