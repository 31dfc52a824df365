package apitype

import (
	"time"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// Preview is what an activity becomes in Salesforce, and why.
type Preview struct {
	Object string         `json:"object"`
	Fields map[string]any `json:"fields"`
	Rules  []Rule         `json:"rules"`
	// Problem keeps it from being sent as it is.
	Problem *Problem `json:"problem"`
	// FactsReadAt is how old what is known of the org is, nil where nothing is.
	FactsReadAt *time.Time `json:"facts_read_at"`
}

// Rule tells what shaped a field.
type Rule struct {
	Field  string `json:"field"`
	Label  string `json:"label,omitempty"`
	Rule   string `json:"rule"`
	Detail string `json:"detail"`
}

// RuleOf tells a rule in the printer's language.
func RuleOf(p *words.Printer, field, label, rule string, args outbox.Args) Rule {
	return Rule{Field: field, Label: label, Rule: rule, Detail: p.Fill("reason."+rule, args)}
}

// Foreseen is what an entry of a file would be captured as, and become in Salesforce.
type Foreseen struct {
	// Item is as it would be captured. Its id is that of the item which stands for the same
	// activity already, "" for a new one.
	Item
	// Changes: it would change that item; else such an entry changes nothing.
	Changes bool     `json:"changes"`
	Preview *Preview `json:"preview,omitempty"`
	// Refused says why it would not be captured; then nothing else is told.
	Refused *Error `json:"refused,omitempty"`
	File    string `json:"file"`
}

// ForeseenList tells all entries of files, in order.
type ForeseenList struct {
	Items []Foreseen `json:"items"`
}
