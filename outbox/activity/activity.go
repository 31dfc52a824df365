// Package activity is the domain: what a field rep did, as it was told to us.
//
// It holds the type that every door hands in (CONTRACT section 4) and the rules
// that make one acceptable. It knows nothing of storage, of Salesforce or of a
// network, and imports the standard library only, so that every other room may
// speak in its terms.
package activity

// Kind tells a share from a meeting.
type Kind string

// The kinds of activity.
const (
	Share   Kind = "share"
	Meeting Kind = "meeting"
)

// Channel is the way a share reached its recipients.
type Channel string

// The channels of a share.
const (
	Email Channel = "email"
	Link  Channel = "link"
	Space Channel = "space"
)

// Activity is one share or one meeting as a rep, a web page or a file told it.
// The zero value of an optional field means "not given". Times stay the text
// that came in, because the offset they were written with decides the calendar
// day that Salesforce gets.
type Activity struct {
	Kind    Kind    `json:"kind"`
	Channel Channel `json:"channel,omitempty"`
	Subject string  `json:"subject,omitempty"`
	Body    string  `json:"body,omitempty"`
	// URL is the link a recipient opens.
	URL       string    `json:"url,omitempty"`
	Content   []Content `json:"content,omitempty"`
	People    []Person  `json:"people,omitempty"`
	RelatedTo *Related  `json:"related_to,omitempty"`
	// OccurredAt is when a share was made; the capture time where it is empty.
	OccurredAt Moment `json:"occurred_at,omitempty"`
	// Key makes a capture repeatable: the same key is the same activity.
	Key string `json:"key,omitempty"`

	Start    Moment `json:"start,omitempty"`
	End      Moment `json:"end,omitempty"`
	AllDay   bool   `json:"all_day,omitempty"`
	TimeZone string `json:"time_zone,omitempty"`
	Location string `json:"location,omitempty"`
	Notes    string `json:"notes,omitempty"`
	// UID, Recurrence and Sequence identify a meeting across calendar updates
	// (RFC 5545: UID, RECURRENCE-ID, SEQUENCE).
	UID        string `json:"uid,omitempty"`
	Recurrence Moment `json:"recurrence_id,omitempty"`
	Sequence   int    `json:"sequence,omitempty"`
	Cancelled  bool   `json:"cancelled,omitempty"`
}

// Content is one document that a share offered.
type Content struct {
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Person is somebody the activity was with: by address, by Salesforce id, or both.
type Person struct {
	Email string `json:"email,omitempty"`
	Name  string `json:"name,omitempty"`
	// ID is a contact's (003…) or a lead's (00Q…) Salesforce id.
	ID string `json:"id,omitempty"`
	// Bcc: the others do not know of this person, who is related and never named.
	Bcc bool `json:"bcc,omitempty"`
}

// Related is the record the activity belongs to (Salesforce's Related To).
type Related struct {
	ID     string `json:"id"`
	Object string `json:"object,omitempty"`
	Name   string `json:"name,omitempty"`
}
