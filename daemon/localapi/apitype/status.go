package apitype

import (
	"time"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// Status is how things stand (GET /v1/status, "status --json").
type Status struct {
	Version    string     `json:"version"`
	StartedAt  time.Time  `json:"started_at"`
	Account    Account    `json:"account"`
	Connection Connection `json:"connection"`
	Outbox     Outbox     `json:"outbox"`
	Inbox      Inbox      `json:"inbox"`
	Directory  Directory  `json:"directory"`
	// Delivery is nil until the org's facts are known.
	Delivery *Delivery `json:"delivery"`
	// Warnings holds only what keeps something from being delivered or captured.
	Warnings []Problem `json:"warnings"`
	// Causes group what needs attention by its reason, the most frequent first: each is
	// repaired together (POST /v1/activities/retry with the code).
	Causes []Cause `json:"causes"`
	// Sending is how far the sending of what waits is; nil while nothing is on its way.
	Sending *Progress `json:"sending,omitempty"`
}

// Progress is how far something is that takes a while. SecondsLeft is about how long the
// rest takes, nil where that cannot be told.
type Progress struct {
	Done        int  `json:"done"`
	Total       int  `json:"total"`
	SecondsLeft *int `json:"seconds_left,omitempty"`
}

// SecondsOrNil tells a time that is left; nil for none.
func SecondsOrNil(left time.Duration) *int {
	if left <= 0 {
		return nil
	}
	seconds := int(left.Round(time.Second) / time.Second)
	return &seconds
}

// Cause is one reason for which items need somebody.
type Cause struct {
	Code   string     `json:"code"`
	Title  string     `json:"title"`
	Remedy string     `json:"remedy"`
	Who    outbox.Who `json:"who"`
	Count  int        `json:"count"`
}

// CausesOf tells the reasons of the outbox.
func CausesOf(p *words.Printer, of []outbox.Cause) []Cause {
	causes := make([]Cause, len(of))
	for i, c := range of {
		told := p.Explain(c.Code, map[string]string{"code": c.Code})
		if key := "problem." + c.Code + ".remedy.all"; p.Has(key) {
			told.Remedy = p.Text(key) // that of a single one names what is particular to it
		}
		causes[i] = Cause{Code: c.Code, Title: told.Title, Remedy: told.Remedy, Who: c.Who, Count: c.N}
	}
	return causes
}

// Delivery is how a second record of one activity is kept out: "key" (the org refuses
// it itself), "task_marker" (found by CallObject) or "event_marker" (found by the
// last line of the Description).
type Delivery struct {
	Task  string `json:"task"`
	Event string `json:"event"`
}

// AccountState tells whether somebody can send.
type AccountState string

// The states of an account.
const (
	SignedOut   AccountState = "signed_out"
	SignedIn    AccountState = "signed_in"
	NeedsSignIn AccountState = "needs_sign_in"
	Blocked     AccountState = "blocked"
)

// Account is who is signed in. All but State is empty while nobody is.
type Account struct {
	State       AccountState `json:"state"`
	Username    string       `json:"username"`
	UserID      string       `json:"user_id"`
	OrgID       string       `json:"org_id"`
	InstanceURL string       `json:"instance_url"`
}

// ConnectionState tells whether Salesforce can be reached.
type ConnectionState string

// The states of the connection.
const (
	Online  ConnectionState = "online"
	Offline ConnectionState = "offline"
	Limited ConnectionState = "limited"
)

// Connection is the way to Salesforce.
type Connection struct {
	State         ConnectionState `json:"state"`
	Since         *time.Time      `json:"since"`
	NextAttemptAt *time.Time      `json:"next_attempt_at"`
	Problem       *Problem        `json:"problem"`
}

// Outbox is the outbox in numbers: Captured is the sum of the six states.
type Outbox struct {
	Captured        int        `json:"captured"`
	Waiting         int        `json:"waiting"`
	Sending         int        `json:"sending"`
	Delivered       int        `json:"delivered"`
	NeedsAttention  int        `json:"needs_attention"`
	Held            int        `json:"held"`
	Discarded       int        `json:"discarded"`
	OldestWaitingAt *time.Time `json:"oldest_waiting_at"`
	LastDeliveredAt *time.Time `json:"last_delivered_at"`
}

// OutboxOf shapes the counts of the outbox.
func OutboxOf(of outbox.Counts) Outbox {
	return Outbox{
		Captured: of.Captured,
		Waiting:  of.ByState[outbox.Waiting], Sending: of.ByState[outbox.Sending],
		Delivered: of.ByState[outbox.Delivered], NeedsAttention: of.ByState[outbox.NeedsAttention],
		Held: of.ByState[outbox.Held], Discarded: of.ByState[outbox.Discarded],
		OldestWaitingAt: TimeOrNil(of.OldestWaitingAt), LastDeliveredAt: TimeOrNil(of.LastDeliveredAt),
	}
}

// Inbox counts the drop folder's files: refused and excluded since installation,
// and lying there for over a minute.
type Inbox struct {
	Rejected int `json:"rejected"`
	Excluded int `json:"excluded"`
	Stuck    int `json:"stuck"`
}

// Directory is the offline copy of people and records in numbers.
type Directory struct {
	People      int        `json:"people"`
	Records     int        `json:"records"`
	RefreshedAt *time.Time `json:"refreshed_at"`
	// Loading is how far the first load is, nil when none is under way.
	Loading *Loading `json:"loading,omitempty"`
	// CallsToday is what copying down has used of the org's API allowance today (UTC).
	CallsToday int `json:"calls_today"`
}

// Loading is how far the first load of an object is. Total is 0 until it is known.
type Loading struct {
	Object string `json:"object"`
	Label  string `json:"label"`
	Done   int    `json:"done"`
	Total  int    `json:"total"`
	// SecondsLeft is about how long the rest takes, nil where that cannot be told.
	SecondsLeft *int `json:"seconds_left,omitempty"`
}
