package sfclient_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"fieldpost/sfclient"

	"github.com/google/go-cmp/cmp"
)

// createAgainst makes one creation that is answered so.
func createAgainst(t *testing.T, status int, contentType, body string) error {
	t.Helper()
	o := newOrg(t)
	o.HandleFunc("POST /services/data/v66.0/sobjects/Task", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
	_, err := o.client(t).Create(t.Context(), "Task", sfclient.Fields{"Subject": "x"})
	if err == nil {
		t.Fatalf("%d %q was taken for success", status, body)
	}
	return err
}

// TestSalesforcesRefusals is the table of salesforce.md section 8.
func TestSalesforcesRefusals(t *testing.T) {
	cases := []struct {
		status        int
		code, message string
		class         sfclient.Class
		doubtful      bool
	}{
		{403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", sfclient.Limited, false},
		{503, "SERVER_UNAVAILABLE", "maintenance", sfclient.Transient, true},
		{400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", sfclient.Transient, false},
		{400, "QUERY_TIMEOUT", "", sfclient.Transient, false},
		{500, "UNKNOWN_EXCEPTION", "ErrorId: 1-2", sfclient.Transient, true},
		{400, "UNKNOWN_EXCEPTION", "ErrorId: 1-2", sfclient.Transient, true},
		{400, "REQUEST_RUNNING_TOO_LONG", "", sfclient.Transient, true},
		{400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [X]", sfclient.User, false},
		{400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "No gifts!", sfclient.User, false},
		{400, "FIELD_INTEGRITY_EXCEPTION", "cannot specify whatID with lead whoID", sfclient.Permanent, false},
		{400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", sfclient.User, false},
		{400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "", sfclient.Admin, false},
		{400, "INSUFFICIENT_ACCESS_OR_READONLY", "", sfclient.Admin, false},
		{403, "INSUFFICIENT_ACCESS", "", sfclient.Admin, false},
		{404, "ENTITY_IS_DELETED", "entity is deleted", sfclient.Permanent, false},
		{404, "NOT_FOUND", "The requested resource does not exist", sfclient.Permanent, false},
		{400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "bad value", sfclient.Stale, false},
		{400, "STRING_TOO_LONG", "data value too large", sfclient.Fault, false},
		{400, "INVALID_FIELD", "No such column 'X' on sobject of type Task", sfclient.Stale, false},
		{400, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: X.", sfclient.Stale, false},
		{400, "INVALID_TYPE", "sObject type 'X' is not supported.", sfclient.Admin, false},
		{400, "MALFORMED_ID", "", sfclient.Fault, false},
		{400, "JSON_PARSER_ERROR", "", sfclient.Fault, false},
		{400, "DUPLICATE_VALUE", "duplicate value found", sfclient.Permanent, false},
		{400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "trigger failed", sfclient.Admin, false},
		{400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "caused by: UNABLE_TO_LOCK_ROW", sfclient.Transient, false},
		{403, "API_DISABLED_FOR_ORG", "", sfclient.Admin, false},
		{403, "API_CURRENTLY_DISABLED", "", sfclient.Admin, false},
		{403, "FUNCTIONALITY_NOT_ENABLED", "", sfclient.Admin, false},
		{403, "STORAGE_LIMIT_EXCEEDED", "", sfclient.Admin, false},
		{403, "TXN_SECURITY_NO_ACCESS", "", sfclient.Admin, false},
		{403, "TXN_SECURITY_SOMETHING_NEW", "", sfclient.Admin, false},
		{400, "NEVER_HEARD_OF", "", sfclient.Unknown, false},
		{500, "NEVER_HEARD_OF", "", sfclient.Transient, true},
		{429, "NEVER_HEARD_OF", "", sfclient.Limited, false},
		{401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API", sfclient.Admin, false},
		{401, "INVALID_SESSION_ID", "Connected app is not attached to Agent", sfclient.Admin, false},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%s %d", c.code, c.status), func(t *testing.T) {
			body := fmt.Sprintf(`[{"message":%q,"errorCode":%q,"fields":["X"]}]`, c.message, c.code)
			err := createAgainst(t, c.status, "application/json;charset=UTF-8", body)
			var own *sfclient.Error
			if !errors.As(err, &own) {
				t.Fatalf("%T %v", err, err)
			}
			want := &sfclient.Error{Status: c.status, Code: c.code, Message: c.message, Fields: []string{"X"}}
			if diff := cmp.Diff(want, own); diff != "" {
				t.Error(diff)
			}
			if got := sfclient.ClassOf(err); got != c.class {
				t.Errorf("class %s, want %s", got, c.class)
			}
			if sfclient.Doubtful(err) != c.doubtful || sfclient.Unsent(err) {
				t.Errorf("doubtful %v, unsent %v", sfclient.Doubtful(err), sfclient.Unsent(err))
			}
			if c.message != "" && strings.Contains(err.Error(), c.message) {
				t.Errorf("%q quotes the message", err)
			}
		})
	}
}

func TestABareObjectIsARefusalToo(t *testing.T) {
	err := createAgainst(t, 400, "application/json", `{"message":"m","errorCode":"INVALID_FIELD"}`)
	var own *sfclient.Error
	if !errors.As(err, &own) || own.Code != "INVALID_FIELD" {
		t.Fatalf("%v", err)
	}
}

func TestAnswersThatAreNotSalesforces(t *testing.T) {
	cases := []struct {
		name        string
		status      int
		contentType string
		body        string
		kind        sfclient.ForeignKind
		doubtful    bool
	}{
		{"captive portal", 200, "text/html", "<html>Welcome</html>", sfclient.Portal, true},
		{"portal with a creation's status", 201, "text/html", "<html>Welcome</html>", sfclient.Portal, true},
		{"portal that redirects", 302, "text/html", "", sfclient.Portal, true},
		{"portal by name", 511, "text/html", "<html></html>", sfclient.Portal, false},
		{"proxy wants a sign-in", 407, "text/html", "<html></html>", sfclient.Proxy, false},
		{"proxy refuses", 403, "text/html", "<html>Blocked</html>", sfclient.Proxy, true},
		{"policy refuses without a word", 403, "", "", sfclient.Proxy, true},
		{"401 without a word", 401, "", "", sfclient.Proxy, true},
		{"edge in trouble", 502, "text/html", "<html></html>", sfclient.Edge, true},
		{"edge, empty", 503, "", "", sfclient.Edge, true},
		{"no route", 420, "text/html", "<html></html>", sfclient.Edge, false},
		{"half an answer", 201, "application/json", `{"id":"00T`, sfclient.Garbled, true},
		{"an empty answer", 201, "application/json", ``, sfclient.Garbled, true},
		{"another JSON", 200, "application/json", `{"hello":"world"}`, sfclient.Garbled, true},
		{"a list", 200, "application/json", `[]`, sfclient.Garbled, true},
		{"success without an id", 201, "application/json", `{"success":true}`, sfclient.Garbled, true},
		{"somebody's 404", 404, "text/html", "<html></html>", sfclient.Other, true},
		{"an empty list of errors", 400, "application/json", `[]`, sfclient.Other, true},
		{"an error of another kind", 400, "application/json", `{"error":"nope"}`, sfclient.Other, true},
		{"an endless answer", 201, "application/json", strings.Repeat(" ", 1<<20) + `{}`, sfclient.TooBig, true},
		{"an endless error", 500, "application/json", strings.Repeat(" ", 1<<20) + `[]`, sfclient.TooBig, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := createAgainst(t, c.status, c.contentType, c.body)
			var foreign *sfclient.ForeignError
			if !errors.As(err, &foreign) {
				t.Fatalf("%T %v", err, err)
			}
			if foreign.Kind != c.kind || foreign.Status != c.status {
				t.Errorf("%s %d, want %s", foreign.Kind, foreign.Status, c.kind)
			}
			if sfclient.Doubtful(err) != c.doubtful || sfclient.Unsent(err) || !sfclient.Retryable(err) {
				t.Errorf("doubtful %v, unsent %v, retryable %v", sfclient.Doubtful(err), sfclient.Unsent(err), sfclient.Retryable(err))
			}
		})
	}
}

func TestTheWaitThatAnAnswerAsksFor(t *testing.T) {
	for _, header := range []http.Header{
		{"Retry-After": {"90"}},
		{"Retry-After": {"Sun, 22 Nov 2026 08:01:30 GMT"}, "Date": {"Sun, 22 Nov 2026 08:00:00 GMT"}},
	} {
		if got := sfclient.Foreign(503, header).RetryAfter; got != 90*time.Second {
			t.Errorf("%v: %v", header, got)
		}
	}
	for _, text := range []string{"", "soon", "-5"} {
		if got := sfclient.Foreign(503, http.Header{"Retry-After": {text}}).RetryAfter; got != 0 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestDuplicate(t *testing.T) {
	cases := []struct {
		code, message, field, id string
	}{
		{"DUPLICATE_VALUE", "duplicate value found: fieldpost_Key__c duplicates value on record with id: 00T000000000001", "fieldpost_Key__c", "00T000000000001"},
		{"DUPLICATE_VALUE", "duplicate value found: fieldpost_Key__c duplicates value on record with id: 00T000000000001AAA.", "fieldpost_Key__c", "00T000000000001AAA"},
		{"DUPLICATE_VALUE", "duplicate value found: <unknown>", "", ""},
		{"STRING_TOO_LONG", "duplicate value found: a duplicates value on record with id: b", "", ""},
	}
	for _, c := range cases {
		field, id, ok := (&sfclient.Error{Code: c.code, Message: c.message}).Duplicate()
		if field != c.field || id != c.id || ok != (c.id != "") {
			t.Errorf("%q: %q, %q, %v", c.message, field, id, ok)
		}
	}
}
