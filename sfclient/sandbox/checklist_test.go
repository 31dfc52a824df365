package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"fieldpost/sfclient/sandbox"
)

// A knob is one of those that salesforce.md section 11 wants: turned, and felt by
// the smallest call that can feel it.
type knob struct {
	name string
	felt func(c *caller, clock *clock)
}

// TestEachKnobOfTheChecklistTurns walks the list of salesforce.md section 11 in its
// order.
func TestEachKnobOfTheChecklistTurns(t *testing.T) {
	for _, k := range [][]knob{signInKnobs(), activityKnobs(), writeKnobs(), networkKnobs(), readKnobs()} {
		for _, knob := range k {
			t.Run(knob.name, func(t *testing.T) {
				clock := newClock()
				knob.felt(startWith(t, sandbox.Config{Now: clock.Now, Empty: true}), clock)
			})
		}
	}
}

func signInKnobs() []knob {
	return []knob{
		{"IP lock with per-token source address", func(c *caller, _ *clock) {
			c.set(func(r *sandbox.Rules) { r.LockSessionsToIP = true })
			home, away := c.with(sandbox.SourceHeader, "192.0.2.1"), c.with(sandbox.SourceHeader, "192.0.2.2")
			refresh := home.signIn()
			home.get("/limits").want(http.StatusOK)
			away.token = home.token
			away.get("/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID", "Session expired or invalid")
			away.token = away.refresh(refresh).object()["access_token"].(string)
			away.get("/limits").want(http.StatusOK)
			home.get("/limits").want(http.StatusOK)
		}},
		{"rotation with reuse-revokes-all", func(c *caller, _ *clock) {
			c.set(func(r *sandbox.Rules) { r.RotateRefresh = true })
			first := c.signIn()
			second := c.refresh(first).want(http.StatusOK).object()["refresh_token"].(string)
			c.refresh(first).oauthError("invalid_grant", "expired access/refresh token")
			c.refresh(second).oauthError("invalid_grant", "expired access/refresh token")
			c.get("/limits").want(http.StatusUnauthorized)
		}},
		{"idle expiry of the grant", func(c *caller, clock *clock) {
			c.set(func(r *sandbox.Rules) { r.RefreshIdle = 30 * 24 * time.Hour })
			refresh := c.signIn()
			clock.pass(31 * 24 * time.Hour)
			c.refresh(refresh).oauthError("invalid_grant", "expired access/refresh token")
		}},
		{"idle expiry of the session", func(c *caller, clock *clock) {
			clock.pass(3 * time.Hour)
			c.get("/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID", "Session expired or invalid")
		}},
		{"grant cap 5", func(c *caller, _ *clock) {
			first := c.signIn()
			for range 5 {
				c.signIn()
			}
			c.refresh(first).oauthError("invalid_grant", "expired access/refresh token")
		}},
	}
}

func activityKnobs() []knob {
	const keyed = `{"Subject":"s","fieldpost_Key__c":"k"}`
	return []knob{
		{"Shared Activities", func(c *caller, _ *clock) {
			one, two := c.sb.AddContact(sandbox.Person{LastName: "A"}), c.sb.AddContact(sandbox.Person{LastName: "B"})
			both := `{"Subject":"s","TaskWhoIds":` + idList(one, two) + `}`
			c.create("Task", both).refused(400, "INVALID_FIELD", "No such column 'TaskWhoIds' on sobject of type Task")
			c.set(func(r *sandbox.Rules) { r.SharedActivities = true })
			c.made("Task", both)
		}},
		{"key field absent", func(c *caller, _ *clock) {
			c.set(func(r *sandbox.Rules) { r.Key = sandbox.KeyAbsent })
			c.create("Task", keyed).refused(400, "INVALID_FIELD", "No such column 'fieldpost_Key__c'")
		}},
		{"key field not unique", func(c *caller, _ *clock) {
			c.set(func(r *sandbox.Rules) { r.Key = sandbox.KeyNotUnique })
			c.made("Task", keyed)
			c.made("Task", keyed)
			c.do("PATCH", byKey+"k", `{"Subject":"t"}`).want(http.StatusMultipleChoices)
		}},
		{"key field unique", func(c *caller, _ *clock) {
			id := c.made("Task", keyed)
			c.create("Task", keyed).refused(400, "DUPLICATE_VALUE", "duplicates value on record with id: "+id)
		}},
		{"key field hidden", func(c *caller, _ *clock) {
			c.set(func(r *sandbox.Rules) { r.Key = sandbox.KeyHidden })
			c.do("PATCH", byKey+"k", `{"Subject":"t"}`).refused(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible")
		}},
		{"Type restricted", func(c *caller, _ *clock) {
			c.made("Task", `{"Type":"Fax"}`)
			c.set(func(r *sandbox.Rules) { r.RestrictedTypes = true })
			c.create("Task", `{"Type":"Fax"}`).refused(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Fax")
		}},
		{"Type hidden", func(c *caller, _ *clock) {
			c.set(func(r *sandbox.Rules) { r.Hidden = []string{"Activity.Type"} })
			c.create("Task", `{"Type":"Email"}`).refused(400, "INVALID_FIELD", "No such column 'Type' on sobject of type Task")
		}},
		{"extra required field", func(c *caller, _ *clock) {
			c.set(func(r *sandbox.Rules) { r.Required = []string{"Task.Region__c"} })
			c.create("Task", `{"Subject":"s"}`).refused(400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Region__c]")
		}},
		{"validation text", func(c *caller, _ *clock) {
			c.set(func(r *sandbox.Rules) {
				r.CheckRecord = func(string, map[string]any) string { return "Erst den « Bezug » wählen" }
			})
			c.create("Task", `{"Subject":"s"}`).refused(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Erst den « Bezug » wählen")
		}},
	}
}

func writeKnobs() []knob {
	const task = `{"Subject":"s"}`
	return []knob{
		{"lock-row N times", func(c *caller, _ *clock) {
			c.sb.Inject(sandbox.LockRow().Times(2))
			for range 2 {
				c.create("Task", task).refused(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
			}
			c.made("Task", task)
		}},
		{"allowance used up", func(c *caller, _ *clock) {
			c.set(func(r *sandbox.Rules) { r.AllowanceMax, r.AllowanceUsed = 15000, 14999 })
			c.made("Task", task)
			c.create("Task", task).refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
		}},
		{"latency", func(c *caller, _ *clock) {
			c.sb.Inject(sandbox.Slow(30 * time.Millisecond))
			before := time.Now()
			c.made("Task", task)
			if took := time.Since(before); took < 30*time.Millisecond {
				c.t.Errorf("the call took %v", took)
			}
		}},
		{"drop before commit", func(c *caller, _ *clock) { c.dropped(sandbox.Drop(), 0) }},
		{"drop after commit", func(c *caller, _ *clock) { c.dropped(sandbox.Drop().AfterCommit(), 1) }},
	}
}

// dropped loses the answer of a new task and counts what the org has.
func (c *caller) dropped(fault sandbox.Fault, tasks int) {
	c.t.Helper()
	c.sb.Inject(fault)
	if resp, err := c.try("POST", data+"/sobjects/Task", `{"Subject":"s"}`); err == nil {
		c.t.Errorf("an answer came: %d", resp.status)
	}
	if n := len(c.sb.Records("Task")); n != tasks {
		c.t.Errorf("%d tasks, want %d", n, tasks)
	}
}

func networkKnobs() []knob {
	knobs := []knob{{"instance_url change", func(c *caller, _ *clock) {
		refresh := c.signIn()
		moved := strings.Replace(c.url, "127.0.0.1", "localhost", 1)
		c.set(func(r *sandbox.Rules) { r.InstanceURL = moved })
		c.get("/limits").want(420)
		if c.refresh(refresh).object()["instance_url"] != moved {
			c.t.Error("the move is not told")
		}
	}}}
	for name, fault := range map[string]sandbox.Fault{"HTML 502": sandbox.HTML(502), "HTML 503": sandbox.HTML(503), "captive-portal 200": sandbox.CaptivePortal()} {
		knobs = append(knobs, knob{name, func(c *caller, _ *clock) {
			c.sb.Inject(fault)
			if resp := c.get("/limits"); !strings.Contains(name, fmt.Sprint(resp.status)) || !strings.HasPrefix(resp.body, "<html>") {
				c.t.Errorf("%d %s", resp.status, resp.body)
			}
		}})
	}
	return knobs
}

func readKnobs() []knob {
	return []knob{
		{"describe 304", func(c *caller, _ *clock) {
			since := c.get("/sobjects/Task/describe").header.Get("Last-Modified")
			c.with("If-Modified-Since", since).get("/sobjects/Task/describe").want(http.StatusNotModified)
		}},
		{"page size", func(c *caller, _ *clock) { c.firstOfTwoPages() }},
		{"cursor expiry", func(c *caller, clock *clock) {
			c.set(func(r *sandbox.Rules) { r.CursorLife = time.Minute })
			next := c.firstOfTwoPages()
			c.do("GET", next, "").want(http.StatusOK)
			clock.pass(2 * time.Minute)
			c.do("GET", next, "").refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
		}},
	}
}

// firstOfTwoPages reads a page of one contact and gives the path of the next.
func (c *caller) firstOfTwoPages() string {
	c.t.Helper()
	c.set(func(r *sandbox.Rules) { r.PageSize = 1 })
	c.sb.AddContact(sandbox.Person{LastName: "A"})
	c.sb.AddContact(sandbox.Person{LastName: "B"})
	page := c.query("SELECT Id FROM Contact").want(http.StatusOK).object()
	next, _ := page["nextRecordsUrl"].(string)
	if page["done"] != false || len(page["records"].([]any)) != 1 || next == "" {
		c.t.Fatalf("page %v", page)
	}
	return next
}
