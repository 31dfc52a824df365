package apitype

// Unresolved is an address that waiting activities name and that is nobody in Salesforce for
// sure: one answer serves all of them.
type Unresolved struct {
	Address string `json:"address"`
	Name    string `json:"name"`
	// Code is unresolved_person or ambiguous_person.
	Code string `json:"code"`
	// Activities are the ids of those that wait for it, newest first.
	Activities []string `json:"activities"`
	// Choices are those who have the address, or whose names are like this one.
	Choices []Person `json:"choices"`
	// MayCreate names what the rep may create for it: Contact, Lead.
	MayCreate []string `json:"may_create"`
}

// UnresolvedList groups by address what waits for an answer.
type UnresolvedList struct {
	Items []Unresolved `json:"items"`
}

// What an address, or all of its domain, is ignored as.
const (
	IgnorePerson = "person"
	IgnoreDomain = "domain"
)

// ResolveRequest answers who an address is: one of ID, Ignore and Create.
type ResolveRequest struct {
	Address string     `json:"address"`
	ID      string     `json:"id,omitempty"`
	Ignore  string     `json:"ignore,omitempty"`
	Create  *NewPerson `json:"create,omitempty"`
}

// NewPerson is a contact or lead to be created. A lead needs a company, a contact may have
// an account.
type NewPerson struct {
	Object    string `json:"object"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name"`
	Company   string `json:"company,omitempty"`
	AccountID string `json:"account_id,omitempty"`
}

// Answer is what the rep answered once about an address, or with nothing before the @ about
// a domain.
type Answer struct {
	Address string `json:"address"`
	Ignored bool   `json:"ignored"`
	ID      string `json:"id"`
	Name    string `json:"name"`
}

// Answers lists what the rep answered.
type Answers struct {
	Items []Answer `json:"items"`
}

// Suggestion is a record that an activity with a person may be related to, and why.
type Suggestion struct {
	Entry
	// Code is last_choice, role, account or employer; Reason says it in words.
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// Suggestions are best first. Where there is more than one, the rep chooses.
type Suggestions struct {
	Items []Suggestion `json:"items"`
}

// Card is a person with what was logged to them from this laptop.
type Card struct {
	Person Person `json:"person"`
	// Waiting counts what is not in Salesforce yet, Delivered what is.
	Waiting   int `json:"waiting"`
	Delivered int `json:"delivered"`
	// Items are the latest of both.
	Items       []Item       `json:"items"`
	Suggestions []Suggestion `json:"suggestions"`
}
