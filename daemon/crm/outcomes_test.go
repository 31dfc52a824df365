package crm

import (
	"errors"
	"io"
	"testing"
	"time"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/sfclient"
)

func TestEveryAnswerHasWordsInEachLanguage(t *testing.T) {
	codes := []string{"unresolved_person", "ambiguous_person", "no_recipient", "related_to_not_allowed", "person_filtered", "meeting_too_long", "object_not_writable", "claim"}
	for code := range outcomes {
		codes = append(codes, code)
	}
	for _, lang := range words.Languages {
		for _, code := range codes {
			for _, part := range []string{".title", ".detail", ".remedy"} {
				if !words.In(lang).Has("problem." + code + part) {
					t.Errorf("%s: problem.%s%s is not told", lang, code, part)
				}
			}
		}
	}
}

func refusedBy(status int, schemes ...string) error {
	return &sfclient.TransportError{Kind: sfclient.NetworkProxy, Err: &sfclient.ProxyError{Status: status, Schemes: schemes}}
}

func TestWhatAFailedCallMeans(t *testing.T) {
	own := func(status int, code, message string) error {
		return &sfclient.Error{Status: status, Code: code, Message: message}
	}
	cases := []struct {
		name     string
		err      error
		course   Course
		code     string
		who      outbox.Who
		doubtful bool
		unsent   bool
	}{
		{"no network", &sfclient.TransportError{Kind: sfclient.NetworkDown, Err: io.EOF}, Again, "offline", outbox.Wait, false, true},
		{"answer lost", &sfclient.TransportError{Sent: true, Kind: sfclient.NetworkTimeout, Err: io.EOF}, Again, "offline", outbox.Wait, true, false},
		{"untrusted certificate", &sfclient.TransportError{Kind: sfclient.NetworkCertificate, Err: io.EOF}, Again, "certificate", outbox.Admin, false, true},
		{"proxy", &sfclient.TransportError{Kind: sfclient.NetworkProxy, Err: io.EOF}, Again, "proxy", outbox.Admin, false, true},
		{"proxy that wants a password", refusedBy(407, "Negotiate", "basic"), Again, "proxy_password", outbox.You, false, true},
		{"proxy that wants Kerberos", refusedBy(407, "Negotiate", "NTLM"), Again, "proxy_sign_in", outbox.Admin, false, true},
		{"proxy that wants something", refusedBy(407), Again, "proxy_sign_in", outbox.Admin, false, true},
		{"proxy that forbids", refusedBy(403), Again, "proxy", outbox.Admin, false, true},
		{"captive portal", &sfclient.ForeignError{Status: 200, Kind: sfclient.Portal}, Again, "captive_portal", outbox.You, true, false},
		{"proxy sign-in", &sfclient.ForeignError{Status: 407, Kind: sfclient.Proxy}, Again, "proxy", outbox.Admin, false, false},
		{"HTML 503", &sfclient.ForeignError{Status: 503, Kind: sfclient.Edge}, Pause, "salesforce_unavailable", outbox.Wait, true, false},
		{"allowance used up", own(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), Pause, "REQUEST_LIMIT_EXCEEDED", outbox.Wait, false, false},
		{"API disabled", own(403, "API_DISABLED_FOR_ORG", ""), Blocked, "API_DISABLED_FOR_ORG", outbox.Admin, false, false},
		{"storage full", own(400, "STORAGE_LIMIT_EXCEEDED", ""), Blocked, "STORAGE_LIMIT_EXCEEDED", outbox.Admin, false, false},
		{"security policy", own(400, "TXN_SECURITY_BLOCK", ""), Blocked, "TXN_SECURITY_BLOCK", outbox.Admin, false, false},
		{"session the app may not have", own(401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API"), Blocked, "session_not_allowed", outbox.Admin, false, false},
		{"session refused again", &sfclient.SessionRefusedError{Answer: &sfclient.Error{Status: 401}}, Blocked, "session_refused", outbox.Admin, false, false},
		{"internal error", own(500, "UNKNOWN_EXCEPTION", ""), Doubt, "UNKNOWN_EXCEPTION", outbox.Wait, true, false},
		{"lock", own(200, "UNABLE_TO_LOCK_ROW", ""), Again, "UNABLE_TO_LOCK_ROW", outbox.Wait, false, false},
		{"lock inside a trigger", own(200, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "… UNABLE_TO_LOCK_ROW …"), Again, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", outbox.Wait, false, false},
		{"trigger", own(200, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "boom"), Attention, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", outbox.Admin, false, false},
		{"validation rule", own(200, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "No."), Attention, "FIELD_CUSTOM_VALIDATION_EXCEPTION", outbox.You, false, false},
		{"hidden field", own(400, "INVALID_FIELD", ""), Repair, "INVALID_FIELD", outbox.Admin, false, false},
		{"unheard-of refusal", own(400, "BRAND_NEW_CODE", ""), Attention, "BRAND_NEW_CODE", outbox.Admin, false, false},
		{"unheard-of outage", own(503, "BRAND_NEW_CODE", ""), Pause, "BRAND_NEW_CODE", outbox.Wait, true, false},
		{"anything else", errors.New("?"), Again, "offline", outbox.Wait, false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := JudgeCall(c.err)
			if got.Course != c.course || got.Problem.Code != c.code || got.Problem.Who != c.who {
				t.Errorf("course %d code %s who %s", got.Course, got.Problem.Code, got.Problem.Who)
			}
			if got.Doubtful != c.doubtful || got.Unsent != c.unsent {
				t.Errorf("doubtful %v unsent %v", got.Doubtful, got.Unsent)
			}
		})
	}
}

func TestOnlyADuplicateOfOurOwnKeyIsADelivery(t *testing.T) {
	facts := &Facts{KeyField: "fieldpost_Key__c"}
	cases := []struct {
		message string
		id      string
		ours    bool
	}{
		{"duplicate value found: fieldpost_Key__c duplicates value on record with id: 00T000000000001AAA", "00T000000000001AAA", true},
		{"duplicate value found: fieldpost_Key__c duplicates value on record with id: 00T000000000001.", "00T000000000001", true},
		{"duplicate value found: fieldpost_Key__c duplicates value on record with id: <unknown>", "", true},
		{"duplicate value found: Other__c duplicates value on record with id: 00T000000000001AAA", "", false},
	}
	for _, c := range cases {
		id, ours := facts.DuplicateOf(Answer{Code: "DUPLICATE_VALUE", Message: c.message})
		if id != c.id || ours != c.ours {
			t.Errorf("%q: %q %v", c.message, id, ours)
		}
	}
	if _, ours := (&Facts{}).DuplicateOf(Answer{Code: "DUPLICATE_VALUE", Message: cases[0].message}); ours {
		t.Error("without a key field nothing is our duplicate")
	}
}

// told is an error that names its own code, as those of sign-in and keychain do.
type told string

func (c told) Error() string                        { return string(c) }
func (c told) Problem() (string, map[string]string) { return string(c), nil }

func TestEachCodeHasItsOutcome(t *testing.T) {
	foreign := func(status int, kind sfclient.ForeignKind) error {
		return &sfclient.ForeignError{Status: status, Kind: kind}
	}
	network := func(kind sfclient.NetworkKind) error { return &sfclient.TransportError{Kind: kind, Err: io.EOF} }
	row := func(code string) error { return &sfclient.Error{Status: 200, Code: code} }
	cases := map[string]struct {
		err    error
		course Course
		who    outbox.Who
		pause  time.Duration
	}{
		"REQUEST_LIMIT_EXCEEDED": {row("REQUEST_LIMIT_EXCEEDED"), Pause, outbox.Wait, 15 * time.Minute},
		"SERVER_UNAVAILABLE":     {row("SERVER_UNAVAILABLE"), Pause, outbox.Wait, 0},
		"salesforce_unavailable": {foreign(502, sfclient.Edge), Pause, outbox.Wait, 0},

		"UNABLE_TO_LOCK_ROW":                {row("UNABLE_TO_LOCK_ROW"), Again, outbox.Wait, 0},
		"QUERY_TIMEOUT":                     {row("QUERY_TIMEOUT"), Again, outbox.Wait, 0},
		"OPERATION_TOO_LARGE":               {row("OPERATION_TOO_LARGE"), Again, outbox.Wait, 0},
		"INVALID_QUERY_LOCATOR":             {row("INVALID_QUERY_LOCATOR"), Again, outbox.Wait, 0},
		"ALL_OR_NONE_OPERATION_ROLLED_BACK": {row("ALL_OR_NONE_OPERATION_ROLLED_BACK"), Again, outbox.Wait, 0},
		"PROCESSING_HALTED":                 {row("PROCESSING_HALTED"), Again, outbox.Wait, 0},

		"UNKNOWN_EXCEPTION":        {row("UNKNOWN_EXCEPTION"), Doubt, outbox.Wait, 0},
		"REQUEST_RUNNING_TOO_LONG": {row("REQUEST_RUNNING_TOO_LONG"), Doubt, outbox.Wait, 0},

		"REQUIRED_FIELD_MISSING":                        {row("REQUIRED_FIELD_MISSING"), Repair, outbox.Admin, 0},
		"FIELD_CUSTOM_VALIDATION_EXCEPTION":             {row("FIELD_CUSTOM_VALIDATION_EXCEPTION"), Attention, outbox.You, 0},
		"FIELD_INTEGRITY_EXCEPTION":                     {row("FIELD_INTEGRITY_EXCEPTION"), Attention, outbox.You, 0},
		"INVALID_CROSS_REFERENCE_KEY":                   {row("INVALID_CROSS_REFERENCE_KEY"), Attention, outbox.You, 0},
		"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": {row("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"), Attention, outbox.Admin, 0},
		"INSUFFICIENT_ACCESS_OR_READONLY":               {row("INSUFFICIENT_ACCESS_OR_READONLY"), Repair, outbox.Admin, 0},
		"INSUFFICIENT_ACCESS":                           {row("INSUFFICIENT_ACCESS"), Repair, outbox.Admin, 0},
		"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":          {row("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"), Attention, outbox.Admin, 0},
		"ENTITY_IS_DELETED":                             {row("ENTITY_IS_DELETED"), Attention, outbox.You, 0},
		"NOT_FOUND":                                     {row("NOT_FOUND"), Repair, outbox.Admin, 0},
		"INVALID_TYPE":                                  {row("INVALID_TYPE"), Repair, outbox.Admin, 0},
		"DUPLICATE_VALUE":                               {row("DUPLICATE_VALUE"), Attention, outbox.Admin, 0},
		"DUPLICATE_EXTERNAL_ID":                         {row("DUPLICATE_EXTERNAL_ID"), Attention, outbox.Admin, 0},
		"DUPLICATES_DETECTED":                           {row("DUPLICATES_DETECTED"), Attention, outbox.You, 0},
		"MALFORMED_ID":                                  {row("MALFORMED_ID"), Attention, outbox.You, 0},
		"JSON_PARSER_ERROR":                             {row("JSON_PARSER_ERROR"), Attention, outbox.Admin, 0},
		"MALFORMED_QUERY":                               {row("MALFORMED_QUERY"), Attention, outbox.Admin, 0},
		"INVALID_QUERY_FILTER_OPERATOR":                 {row("INVALID_QUERY_FILTER_OPERATOR"), Attention, outbox.Admin, 0},

		"INVALID_FIELD":                           {row("INVALID_FIELD"), Repair, outbox.Admin, 0},
		"INVALID_FIELD_FOR_INSERT_UPDATE":         {row("INVALID_FIELD_FOR_INSERT_UPDATE"), Repair, outbox.Admin, 0},
		"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": {row("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"), Repair, outbox.Admin, 0},
		"STRING_TOO_LONG":                         {row("STRING_TOO_LONG"), Repair, outbox.Admin, 0},

		"API_DISABLED_FOR_ORG":      {row("API_DISABLED_FOR_ORG"), Blocked, outbox.Admin, 0},
		"API_CURRENTLY_DISABLED":    {row("API_CURRENTLY_DISABLED"), Blocked, outbox.Admin, 0},
		"FUNCTIONALITY_NOT_ENABLED": {row("FUNCTIONALITY_NOT_ENABLED"), Blocked, outbox.Admin, 0},
		"STORAGE_LIMIT_EXCEEDED":    {row("STORAGE_LIMIT_EXCEEDED"), Blocked, outbox.Admin, time.Hour},
		"UNSUPPORTED_API_VERSION":   {row("UNSUPPORTED_API_VERSION"), Blocked, outbox.Admin, time.Hour},
		"api_version_too_old":       {told("api_version_too_old"), Blocked, outbox.Admin, time.Hour},
		"TXN_SECURITY_NO_ACCESS":    {row("TXN_SECURITY_NO_ACCESS"), Blocked, outbox.Admin, 0},

		"session_refused":        {&sfclient.SessionRefusedError{Answer: &sfclient.Error{Status: 401}}, Blocked, outbox.Admin, 0},
		"session_not_allowed":    {&sfclient.Error{Status: 401, Code: "INVALID_SESSION_ID"}, Blocked, outbox.Admin, 0},
		"session_unstable":       {told("session_unstable"), Again, outbox.Wait, 0},
		"sign_in_needed":         {told("sign_in_needed"), Blocked, outbox.You, 0},
		"sign_in_other_user":     {told("sign_in_other_user"), Blocked, outbox.You, 0},
		"sign_in_expired":        {told("sign_in_expired"), Blocked, outbox.You, 0},
		"sign_in_refused":        {told("sign_in_refused"), Blocked, outbox.Admin, 0},
		"sign_in_failed":         {told("sign_in_failed"), Blocked, outbox.Admin, 0},
		"sign_in_tampered":       {told("sign_in_tampered"), Blocked, outbox.You, 0},
		"sign_in_rate_limited":   {told("sign_in_rate_limited"), Again, outbox.Wait, 0},
		"ip_restricted":          {told("ip_restricted"), Blocked, outbox.Admin, 0},
		"app_not_approved":       {told("app_not_approved"), Blocked, outbox.Admin, 0},
		"app_not_installed":      {told("app_not_installed"), Blocked, outbox.Admin, 0},
		"app_blocked":            {told("app_blocked"), Blocked, outbox.Admin, 0},
		"user_inactive":          {told("user_inactive"), Blocked, outbox.Admin, 0},
		"org_inactive":           {told("org_inactive"), Blocked, outbox.Admin, 0},
		"client_secret_required": {told("client_secret_required"), Blocked, outbox.Admin, 0},
		"wrong_client_id":        {told("wrong_client_id"), Blocked, outbox.Admin, 0},
		"client_id_missing":      {told("client_id_missing"), Blocked, outbox.Admin, 0},
		"redirect_mismatch":      {told("redirect_mismatch"), Blocked, outbox.Admin, 0},
		"scope_missing":          {told("scope_missing"), Blocked, outbox.Admin, 0},
		"consent_refused":        {told("consent_refused"), Blocked, outbox.You, 0},
		"instance_refused":       {told("instance_refused"), Blocked, outbox.Admin, 0},
		"token_not_kept":         {told("token_not_kept"), Blocked, outbox.You, 0},
		"login_host_unreachable": {told("login_host_unreachable"), Again, outbox.Wait, 0},
		"login_host_foreign":     {told("login_host_foreign"), Again, outbox.Wait, 0},
		"login_host_invalid":     {told("login_host_invalid"), Blocked, outbox.Admin, 0},
		"keychain_locked":        {told("keychain_locked"), Blocked, outbox.You, 0},
		"keychain_unavailable":   {told("keychain_unavailable"), Blocked, outbox.You, 0},
		"keychain_damaged":       {told("keychain_damaged"), Blocked, outbox.You, 0},
		"secret_absent":          {told("secret_absent"), Blocked, outbox.You, 0},
		"secret_too_big":         {told("secret_too_big"), Blocked, outbox.You, 0},

		"access_denied":     {told("access_denied"), Blocked, outbox.Admin, 0},
		"access_unknown":    {told("access_unknown"), Blocked, outbox.Admin, 0},
		"policy_broken":     {told("policy_broken"), Blocked, outbox.Admin, 0},
		"condition_refused": {told("condition_refused"), Blocked, outbox.Admin, 0},

		"offline":        {network(sfclient.NetworkDNS), Again, outbox.Wait, 0},
		"certificate":    {network(sfclient.NetworkCertificate), Again, outbox.Admin, 0},
		"proxy_password": {refusedBy(407, "Basic"), Again, outbox.You, 0},
		"proxy_sign_in":  {refusedBy(407, "NTLM"), Again, outbox.Admin, 0},
		"proxy":          {foreign(407, sfclient.Proxy), Again, outbox.Admin, 0},
		"captive_portal": {foreign(200, sfclient.Portal), Again, outbox.You, 0},
		"foreign_answer": {foreign(200, sfclient.Garbled), Again, outbox.Wait, 0},
		"no_route":       {foreign(420, sfclient.Edge), Again, outbox.Admin, 0},
	}
	for code, c := range cases {
		t.Run(code, func(t *testing.T) {
			got := JudgeCall(c.err)
			if got.Problem.Code != code || got.Course != c.course || got.Problem.Who != c.who || got.Pause != c.pause {
				t.Errorf("code %s course %d who %s pause %v", got.Problem.Code, got.Course, got.Problem.Who, got.Pause)
			}
		})
	}
	for code := range outcomes {
		if _, tested := cases[code]; !tested {
			t.Errorf("%s has no row here", code)
		}
	}
}

func TestTooManyLongCallsAreOverInSeconds(t *testing.T) {
	got := Judge(Answer{Code: "REQUEST_LIMIT_EXCEEDED", Message: "ConcurrentPerOrgLongTxn Limit exceeded."})
	if got.Course != Pause || got.Pause != 0 {
		t.Errorf("course %d pause %v", got.Course, got.Pause)
	}
}
