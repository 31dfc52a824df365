package crm

import (
	"errors"
	"io"
	"testing"

	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/sfclient"
)

func TestEveryAnswerHasWordsInEachLanguage(t *testing.T) {
	codes := []string{
		"offline", "captive_portal", "proxy", "certificate", "salesforce_unavailable", "foreign_answer", "session_refused",
		"session_not_allowed", "unresolved_person", "ambiguous_person", "no_recipient", "related_to_not_allowed", "claim",
		"TXN_SECURITY_NO_ACCESS",
	}
	for code := range answers {
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
