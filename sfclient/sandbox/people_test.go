package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

// sharing is an org with Shared Activities, three contacts and a lead.
func sharing(t *testing.T) (c *caller, contacts [3]string, lead string) {
	t.Helper()
	c = start(t)
	c.set(func(r *sandbox.Rules) { r.SharedActivities = true })
	for i := range contacts {
		contacts[i] = c.sb.AddContact(sandbox.Person{LastName: fmt.Sprint("P", i)})
	}
	return c, contacts, c.sb.AddLead(sandbox.Person{LastName: "L", Company: "C"})
}

func idList(ids ...string) string { return `["` + strings.Join(ids, `","`) + `"]` }

// related gives the people whom the relation rows name.
func (c *caller) related(task string) []any {
	c.t.Helper()
	return c.column("RelationId", "SELECT RelationId FROM TaskRelation WHERE IsWhat = false AND TaskId = '"+task+"' ORDER BY Id")
}

func TestWhoIsRelated(t *testing.T) {
	c, who, lead := sharing(t)
	for name, test := range map[string]struct {
		fields string
		want   []any
	}{
		"WhoId alone":       {`"WhoId":"` + who[0] + `"`, []any{who[0]}},
		"the list alone":    {`"TaskWhoIds":` + idList(who[1], who[0]), []any{who[1], who[0]}},
		"WhoId in the list": {`"WhoId":"` + who[1] + `","TaskWhoIds":` + idList(who[0], who[1]), []any{who[1], who[0]}},
		"WhoId besides":     {`"WhoId":"` + who[2] + `","TaskWhoIds":` + idList(who[0], who[1]), []any{who[2], who[0], who[1]}},
		"twice the same":    {`"TaskWhoIds":` + idList(who[0], who[0]), []any{who[0]}},
		"a lead":            {`"TaskWhoIds":` + idList(lead), []any{lead}},
		"nobody":            {`"Subject":"s"`, []any{}},
	} {
		t.Run(name, func(t *testing.T) {
			id := c.made("Task", `{"Subject":"s",`+test.fields+`}`)
			if diff := cmp.Diff(test.want, c.related(id)); diff != "" {
				t.Error(diff)
			}
			task := c.sb.Record(id)
			if len(test.want) > 0 && task["WhoId"] != test.want[0] || task["WhoCount"] != float64(len(test.want)) {
				t.Errorf("task %v", task)
			}
		})
	}
}

func TestWhoCannotBeRelated(t *testing.T) {
	c, who, lead := sharing(t)
	account := c.sb.AddAccount("A")
	crowd := make([]string, 51)
	for i := range crowd {
		crowd[i] = c.sb.AddContact(sandbox.Person{LastName: "X"})
	}
	for name, test := range map[string]struct{ fields, code string }{
		"lead with contacts": {`"TaskWhoIds":` + idList(who[0], lead), "FIELD_INTEGRITY_EXCEPTION"},
		"lead with what":     {`"TaskWhoIds":` + idList(lead) + `,"WhatId":"` + account + `"`, "FIELD_INTEGRITY_EXCEPTION"},
		"51 people":          {`"TaskWhoIds":` + idList(crowd...), "FIELD_INTEGRITY_EXCEPTION"},
		"an account":         {`"TaskWhoIds":` + idList(account), "FIELD_INTEGRITY_EXCEPTION"},
		"nobody known":       {`"TaskWhoIds":` + idList("003000000000009AAA"), "INVALID_CROSS_REFERENCE_KEY"},
		"malformed":          {`"TaskWhoIds":["x"]`, "MALFORMED_ID"},
		"no list":            {`"TaskWhoIds":"` + who[0] + `"`, "JSON_PARSER_ERROR"},
	} {
		t.Run(name, func(t *testing.T) { c.create("Task", `{`+test.fields+`}`).refused(400, test.code, "") })
	}
	if len(c.sb.Records("Task")) != 0 || len(c.sb.Records("TaskRelation")) != 0 {
		t.Error("something was written")
	}
	c.made("Task", `{"TaskWhoIds":`+idList(crowd[:50]...)+`}`)
}

func TestPeopleChange(t *testing.T) {
	c, who, _ := sharing(t)
	for name, test := range map[string]struct {
		fields string
		want   []any
	}{
		"null keeps the primary":       {`{"TaskWhoIds":null}`, []any{who[0]}},
		"no primary promotes the next": {`{"WhoId":null}`, []any{who[1], who[2]}},
		"another list":                 {`{"TaskWhoIds":` + idList(who[2], who[1]) + `}`, []any{who[1], who[2]}},
		"the subject only":             {`{"Subject":"t"}`, []any{who[0], who[1], who[2]}},
	} {
		t.Run(name, func(t *testing.T) {
			id := c.made("Task", `{"TaskWhoIds":`+idList(who[:]...)+`}`)
			c.do("PATCH", data+"/sobjects/Task/"+id, test.fields).want(http.StatusNoContent)
			if diff := cmp.Diff(test.want, c.related(id)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRelationsAreRecordsOfTheirOwn(t *testing.T) {
	c, who, _ := sharing(t)
	account := c.sb.AddAccount("A")
	id := c.made("Task", `{"WhoId":"`+who[0]+`","WhatId":"`+account+`"}`)
	link := c.made("TaskRelation", `{"TaskId":"`+id+`","RelationId":"`+who[1]+`"}`)
	c.create("TaskRelation", `{"TaskId":"`+id+`","RelationId":"`+account+`"}`).refused(400, "FIELD_INTEGRITY_EXCEPTION", "")
	rows := c.query("SELECT Id, (SELECT RelationId, Type FROM TaskWhoRelations), (SELECT RelationId FROM TaskRelations WHERE IsWhat = true) FROM Task").want(http.StatusOK).records()
	whoRows := rows[0]["TaskWhoRelations"].(map[string]any)
	whatRows := rows[0]["TaskRelations"].(map[string]any)
	if whoRows["totalSize"] != 2.0 || whoRows["records"].([]any)[1].(map[string]any)["Type"] != "Contact" || whatRows["totalSize"] != 1.0 {
		t.Errorf("row %v", rows[0])
	}
	c.do("DELETE", data+"/sobjects/TaskRelation/"+link, "").want(http.StatusNoContent)
	if diff := cmp.Diff([]any{who[0]}, c.related(id)); diff != "" {
		t.Error(diff)
	}
	c.do("DELETE", data+"/sobjects/Task/"+id, "").want(http.StatusNoContent)
	if left := c.sb.Records("TaskRelation"); len(left) != 0 {
		t.Errorf("relations outlive their task: %v", left)
	}
}

func TestEventsHavePeopleToo(t *testing.T) {
	c, who, _ := sharing(t)
	id := c.made("Event", `{"StartDateTime":"2026-11-22T10:00:00Z","DurationInMinutes":30,"EventWhoIds":`+idList(who[:]...)+`}`)
	if got := c.column("RelationId", "SELECT RelationId FROM EventWhoRelation WHERE EventId = '"+id+"'"); len(got) != 3 {
		t.Errorf("people %v", got)
	}
}

func TestSharedActivitiesCoverWhatWasThereBefore(t *testing.T) {
	c := start(t)
	contact := c.sb.AddContact(sandbox.Person{LastName: "A"})
	id := c.made("Task", `{"WhoId":"`+contact+`"}`)
	c.set(func(r *sandbox.Rules) { r.SharedActivities = true })
	if diff := cmp.Diff([]any{contact}, c.related(id)); diff != "" {
		t.Error(diff)
	}
	c.set(func(r *sandbox.Rules) { r.SharedActivities = false })
	c.create("Task", `{"TaskWhoIds":[]}`).refused(400, "INVALID_FIELD", "No such column 'TaskWhoIds' on sobject of type Task")
}

func TestConversionAndMergeMoveActivities(t *testing.T) {
	c, who, lead := sharing(t)
	forLead, forLoser := c.made("Task", `{"WhoId":"`+lead+`"}`), c.made("Task", `{"WhoId":"`+who[1]+`"}`)
	contact, account, err := c.sb.ConvertLead(lead)
	if err != nil {
		t.Fatal(err)
	}
	if task := c.sb.Record(forLead); task["WhoId"] != contact || task["AccountId"] != account {
		t.Errorf("task %v", task)
	}
	if record := c.sb.Record(lead); record["IsConverted"] != true || record["ConvertedContactId"] != contact {
		t.Errorf("lead %v", record)
	}
	if err := c.sb.MergeContacts(who[0], who[1], who[2]); err != nil {
		t.Fatal(err)
	}
	if c.sb.Record(forLoser)["WhoId"] != who[0] || c.sb.Record(who[1])["IsDeleted"] != true || c.sb.Record(who[2])["MasterRecordId"] != who[0] {
		t.Errorf("after the merge: %v", c.sb.Record(forLoser))
	}
}
