package sfclient_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
)

// given is a session that does not end.
type given sfclient.Grant

func (g given) Current(context.Context) (sfclient.Grant, error) { return sfclient.Grant(g), nil }
func (g given) Renew(context.Context, sfclient.Grant) (sfclient.Grant, error) {
	return sfclient.Grant(g), nil
}

func salesforce(t *testing.T) (*sandbox.Sandbox, *sfclient.Client) {
	t.Helper()
	sb := sandbox.New(sandbox.Config{Empty: true})
	access, _ := sb.Grant("")
	return sb, client(t, given{InstanceURL: newServer(t, sb), AccessToken: access})
}

func TestARecordsLife(t *testing.T) {
	sb, client := salesforce(t)
	id, err := client.Create(t.Context(), "Task", sfclient.Fields{"Subject": "Call", "Status": "Completed"})
	if err != nil {
		t.Fatal(err)
	}
	var read struct{ Subject, Status string }
	if err := client.Retrieve(t.Context(), "Task", id, []string{"Subject", "Status"}, &read); err != nil || read.Subject != "Call" {
		t.Fatalf("%+v, %v", read, err)
	}
	if err := client.Update(t.Context(), "Task", id, sfclient.Fields{"Subject": "Call again"}); err != nil {
		t.Fatal(err)
	}
	if got := sb.Record(id)["Subject"]; got != "Call again" {
		t.Errorf("subject %v", got)
	}
	if err := client.Delete(t.Context(), "Task", id); err != nil {
		t.Fatal(err)
	}
	if err := client.Delete(t.Context(), "Task", id); sfclient.ClassOf(err) != sfclient.Permanent {
		t.Errorf("deleted twice: %v", err)
	}
	for _, call := range sb.Calls() {
		if call.TokenInURL || call.Header.Get("Origin") != "" || call.Header.Get("Idempotency-Key") != "" {
			t.Errorf("%s %s", call.Method, call.Path)
		}
	}
}

func TestTasksAndEventsTogether(t *testing.T) {
	sb, client := salesforce(t)
	results, err := client.CreateAll(t.Context(), []sfclient.Row{
		{Object: "Task", Fields: sfclient.Fields{"Subject": "One"}},
		{Object: "Task", Fields: sfclient.Fields{"Subject": "Two", "NoSuchField__c": 1}},
		{Object: "Event", Fields: sfclient.Fields{"Subject": "Three", "StartDateTime": "2026-11-22T13:00:00Z", "EndDateTime": "2026-11-22T14:00:00Z"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if results[0].Err != nil || results[2].Err != nil || sfclient.ClassOf(results[1].Err) != sfclient.Stale {
		t.Errorf("%v", results)
	}
	if len(sb.Records("Task")) != 1 || len(sb.Records("Event")) != 1 {
		t.Errorf("%d tasks, %d events", len(sb.Records("Task")), len(sb.Records("Event")))
	}
}

func TestTheKeyOfARecordComesBackAsADuplicate(t *testing.T) {
	_, client := salesforce(t)
	fields := sfclient.Fields{"Subject": "One", sandbox.DefaultKeyField: "a-key"}
	id, err := client.Create(t.Context(), "Task", fields)
	if err != nil {
		t.Fatal(err)
	}
	results, err := client.CreateAll(t.Context(), []sfclient.Row{{Object: "Task", Fields: fields}})
	if err != nil {
		t.Fatal(err)
	}
	own, _ := results[0].Err.(*sfclient.Error)
	field, known, ok := own.Duplicate()
	if !ok || field != sandbox.DefaultKeyField || known[:15] != id[:15] {
		t.Errorf("%q, %q, %v", field, known, ok)
	}
}

func TestAwkwardNamesAreFound(t *testing.T) {
	sb, client := salesforce(t)
	account := sb.AddAccount("Acme")
	names := []string{`O'Brien`, `back\slash`, `quote"d`, `Müller & Söhne`, `a%b_c`, `+1`, `');--`, "two\nlines"}
	for _, name := range names {
		id := sb.AddContact(sandbox.Person{LastName: name, Account: account})
		var found []string
		for row, err := range sfclient.Decode[person](client.Query(t.Context(), "SELECT Id, Name FROM Contact WHERE LastName = "+sfclient.Quote(name), 0)) {
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			found = append(found, row.ID)
		}
		if !slices.Equal(found, []string{id}) {
			t.Errorf("%q: found %v", name, found)
		}
	}
}

func TestTheSandboxIsPagedThrough(t *testing.T) {
	sb, client := salesforce(t)
	account := sb.AddAccount("Acme")
	for range 450 {
		sb.AddContact(sandbox.Person{LastName: "Ruiz", Account: account})
	}
	seen := map[string]bool{}
	for row, err := range sfclient.Decode[person](client.Query(t.Context(), "SELECT Id FROM Contact", 200)) {
		if err != nil {
			t.Fatal(err)
		}
		seen[row.ID] = true
	}
	if len(seen) != 450 || len(sb.CallsFor(sandbox.QueryMore)) != 2 {
		t.Errorf("%d rows, %d further pages", len(seen), len(sb.CallsFor(sandbox.QueryMore)))
	}
}

func TestTheSandboxIsDescribed(t *testing.T) {
	_, client := salesforce(t)
	task, err := client.Describe(t.Context(), "Task", time.Time{})
	if err != nil || len(task.Fields) < 10 || task.LastModified.IsZero() {
		t.Fatalf("%v", err)
	}
	if again, err := client.Describe(t.Context(), "Task", task.LastModified); err != nil || again != nil {
		t.Errorf("unchanged: %v", err)
	}
	objects, err := client.DescribeGlobal(t.Context())
	if err != nil || !slices.ContainsFunc(objects, func(o sfclient.ObjectSummary) bool { return o.Name == "Task" && o.KeyPrefix == "00T" }) {
		t.Errorf("%v", err)
	}
	answers, err := client.ReadTogether(t.Context(), []sfclient.Subcall{{Name: "a", Path: "limits"}, {Name: "b", Path: "query?q=SELECT+Id+FROM+TaskStatus"}})
	if err != nil || answers[0].Err() != nil || answers[1].Err() != nil {
		t.Errorf("together: %v %+v", err, answers)
	}
}
