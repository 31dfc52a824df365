package apitype

import (
	"time"

	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// SourceHeader lets a program that holds the owner's token say which door it is:
// "api" (the default) or "cli".
const SourceHeader = "Fieldpost-Source"

// Receipt is the promise that an activity is on disk.
type Receipt struct {
	ID         string       `json:"id"`
	State      outbox.State `json:"state"`
	CapturedAt time.Time    `json:"captured_at"`
	// Similar names items of the last 7 days that look like this one.
	Similar []string `json:"similar"`
}

// ReceiptOf shapes a receipt of the outbox.
func ReceiptOf(of outbox.Receipt) *Receipt {
	similar := of.Similar
	if similar == nil {
		similar = []string{}
	}
	return &Receipt{ID: of.ID, State: of.State, CapturedAt: of.CapturedAt, Similar: similar}
}

// Outcome is what became of one entry: a receipt, or the reason why there is none.
type Outcome struct {
	*Receipt
	Problem *Error `json:"problem,omitempty"`
	// File names the file that the entry came in.
	File string `json:"file,omitempty"`
}

// Receipts answers an array of activities or dropped files, in order.
type Receipts struct {
	Receipts []Outcome `json:"receipts"`
}

// OwnItem is all that a paired page reads of what it captured: how far it is,
// not what the rep or Salesforce made of it.
type OwnItem struct {
	ID         string        `json:"id"`
	Kind       activity.Kind `json:"kind"`
	Source     outbox.Source `json:"source"`
	State      outbox.State  `json:"state"`
	CapturedAt time.Time     `json:"captured_at"`
	Record     *Record       `json:"record"`
}

// OwnItemOf cuts an item down for the page that captured it.
func OwnItemOf(of outbox.Item) OwnItem {
	return OwnItem{
		ID: of.ID, Kind: of.Activity.Kind, Source: of.Source, State: of.State, CapturedAt: of.CapturedAt, Record: recordOf(of),
	}
}

// Changed tells how many items a verb on many moved.
type Changed struct {
	Count int `json:"count"`
}
