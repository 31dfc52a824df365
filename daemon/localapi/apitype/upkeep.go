package apitype

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
