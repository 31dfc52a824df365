package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

const many = data + "/composite/sobjects"

func records(allOrNone bool, rows ...string) string {
	return fmt.Sprintf(`{"allOrNone":%v,"records":[%s]}`, allOrNone, strings.Join(rows, ","))
}

func task(fields string) string { return `{"attributes":{"type":"Task"},` + fields + `}` }

func TestACollectionAnswersRowByRow(t *testing.T) {
	c := start(t)
	resp := c.do("POST", many, records(false,
		task(`"Subject":"one"`),
		task(`"Subject":"`+strings.Repeat("x", 256)+`"`),
		`{"attributes":{"type":"Event"},"Subject":"three","StartDateTime":"2026-11-22T10:00:00Z","DurationInMinutes":30}`,
		`{"attributes":{"type":"Nonsense"},"Subject":"four"}`,
	)).want(http.StatusOK)
	rows := resp.list()
	want := []map[string]any{
		{"id": c.sb.Records("Task")[0]["Id"], "success": true, "errors": []any{}},
		{"success": false, "errors": []any{map[string]any{
			"statusCode": "STRING_TOO_LONG", "fields": []any{"Subject"},
			"message": "Subject: data value too large: " + strings.Repeat("x", 256) + " (max length=255)",
		}}},
		{"id": c.sb.Records("Event")[0]["Id"], "success": true, "errors": []any{}},
		{"success": false, "errors": []any{map[string]any{
			"statusCode": "INVALID_TYPE", "fields": []any{}, "message": "sObject type 'Nonsense' is not supported.",
		}}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	calls := c.sb.CallsFor(sandbox.CreateMany)
	if len(calls) != 1 || calls[0].Rows != 4 {
		t.Errorf("calls %+v", calls)
	}
}

func TestACollectionFailsEveryRowWith200(t *testing.T) {
	c := start(t)
	rows := c.do("POST", many, records(false, task(`"Bogus":1`), task(`"Bogus":2`))).want(http.StatusOK).list()
	for _, row := range rows {
		if row["success"] != false {
			t.Errorf("row %v", row)
		}
	}
}

func TestAllOrNoneTakesEverythingBack(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) { r.SharedActivities = true })
	contact := c.sb.AddContact(sandbox.Person{LastName: "A"})
	kept := c.made("Task", `{"Subject":"kept","fieldpost_Key__c":"k0"}`)
	rows := c.do("POST", many, records(true, task(`"Subject":"one","fieldpost_Key__c":"k1","WhoId":"`+contact+`"`), task(`"Bogus":1`))).want(http.StatusOK).list()
	first := rows[0]["errors"].([]any)[0].(map[string]any)["statusCode"]
	second := rows[1]["errors"].([]any)[0].(map[string]any)["statusCode"]
	if first != "ALL_OR_NONE_OPERATION_ROLLED_BACK" || second != "INVALID_FIELD" {
		t.Errorf("rows %v", rows)
	}
	rows = c.do("PATCH", many, records(true, `{"attributes":{"type":"Task"},"Id":"`+kept+`","Subject":"changed","fieldpost_Key__c":"k9"}`, `{"attributes":{"type":"Task"},"Id":"bad"}`)).list()
	if rows[0]["success"] != false || c.sb.Record(kept)["Subject"] != "kept" {
		t.Errorf("rows %v", rows)
	}
	if len(c.sb.Records("Task")) != 1 || len(c.sb.Records("TaskRelation")) != 0 {
		t.Error("something stayed")
	}
	c.made("Task", `{"Subject":"again","fieldpost_Key__c":"k1"}`)
	c.create("Task", `{"Subject":"again","fieldpost_Key__c":"k0"}`).refused(400, "DUPLICATE_VALUE", kept)
}

func TestACollectionThatCannotBeReadIsRefusedAsAWhole(t *testing.T) {
	c := start(t)
	rows := make([]string, 201)
	for i := range rows {
		rows[i] = task(`"Subject":"s"`)
	}
	for name, test := range map[string]struct{ body, code string }{
		"201 rows":        {records(false, rows...), "EXCEEDED_ID_LIMIT"},
		"no type":         {`{"records":[{"Subject":"s"}]}`, "INVALID_INPUT"},
		"no records":      {`{"allOrNone":false}`, "JSON_PARSER_ERROR"},
		"a row of text":   {`{"records":["x"]}`, "JSON_PARSER_ERROR"},
		"a wrong value":   {records(false, task(`"Subject":"fine"`), task(`"ActivityDate":"soon"`)), "JSON_PARSER_ERROR"},
		"cut in the half": {`{"records":[{`, "JSON_PARSER_ERROR"},
	} {
		t.Run(name, func(t *testing.T) {
			c.do("POST", many, test.body).refused(http.StatusBadRequest, test.code, "")
		})
	}
	if n := len(c.sb.Records("Task")); n != 0 {
		t.Errorf("%d rows were written", n)
	}
	c.do("POST", many, records(false, rows[:200]...)).want(http.StatusOK)
}

func TestUpsertOfMany(t *testing.T) {
	c := start(t)
	old := c.made("Task", `{"Subject":"old","fieldpost_Key__c":"k1"}`)
	rows := c.do("PATCH", many+"/Task/fieldpost_Key__c", records(false,
		task(`"Subject":"new","fieldpost_Key__c":"k1"`), task(`"Subject":"fresh","fieldpost_Key__c":"k2"`),
		task(`"Subject":"a","fieldpost_Key__c":"k3"`), task(`"Subject":"b","fieldpost_Key__c":"k3"`), task(`"Subject":"c"`),
	)).want(http.StatusOK).list()
	if rows[0]["id"] != old || rows[0]["created"] != false || rows[1]["created"] != true {
		t.Errorf("rows %v", rows[:2])
	}
	for i, want := range map[int]string{2: "DUPLICATE_VALUE", 3: "DUPLICATE_VALUE", 4: "MISSING_ARGUMENT"} {
		if got := rows[i]["errors"].([]any)[0].(map[string]any)["statusCode"]; got != want {
			t.Errorf("row %d: %v, want %s", i, got, want)
		}
	}
	c.do("PATCH", many+"/Task/fieldpost_Key__c", records(false, `{"attributes":{"type":"Event"},"fieldpost_Key__c":"k4"}`)).refused(400, "INVALID_INPUT", "one type")
	if len(c.sb.Records("Task")) != 2 || c.sb.Record(old)["Subject"] != "new" {
		t.Errorf("tasks %v", c.sb.Records("Task"))
	}
}

func TestUpdateReadAndDeleteMany(t *testing.T) {
	c := start(t)
	one, two := c.made("Task", `{"Subject":"1"}`), c.made("Task", `{"Subject":"2"}`)
	rows := c.do("PATCH", many, records(false, task(`"id":"`+one+`","Subject":"one"`), task(`"Subject":"no id"`), task(`"Id":"00T5g0000000099EAA"`))).want(http.StatusOK).list()
	if rows[0]["success"] != true || rows[1]["success"] != false || rows[2]["success"] != false {
		t.Errorf("updates %v", rows)
	}
	read := c.do("POST", many+"/Task", `{"ids":["`+one+`","00T5g0000000099EAA","`+two+`"],"fields":["Subject"]}`).want(http.StatusOK).list()
	if read[0]["Subject"] != "one" || read[1] != nil || read[2]["Subject"] != "2" {
		t.Errorf("read %v", read)
	}
	rows = c.do("DELETE", many+"?ids="+one+","+two+","+one, "").want(http.StatusOK).list()
	if rows[0]["success"] != true || rows[1]["success"] != true || rows[2]["success"] != false {
		t.Errorf("deletes %v", rows)
	}
	if len(c.sb.Records("Task")) != 0 {
		t.Error("something is left")
	}
}

func TestCompositeUsesEarlierAnswers(t *testing.T) {
	c := start(t)
	const body = `{"allOrNone":%v,"compositeRequest":[
		{"method":"POST","url":"/services/data/v66.0/sobjects/Account","referenceId":"a","body":{"Name":"Acme"}},
		{"method":"POST","url":"/services/data/v66.0/sobjects/Task","referenceId":"t","body":{"Subject":"s","WhatId":"@{a.id}"}},
		{"method":"GET","url":"/services/data/v66.0/query?q=SELECT+Id+FROM+Task+WHERE+WhatId='@{a.id}'","referenceId":"q"},
		{"method":"POST","url":"/services/data/v66.0/sobjects/Task","referenceId":"bad","body":{"Bogus":1}},
		{"method":"PATCH","url":"/services/data/v66.0/sobjects/Task/@{bad.id}","referenceId":"next","body":{"Subject":"s"}}]}`
	var got struct {
		CompositeResponse []struct {
			HTTPStatusCode int
			ReferenceID    string
			Body           any
		}
	}
	statuses := func() (list []int) {
		for _, each := range got.CompositeResponse {
			list = append(list, each.HTTPStatusCode)
		}
		return list
	}
	c.do("POST", data+"/composite", fmt.Sprintf(body, true)).want(http.StatusOK).decode(&got)
	if diff := cmp.Diff([]int{400, 400, 400, 400, 400}, statuses()); diff != "" || len(c.sb.Records("Account")) != 0 {
		t.Errorf("all or none: %s", diff)
	}
	before := c.sb.Rules().AllowanceUsed
	c.do("POST", data+"/composite", fmt.Sprintf(body, false)).want(http.StatusOK).decode(&got)
	if diff := cmp.Diff([]int{201, 201, 200, 400, 400}, statuses()); diff != "" {
		t.Error(diff)
	}
	if used := c.sb.Rules().AllowanceUsed - before; used != 1 {
		t.Errorf("a composite cost %d calls", used)
	}
	if page := got.CompositeResponse[2].Body.(map[string]any); page["totalSize"] != 1.0 {
		t.Errorf("query %v", page)
	}
}

func TestPartsOfACompositeHaveHeadersOfTheirOwn(t *testing.T) {
	c := startWith(t, sandbox.Config{})
	changed := c.get("/sobjects/Task/describe").header.Get("Last-Modified")
	before := c.sb.Rules().AllowanceUsed
	resp := c.do("POST", data+"/composite", `{"compositeRequest":[
		{"method":"GET","url":"/services/data/v66.0/query?q=SELECT+Id+FROM+Contact","referenceId":"q"},
		{"method":"GET","url":"/services/data/v66.0/sobjects","referenceId":"all"},
		{"method":"GET","url":"/services/data/v66.0/sobjects/Task/describe","referenceId":"task"},
		{"method":"GET","url":"/services/data/v66.0/sobjects/Event/describe","referenceId":"event","httpHeaders":{"If-Modified-Since":"`+changed+`"}}]}`).want(http.StatusOK)
	if used := c.sb.Rules().AllowanceUsed - before; used != 1 {
		t.Errorf("the composite cost %d calls", used)
	}
	parts := resp.object()["compositeResponse"].([]any)
	for i, want := range []struct {
		status  float64
		changed any
		body    bool
	}{{200, nil, true}, {200, changed, true}, {200, changed, true}, {304, changed, false}} {
		part := parts[i].(map[string]any)
		headers := part["httpHeaders"].(map[string]any)
		if part["httpStatusCode"] != want.status || headers["Last-Modified"] != want.changed || (part["body"] != nil) != want.body {
			t.Errorf("part %d: %v %v, body %v", i, part["httpStatusCode"], headers, part["body"] != nil)
		}
	}
}

func TestBatchRunsIndependentRequests(t *testing.T) {
	c := start(t)
	got := c.do("POST", data+"/composite/batch", `{"batchRequests":[
		{"method":"GET","url":"v66.0/limits"},{"method":"POST","url":"v66.0/sobjects/Task","richInput":{"Subject":"s"}},{"method":"GET","url":"v66.0/nonsense"}]}`).want(http.StatusOK).object()
	results := got["results"].([]any)
	if got["hasErrors"] != true || results[1].(map[string]any)["statusCode"] != 201.0 || results[2].(map[string]any)["statusCode"] != 404.0 {
		t.Errorf("batch %v", got)
	}
}
