package outbox

import (
	"time"

	"fieldpost/outbox/activity"
)

// State is where an item stands. An item is in exactly one state.
type State string

// The states of CONTRACT section 4.
const (
	Waiting        State = "waiting"
	Sending        State = "sending"
	Delivered      State = "delivered"
	NeedsAttention State = "needs_attention"
	Held           State = "held"
	Discarded      State = "discarded"
)

// States lists every state in the order in which counts are shown.
var States = []State{Waiting, Sending, Delivered, NeedsAttention, Held, Discarded}

// Source is the door an activity came in by.
type Source string

// The doors.
const (
	FromAPI  Source = "api"
	FromWeb  Source = "web"
	FromCLI  Source = "cli"
	FromFile Source = "file"
)

// Who can act on a problem.
type Who string

// Who acts: the rep, the Salesforce administrator, or nobody (it passes by itself).
const (
	You   Who = "you"
	Admin Who = "admin"
	Wait  Who = "wait"
)

// Args are the particulars that a sentence is filled with.
type Args map[string]string

// Problem says why an item is where it is: a stable code, who can act, and the
// particulars of the sentence that daemon/words tells about it.
type Problem struct {
	Code string `cbor:"1,keyasint"`
	Who  Who    `cbor:"2,keyasint"`
	Args Args   `cbor:"3,keyasint,omitempty"`
}

// Account is the Salesforce user an item belongs to.
type Account struct {
	OrgID    string `cbor:"1,keyasint" json:"org_id"`
	UserID   string `cbor:"2,keyasint" json:"user_id"`
	Username string `cbor:"3,keyasint,omitempty" json:"username"`
	// InstanceURL is where the org's records are shown; the latest one known.
	InstanceURL string `cbor:"4,keyasint,omitempty" json:"-"`
}

// Same reports whether both name the same user of the same org.
func (a *Account) Same(b *Account) bool {
	if a == nil || b == nil {
		return a == b
	}
	return activity.SameID(a.OrgID, b.OrgID) && activity.SameID(a.UserID, b.UserID)
}

// Record names what an item became in Salesforce.
type Record struct {
	ID     string `cbor:"1,keyasint" json:"id"`
	Object string `cbor:"2,keyasint" json:"object"`
}

// Note is one line of an item's story: a code that daemon/words tells, filled
// with its particulars.
type Note struct {
	At   time.Time `cbor:"1,keyasint"`
	Code string    `cbor:"2,keyasint"`
	Args Args      `cbor:"3,keyasint,omitempty"`
}

// Draft is an activity on its way into the outbox: validated, filtered for
// privacy, not yet on disk.
type Draft struct {
	Activity activity.Activity
	Source   Source
	// Notes tell what capturing changed (a text cut, a recipient left out).
	Notes []Note
	// Stamp is when a calendar wrote this version of a meeting (DTSTAMP), zero where it does
	// not tell.
	Stamp time.Time
	// DeleteCancelled: where the draft cancels a meeting that is in Salesforce, its record
	// is deleted; else it is marked.
	DeleteCancelled bool
	// Hold, where set, captures the item as held, with this problem.
	Hold *Problem
}

// Receipt is the promise that an activity is on disk.
type Receipt struct {
	ID         string
	State      State
	CapturedAt time.Time
	// Similar names items of the last 7 days that look like this one.
	Similar []string
	// Known is true when the key had been captured before: nothing was added.
	Known bool
}

// Item is one entry of the outbox as its readers see it.
type Item struct {
	ID         string
	Activity   activity.Activity
	Source     Source
	State      State
	CapturedAt time.Time
	// Account is nil while the item was captured signed out and not yet claimed.
	Account       *Account
	Attempts      int
	NextAttemptAt time.Time
	Problem       *Problem
	Record        *Record
	DeliveredAt   time.Time
	History       []Note
	// Similar names items of the last 7 days that look like this one; in lists only where
	// it is not sent yet.
	Similar []string
	// Sealed is true where the key that opens the content is out of reach.
	Sealed bool
	// Purged is true where only the line of the ledger is left: the content was
	// removed after its retention, or erased.
	Purged bool
}

// Counts is the outbox in numbers. Captured is the sum of the six states.
type Counts struct {
	ByState         map[State]int
	Captured        int
	OldestWaitingAt time.Time
	LastDeliveredAt time.Time
}
