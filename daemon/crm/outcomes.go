package crm

import (
	"strings"
	"time"

	"fieldpost/outbox"
)

// Course is what an answer means for the item, or for all of them.
type Course int

const (
	// Attention: somebody has to act on this item.
	Attention Course = iota
	// Again: this item waits and is tried again by itself.
	Again
	// Doubt: the call may have been carried out.
	Doubt
	// Repair: the org may have changed; read its facts again, and try once more where
	// they are others. Else somebody has to act on this item.
	Repair
	// Pause: the org wants peace; everything waits, and goes on by itself.
	Pause
	// Blocked: nothing of this account can be sent until somebody acts.
	Blocked
)

// rule is one row of the table: what a code means, who can act, and how long
// everything of the account is left in peace at least.
type rule struct {
	course Course
	who    outbox.Who
	pause  time.Duration
}

const (
	// limitPause is how long an org whose daily allowance is used up is left in peace, at
	// first (reliability.md section 4: 15 minutes doubling to 60).
	limitPause = 15 * time.Minute
	// adminPause is how often it is tried whether an administrator has made room.
	adminPause = time.Hour
)

// outcomes is the one table of what can go wrong: each code of the data API
// (salesforce.md section 8), of signing in and staying so (1.8), of the keychain, of
// the network and of whatever answers in Salesforce's place. daemon/words tells each
// as problem.CODE. A code that is not here needs attention and is shown.
var outcomes = map[string]rule{
	// The org wants peace.
	"REQUEST_LIMIT_EXCEEDED": {Pause, outbox.Wait, limitPause},
	"SERVER_UNAVAILABLE":     {Pause, outbox.Wait, 0},
	"salesforce_unavailable": {Pause, outbox.Wait, 0}, // HTML or nothing with 5xx

	// It passes by itself.
	"UNABLE_TO_LOCK_ROW":                {Again, outbox.Wait, 0},
	"QUERY_TIMEOUT":                     {Again, outbox.Wait, 0},
	"OPERATION_TOO_LARGE":               {Again, outbox.Wait, 0},
	"INVALID_QUERY_LOCATOR":             {Again, outbox.Wait, 0},
	"ALL_OR_NONE_OPERATION_ROLLED_BACK": {Again, outbox.Wait, 0},
	"PROCESSING_HALTED":                 {Again, outbox.Wait, 0},

	// It may have been written.
	"UNKNOWN_EXCEPTION":        {Doubt, outbox.Wait, 0},
	"REQUEST_RUNNING_TOO_LONG": {Doubt, outbox.Wait, 0},

	// This one record cannot be taken as it is.
	"FIELD_CUSTOM_VALIDATION_EXCEPTION":             {Attention, outbox.You, 0},
	"FIELD_INTEGRITY_EXCEPTION":                     {Attention, outbox.You, 0},
	"INVALID_CROSS_REFERENCE_KEY":                   {Attention, outbox.You, 0},
	"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": {Attention, outbox.Admin, 0},
	"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":          {Attention, outbox.Admin, 0},
	"ENTITY_IS_DELETED":                             {Attention, outbox.You, 0},
	"DUPLICATE_VALUE":                               {Attention, outbox.Admin, 0}, // on any key but ours
	"DUPLICATE_EXTERNAL_ID":                         {Attention, outbox.Admin, 0},
	"DUPLICATES_DETECTED":                           {Attention, outbox.You, 0},
	"MALFORMED_ID":                                  {Attention, outbox.You, 0},
	"JSON_PARSER_ERROR":                             {Attention, outbox.Admin, 0},
	"MALFORMED_QUERY":                               {Attention, outbox.Admin, 0},
	"INVALID_QUERY_FILTER_OPERATOR":                 {Attention, outbox.Admin, 0},

	// The org may have changed since its facts were read.
	"REQUIRED_FIELD_MISSING":                  {Repair, outbox.Admin, 0},
	"INSUFFICIENT_ACCESS_OR_READONLY":         {Repair, outbox.Admin, 0},
	"INSUFFICIENT_ACCESS":                     {Repair, outbox.Admin, 0},
	"NOT_FOUND":                               {Repair, outbox.Admin, 0},
	"INVALID_TYPE":                            {Repair, outbox.Admin, 0},
	"INVALID_FIELD":                           {Repair, outbox.Admin, 0},
	"INVALID_FIELD_FOR_INSERT_UPDATE":         {Repair, outbox.Admin, 0},
	"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": {Repair, outbox.Admin, 0},
	"STRING_TOO_LONG":                         {Repair, outbox.Admin, 0},

	// The org, or this user in it, lets nothing in.
	"API_DISABLED_FOR_ORG":      {Blocked, outbox.Admin, 0},
	"API_CURRENTLY_DISABLED":    {Blocked, outbox.Admin, 0},
	"FUNCTIONALITY_NOT_ENABLED": {Blocked, outbox.Admin, 0},
	"STORAGE_LIMIT_EXCEEDED":    {Blocked, outbox.Admin, adminPause},
	"UNSUPPORTED_API_VERSION":   {Blocked, outbox.Admin, adminPause},
	"api_version_too_old":       {Blocked, outbox.Admin, adminPause},
	txnSecurity:                 {Blocked, outbox.Admin, 0},

	// The session.
	"session_refused":        {Blocked, outbox.Admin, 0}, // renewed a moment ago, refused again
	"session_not_allowed":    {Blocked, outbox.Admin, 0}, // the two texts that no refresh cures
	"session_unstable":       {Again, outbox.Wait, 0},
	"sign_in_needed":         {Blocked, outbox.You, 0},
	"sign_in_other_user":     {Blocked, outbox.You, 0},
	"sign_in_expired":        {Blocked, outbox.You, 0},
	"sign_in_refused":        {Blocked, outbox.Admin, 0},
	"sign_in_failed":         {Blocked, outbox.Admin, 0},
	"sign_in_tampered":       {Blocked, outbox.You, 0},
	"sign_in_rate_limited":   {Again, outbox.Wait, 0},
	"ip_restricted":          {Blocked, outbox.Admin, 0},
	"app_not_approved":       {Blocked, outbox.Admin, 0},
	"app_not_installed":      {Blocked, outbox.Admin, 0},
	"app_blocked":            {Blocked, outbox.Admin, 0},
	"user_inactive":          {Blocked, outbox.Admin, 0},
	"org_inactive":           {Blocked, outbox.Admin, 0},
	"client_secret_required": {Blocked, outbox.Admin, 0},
	"wrong_client_id":        {Blocked, outbox.Admin, 0},
	"client_id_missing":      {Blocked, outbox.Admin, 0},
	"redirect_mismatch":      {Blocked, outbox.Admin, 0},
	"scope_missing":          {Blocked, outbox.Admin, 0},
	"consent_refused":        {Blocked, outbox.You, 0},
	"instance_refused":       {Blocked, outbox.Admin, 0},
	"token_not_kept":         {Blocked, outbox.You, 0},
	"login_host_unreachable": {Again, outbox.Wait, 0},
	"login_host_foreign":     {Again, outbox.Wait, 0},
	"login_host_invalid":     {Blocked, outbox.Admin, 0},

	// The company's own rules.
	"access_denied":     {Blocked, outbox.Admin, 0},
	"access_unknown":    {Blocked, outbox.Admin, 0},
	"policy_broken":     {Blocked, outbox.Admin, 0},
	"condition_refused": {Blocked, outbox.Admin, 0},

	"keychain_locked":      {Blocked, outbox.You, 0},
	"keychain_unavailable": {Blocked, outbox.You, 0},
	"keychain_damaged":     {Blocked, outbox.You, 0},
	"secret_absent":        {Blocked, outbox.You, 0},
	"secret_too_big":       {Blocked, outbox.You, 0},

	// The network, and who answers in Salesforce's place. Nothing is parked because of
	// them.
	"offline":        {Again, outbox.Wait, 0},
	"certificate":    {Again, outbox.Admin, 0},
	"proxy":          {Again, outbox.Admin, 0},
	"proxy_password": {Again, outbox.You, 0},
	"proxy_sign_in":  {Again, outbox.Admin, 0},
	"captive_portal": {Again, outbox.You, 0},
	"foreign_answer": {Again, outbox.Wait, 0},
	"no_route":       {Again, outbox.Admin, 0}, // 420: the edge knows no org at this host
}

// BarsWrites reports a trouble that bars writing alone: that something could be read does
// not end it.
func BarsWrites(code string) bool {
	return code == "STORAGE_LIMIT_EXCEEDED" || strings.HasPrefix(code, txnSecurityPrefix)
}

// txnSecurity is the family of codes of a transaction security policy.
const txnSecurity = "TXN_SECURITY_NO_ACCESS"

const txnSecurityPrefix = "TXN_SECURITY"

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
	// Pause is how long everything of the account is left in peace at least.
	Pause time.Duration
}

// Judge reads an answer by the table.
func Judge(a Answer) Verdict {
	args := outbox.Args{"message": a.Message}
	if len(a.Fields) > 0 {
		args["field"] = strings.Join(a.Fields, ", ")
	}
	v := judgeCode(a.Code, args)
	switch {
	case a.Code == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" && strings.Contains(a.Message, "UNABLE_TO_LOCK_ROW"):
		// A trigger often wraps the lock's own error.
		v.Course, v.Problem.Who = Again, outbox.Wait
	case a.Code == "REQUEST_LIMIT_EXCEEDED" && strings.HasPrefix(a.Message, "Concurrent"):
		// Too many long calls at once: over in seconds, unlike the daily allowance.
		v.Pause = 0
	}
	return v
}

func judgeCode(code string, args outbox.Args) Verdict {
	key := code
	if strings.HasPrefix(code, txnSecurityPrefix) {
		key = txnSecurity
	}
	r, known := outcomes[key]
	if !known {
		r = rule{Attention, outbox.Admin, 0}
	}
	return Verdict{Course: r.course, Problem: outbox.Problem{Code: code, Who: r.who, Args: args}, Pause: r.pause}
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
