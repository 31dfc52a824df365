package sandbox_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

func (c *caller) changes(kind string, from, to time.Time) *response {
	c.t.Helper()
	values := url.Values{"start": {from.Format("2006-01-02T15:04:05-07:00")}, "end": {to.Format(time.RFC3339)}}
	return c.get("/sobjects/Contact/" + kind + "/?" + values.Encode())
}

func TestWhatWasDeletedAndUpdated(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	c.set(func(r *sandbox.Rules) { r.SessionIdle = 0 })
	early, late := c.sb.AddContact(sandbox.Person{LastName: "A"}), c.sb.AddContact(sandbox.Person{LastName: "B"})
	begin := clock.now
	clock.pass(time.Hour)
	if err := c.sb.Delete(early); err != nil {
		t.Fatal(err)
	}
	if err := c.sb.Update(late, map[string]any{"Phone": "1"}); err != nil {
		t.Fatal(err)
	}
	clock.pass(time.Hour)
	deleted := c.changes("deleted", begin.Add(time.Minute), clock.now.Add(time.Hour)).want(http.StatusOK).object()
	want := map[string]any{
		"deletedRecords":        []any{map[string]any{"id": early, "deletedDate": "2026-11-22T10:00:00.000+0000"}},
		"earliestDateAvailable": "2026-11-07T11:00:00.000+0000", "latestDateCovered": "2026-11-22T11:00:00.000+0000",
	}
	if diff := cmp.Diff(want, deleted); diff != "" {
		t.Error(diff)
	}
	updated := c.changes("updated", begin.Add(time.Minute), clock.now).want(http.StatusOK).object()
	if !cmp.Equal(updated["ids"], []any{late}) {
		t.Errorf("updated %v", updated)
	}
	c.changes("deleted", clock.now, begin).refused(400, "INVALID_REPLICATION_DATE", "")
	c.changes("deleted", begin.AddDate(0, 0, -16), clock.now).refused(400, "INVALID_REPLICATION_DATE", "15 days")
	c.get("/sobjects/Contact/deleted?start=x&end=y").want(http.StatusBadRequest)
}

func TestAListOfTooManyChangesIsRefused(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	c.sb.AddContact(sandbox.Person{LastName: "A"})
	c.sb.AddContact(sandbox.Person{LastName: "B"})
	c.set(func(r *sandbox.Rules) { r.ReplicatedMax = 1 })
	c.changes("updated", clock.now.Add(-time.Hour), clock.now).refused(400, "EXCEEDED_ID_LIMIT", "exceeded id limit")
}

func TestMethodsAndPathsThatAreNotThere(t *testing.T) {
	c := start(t)
	c.do("PUT", data+"/sobjects/Task", "{}").refused(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "HTTP Method 'PUT' not allowed. Allowed are GET,POST")
	c.do("GET", "/", "").refused(http.StatusNotFound, "NOT_FOUND", "")
	if resp := c.do("HEAD", data+"/limits", "").want(http.StatusOK); resp.body != "" {
		t.Error("HEAD has a body")
	}
	c.with("Content-Type", "text/plain").create("Task", `{"Subject":"s"}`).refused(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "")
	long := make([]byte, 17<<10)
	for i := range long {
		long[i] = 'x'
	}
	c.get("/query?q=" + string(long)).want(http.StatusRequestURITooLong)
	c.with("X-Long", string(long)).get("/limits").want(http.StatusRequestHeaderFieldsTooLarge)
	c.token = ""
	c.get("/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID", "")
	c.get("/recent").want(http.StatusUnauthorized)
}

func TestRecentAndBasicInformation(t *testing.T) {
	c := startWith(t, sandbox.Config{})
	if recent := c.get("/recent").want(http.StatusOK).list(); len(recent) == 0 || recent[0]["Name"] == nil {
		t.Errorf("recent %v", recent)
	}
	basic := c.get("/sobjects/Contact").want(http.StatusOK).object()
	if basic["objectDescribe"].(map[string]any)["keyPrefix"] != "003" || len(basic["recentItems"].([]any)) == 0 {
		t.Errorf("basic %v", basic)
	}
}
