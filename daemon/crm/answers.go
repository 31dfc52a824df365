package crm

import (
	"strings"

	"fieldpost/outbox"
)

// Course is what an answer of Salesforce means for the item, or for all of them.
type Course int

const (
	// Attention: somebody has to act on this item.
	Attention Course = iota
	// Again: this item waits and is tried again by itself.
	Again
	// Doubt: the call may have been carried out.
	Doubt
	// Repair: the org changed; read its facts again and try once more.
	Repair
	// Pause: the org wants peace; everything waits, and goes on by itself.
	Pause
	// Blocked: nothing of this account can be sent until somebody acts.
	Blocked
)

// rule is one row of the table: what a code means and who can act.
type rule struct {
	course Course
	who    outbox.Who
}

// answers maps each errorCode or statusCode of Salesforce to what it means
// (salesforce.md section 8). A code that is not here needs attention and is shown.
var answers = map[string]rule{
	"REQUEST_LIMIT_EXCEEDED":   {Pause, outbox.Wait},
	"SERVER_UNAVAILABLE":       {Pause, outbox.Wait},
	"UNABLE_TO_LOCK_ROW":       {Again, outbox.Wait},
	"QUERY_TIMEOUT":            {Again, outbox.Wait},
	"OPERATION_TOO_LARGE":      {Again, outbox.Wait},
	"UNKNOWN_EXCEPTION":        {Doubt, outbox.Wait},
	"REQUEST_RUNNING_TOO_LONG": {Doubt, outbox.Wait},

	"ALL_OR_NONE_OPERATION_ROLLED_BACK": {Again, outbox.Wait},
	"PROCESSING_HALTED":                 {Again, outbox.Wait},

	"REQUIRED_FIELD_MISSING":                        {Attention, outbox.Admin},
	"FIELD_CUSTOM_VALIDATION_EXCEPTION":             {Attention, outbox.You},
	"FIELD_INTEGRITY_EXCEPTION":                     {Attention, outbox.You},
	"INVALID_CROSS_REFERENCE_KEY":                   {Attention, outbox.You},
	"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": {Attention, outbox.Admin},
	"INSUFFICIENT_ACCESS_OR_READONLY":               {Attention, outbox.Admin},
	"INSUFFICIENT_ACCESS":                           {Attention, outbox.Admin},
	"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":          {Attention, outbox.Admin},
	"ENTITY_IS_DELETED":                             {Attention, outbox.You},
	"NOT_FOUND":                                     {Attention, outbox.Admin},
	"INVALID_TYPE":                                  {Attention, outbox.Admin},
	"DUPLICATE_VALUE":                               {Attention, outbox.Admin},
	"DUPLICATES_DETECTED":                           {Attention, outbox.You},
	"MALFORMED_ID":                                  {Attention, outbox.You},
	"JSON_PARSER_ERROR":                             {Attention, outbox.Admin},
	"MALFORMED_QUERY":                               {Attention, outbox.Admin},
	"INVALID_QUERY_FILTER_OPERATOR":                 {Attention, outbox.Admin},

	"INVALID_FIELD":                           {Repair, outbox.Admin},
	"INVALID_FIELD_FOR_INSERT_UPDATE":         {Repair, outbox.Admin},
	"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": {Repair, outbox.Admin},
	"STRING_TOO_LONG":                         {Repair, outbox.Admin},

	"API_DISABLED_FOR_ORG":      {Blocked, outbox.Admin},
	"API_CURRENTLY_DISABLED":    {Blocked, outbox.Admin},
	"FUNCTIONALITY_NOT_ENABLED": {Blocked, outbox.Admin},
	"STORAGE_LIMIT_EXCEEDED":    {Blocked, outbox.Admin},
}

// txnSecurity is the family of codes of a transaction security policy.
const txnSecurity = "TXN_SECURITY"

// Answer is Salesforce's word on one row or one call.
type Answer struct {
	Code    string
	Message string
	Fields  []string
}

// Verdict is what an answer means.
type Verdict struct {
	Course  Course
	Problem outbox.Problem
}

// Judge reads an answer by the table.
func Judge(a Answer) Verdict {
	r, known := answers[a.Code]
	switch {
	case strings.HasPrefix(a.Code, txnSecurity):
		r = rule{Blocked, outbox.Admin}
	case !known:
		r = rule{Attention, outbox.Admin}
	case a.Code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" && strings.Contains(a.Message, "UNABLE_TO_LOCK_ROW"):
		// A trigger often wraps the lock's own error.
		r = rule{Again, outbox.Wait}
	}
	args := outbox.Args{"message": a.Message}
	if len(a.Fields) > 0 {
		args["field"] = strings.Join(a.Fields, ", ")
	}
	return Verdict{Course: r.course, Problem: outbox.Problem{Code: a.Code, Who: r.who, Args: args}}
}

// DuplicateOf reports whether an answer says that our own key is there already,
// and under which record id, "" where the message does not tell: the item is in
// Salesforce (salesforce.md 6.6).
func (f *Facts) DuplicateOf(a Answer) (id string, ours bool) {
	if a.Code != "DUPLICATE_VALUE" || f.KeyField == "" || !strings.Contains(a.Message, f.KeyField) {
		return "", false
	}
	_, after, found := strings.Cut(a.Message, "with id: ")
	if !found {
		return "", true
	}
	end := strings.IndexFunc(after, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
	if end >= 0 {
		after = after[:end]
	}
	return after, true
}
