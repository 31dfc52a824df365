package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"fieldpost/sfclient/sandbox"
)

// FuzzQuery asks anything of an org: the answer is a result or one error, always
// in JSON.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"SELECT Id FROM Contact WHERE Name LIKE 'a%' ORDER BY Name LIMIT 3",
		"SELECT Id, (SELECT Id FROM Contacts) FROM Account WHERE Id IN (SELECT AccountId FROM Contact)",
		"SELECT COUNT() FROM Task WHERE CreatedDate = LAST_N_DAYS:3 AND NOT (IsClosed = true OR Subject = null)",
		"SELECT Who.Name, Owner.Profile.Name FROM Event WHERE StartDateTime > 2026-11-22T10:00:00Z",
	} {
		f.Add(seed)
	}
	sb := sandbox.New(sandbox.Config{})
	sb.Set(func(r *sandbox.Rules) { r.SharedActivities, r.SessionIdle, r.AllowanceMax = true, 0, 0 })
	token, _ := sb.Grant("")
	f.Fuzz(func(t *testing.T, text string) {
		for _, path := range []string{"/query?q=", "/search?q=", "/search/suggestions?sobject=Contact&where=&q="} {
			req := httptest.NewRequest("GET", data+path+url.QueryEscape(text), nil)
			req.RequestURI = ""
			checkAnswer(t, sb, token, req)
		}
	})
}

// FuzzWrite sends anything as a record and as a collection.
func FuzzWrite(f *testing.F) {
	f.Add(`{"Subject":"s","WhoId":"0035g0000000001EAA","TaskWhoIds":["0035g0000000001EAA"]}`)
	f.Add(`{"allOrNone":true,"records":[{"attributes":{"type":"Event"},"StartDateTime":"2026-11-22T10:00:00Z","DurationInMinutes":5}]}`)
	f.Add(`{"graphs":[{"graphId":"g","compositeRequest":[{"method":"POST","url":"/services/data/v66.0/sobjects/Task","referenceId":"a","body":{"Subject":"s"}}]}]}`)
	f.Add(`{"compositeRequest":[{"method":"POST","url":"/services/data/v66.0/sobjects/Task","referenceId":"a","body":{"Subject":"@{b.id}"}}]}`)
	sb := sandbox.New(sandbox.Config{})
	sb.Set(func(r *sandbox.Rules) { r.SharedActivities, r.SessionIdle, r.AllowanceMax = true, 0, 0 })
	token, _ := sb.Grant("")
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"/sobjects/Task", "/sobjects/Event", "/sobjects/TaskRelation", "/composite/sobjects", "/composite", "/composite/graph", "/composite/batch", "/parameterizedSearch"} {
			checkAnswer(t, sb, token, httptest.NewRequest("POST", data+path, strings.NewReader(body)))
		}
	})
}

func checkAnswer(t *testing.T, sb *sandbox.Sandbox, token string, req *http.Request) {
	t.Helper()
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	sb.ServeHTTP(w, req)
	if w.Code >= http.StatusInternalServerError {
		t.Fatalf("%s answered %d: %s", req.URL.Path, w.Code, w.Body)
	}
	if !json.Valid(w.Body.Bytes()) {
		t.Fatalf("%s answered no JSON: %q", req.URL.Path, w.Body)
	}
}
