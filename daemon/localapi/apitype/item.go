package apitype

import (
	"strings"
	"time"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// Item is one activity as it is returned.
type Item struct {
	activity.Activity
	ID            string          `json:"id"`
	Source        outbox.Source   `json:"source"`
	State         outbox.State    `json:"state"`
	CapturedAt    time.Time       `json:"captured_at"`
	Account       *outbox.Account `json:"account"`
	Attempts      int             `json:"attempts"`
	NextAttemptAt *time.Time      `json:"next_attempt_at"`
	DeliveredAt   *time.Time      `json:"delivered_at,omitempty"`
	Problem       *Problem        `json:"problem"`
	// Record is set once the item is in Salesforce.
	Record *Record `json:"record"`
	// History is empty in lists.
	History []Event `json:"history"`
	// Similar names items of the last 7 days that look like this one; in lists only where it
	// is not sent yet.
	Similar []string `json:"similar,omitempty"`
	// Sealed is true where a locked keychain hides the content.
	Sealed bool `json:"sealed,omitempty"`
	// Purged is true where retention has left the line of the ledger alone.
	Purged bool `json:"purged,omitempty"`
}

// Record is what an item became in Salesforce, and where to see it.
type Record struct {
	ID     string `json:"id"`
	Object string `json:"object"`
	URL    string `json:"url"`
}

// Event is one line of an item's story.
type Event struct {
	Time   time.Time `json:"time"`
	Event  string    `json:"event"`
	Detail string    `json:"detail"`
}

// Items is a page of a list. NextCursor is empty at the end.
type Items struct {
	Items      []Item `json:"items"`
	NextCursor string `json:"next_cursor"`
}

// ItemOf tells an item of the outbox.
func ItemOf(p *words.Printer, of outbox.Item) Item {
	item := Item{
		Activity: of.Activity, ID: of.ID, Source: of.Source, State: of.State, CapturedAt: of.CapturedAt,
		Account: of.Account, Attempts: of.Attempts, NextAttemptAt: TimeOrNil(of.NextAttemptAt),
		Problem: ProblemOf(p, of.Problem).concerning(p, of.Account, of.ID), Record: recordOf(of), History: make([]Event, len(of.History)), Sealed: of.Sealed,
		DeliveredAt: TimeOrNil(of.DeliveredAt), Purged: of.Purged, Similar: of.Similar,
	}
	for i, note := range of.History {
		item.History[i] = Event{Time: note.At, Event: note.Code, Detail: tell(p, note)}
	}
	return item
}

// ItemsOf tells a page of a list.
func ItemsOf(p *words.Printer, of []outbox.Item, next string) Items {
	items := make([]Item, len(of))
	for i := range of {
		items[i] = ItemOf(p, of[i])
	}
	return Items{Items: items, NextCursor: next}
}

// recordOf links the record where the org is known: an item that waits with a
// change of its record still has that record.
func recordOf(of outbox.Item) *Record {
	if of.Record == nil {
		return nil
	}
	record := &Record{ID: of.Record.ID, Object: of.Record.Object}
	if of.Account != nil && of.Account.InstanceURL != "" {
		record.URL = strings.TrimSuffix(of.Account.InstanceURL, "/") + "/" + of.Record.ID
	}
	return record
}

// tell finds the words of a note; being captured is told by the door it came in.
func tell(p *words.Printer, note outbox.Note) string {
	key := "note." + note.Code
	if note.Code == outbox.NoteCaptured {
		key += "." + note.Args["source"]
	}
	if name, takes := note.Args["name"]; takes && name == "" && p.Has(key+".unnamed") {
		key += ".unnamed" // a person of whom only the address is known
	}
	if !p.Has(key) {
		return note.Code
	}
	return p.Fill(key, note.Args)
}

// TimeOrNil gives nil for the zero time, which JSON shows as null.
func TimeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
