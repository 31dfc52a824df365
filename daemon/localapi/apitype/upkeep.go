package apitype

import "fieldpost/outbox"

// OutboxCheck is what a check of every record found.
type OutboxCheck struct {
	Items   int      `json:"items"`
	Damaged []Damage `json:"damaged"`
}

// Damage is one record that is not as it was written; ID is "" for one of the store's
// own.
type Damage struct {
	ID   string `json:"id"`
	What string `json:"what"`
}

// Compacted tells the file's size before and after, in bytes.
type Compacted struct {
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// RecoverRequest carries the company's recovery identity, an AGE-SECRET-KEY.
type RecoverRequest struct {
	Identity string `json:"identity"`
}

// Recovered tells how many items are still shut.
type Recovered struct {
	StillSealed int `json:"still_sealed"`
}

// ForgetRequest names whom or what to forget: an address, or a Salesforce id.
type ForgetRequest struct {
	Email  string `json:"email,omitempty"`
	Record string `json:"record,omitempty"`
}

// Forgotten tells how much was erased.
type Forgotten struct {
	Activities int `json:"activities"`
	Files      int `json:"files"`
}

// Export is everything that is not delivered. Sealed counts what a locked or lost
// keychain keeps shut and is therefore missing.
type Export struct {
	Items  []outbox.Exported `json:"items"`
	Sealed int               `json:"sealed"`
}

// Imported tells how many items came in and how many were here already.
type Imported struct {
	Added int `json:"added"`
	Known int `json:"known"`
}
