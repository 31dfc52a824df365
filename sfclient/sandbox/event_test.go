package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

func TestTimesOfAnEvent(t *testing.T) {
	c := start(t)
	for name, test := range map[string]struct {
		fields string
		want   map[string]any
	}{
		"end": {`"StartDateTime":"2026-11-22T14:00:00+01:00","EndDateTime":"2026-11-22T15:00:00+01:00"`, map[string]any{
			"StartDateTime": "2026-11-22T13:00:00.000+0000", "EndDateTime": "2026-11-22T14:00:00.000+0000", "DurationInMinutes": 60.0,
			"ActivityDateTime": "2026-11-22T13:00:00.000+0000", "ActivityDate": "2026-11-22",
		}},
		"duration": {`"StartDateTime":"2026-11-22T23:30:00Z","DurationInMinutes":90`, map[string]any{
			"StartDateTime": "2026-11-22T23:30:00.000+0000", "EndDateTime": "2026-11-23T01:00:00.000+0000", "DurationInMinutes": 90.0,
			"ActivityDateTime": "2026-11-22T23:30:00.000+0000", "ActivityDate": "2026-11-22",
		}},
		"both agree": {`"StartDateTime":"2026-11-22T13:00:00Z","EndDateTime":"2026-11-22T13:30:00Z","DurationInMinutes":30`, map[string]any{
			"StartDateTime": "2026-11-22T13:00:00.000+0000", "EndDateTime": "2026-11-22T13:30:00.000+0000", "DurationInMinutes": 30.0,
			"ActivityDateTime": "2026-11-22T13:00:00.000+0000", "ActivityDate": "2026-11-22",
		}},
		"all day": {`"StartDateTime":"2026-11-22T00:00:00Z","IsAllDayEvent":true`, map[string]any{
			"StartDateTime": "2026-11-22T00:00:00.000+0000", "EndDateTime": "2026-11-22T00:00:00.000+0000", "DurationInMinutes": 1440.0,
			"ActivityDate": "2026-11-22",
		}},
		"three days": {`"StartDateTime":"2026-11-22T00:00:00Z","EndDateTime":"2026-11-24T00:00:00Z","IsAllDayEvent":true`, map[string]any{
			"StartDateTime": "2026-11-22T00:00:00.000+0000", "EndDateTime": "2026-11-24T00:00:00.000+0000", "DurationInMinutes": 4320.0,
			"ActivityDate": "2026-11-22",
		}},
		"no time at all": {`"StartDateTime":"2026-11-22T13:00:00Z","DurationInMinutes":0`, map[string]any{
			"StartDateTime": "2026-11-22T13:00:00.000+0000", "EndDateTime": "2026-11-22T13:00:00.000+0000", "DurationInMinutes": 0.0,
			"ActivityDateTime": "2026-11-22T13:00:00.000+0000", "ActivityDate": "2026-11-22",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			event := c.sb.Record(c.made("Event", `{"Subject":"s",`+test.fields+`}`))
			got := map[string]any{}
			for _, field := range []string{"StartDateTime", "EndDateTime", "DurationInMinutes", "ActivityDateTime", "ActivityDate"} {
				if event[field] != nil {
					got[field] = event[field]
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefusedEvents(t *testing.T) {
	c := start(t)
	lead, account := c.sb.AddLead(sandbox.Person{LastName: "L", Company: "C"}), c.sb.AddAccount("A")
	const start, hour = `"StartDateTime":"2026-11-22T13:00:00Z"`, `,"DurationInMinutes":60`
	for name, test := range map[string]struct{ fields, code, field string }{
		"no start":          {`"EndDateTime":"2026-11-22T14:00:00Z"`, "REQUIRED_FIELD_MISSING", "StartDateTime"},
		"no end":            {start, "FIELD_INTEGRITY_EXCEPTION", "EndDateTime"},
		"end before start":  {start + `,"EndDateTime":"2026-11-22T12:00:00Z"`, "FIELD_INTEGRITY_EXCEPTION", "EndDateTime"},
		"negative duration": {start + `,"DurationInMinutes":-5`, "FIELD_INTEGRITY_EXCEPTION", "DurationInMinutes"},
		"they disagree":     {start + `,"EndDateTime":"2026-11-22T14:00:00Z","DurationInMinutes":30`, "FIELD_INTEGRITY_EXCEPTION", "DurationInMinutes"},
		"end before both":   {start + `,"EndDateTime":"2026-11-22T12:00:00Z","DurationInMinutes":60`, "FIELD_INTEGRITY_EXCEPTION", "DurationInMinutes"},
		"over 14 days":      {start + `,"EndDateTime":"2026-12-07T13:00:00Z"`, "FIELD_INTEGRITY_EXCEPTION", "EndDateTime"},
		"over 14 days long": {start + `,"DurationInMinutes":20161`, "FIELD_INTEGRITY_EXCEPTION", "DurationInMinutes"},
		"other time":        {start + hour + `,"ActivityDateTime":"2026-11-22T15:00:00Z"`, "FIELD_INTEGRITY_EXCEPTION", "ActivityDateTime"},
		"other day":         {start + hour + `,"ActivityDate":"2026-11-23"`, "FIELD_INTEGRITY_EXCEPTION", "ActivityDate"},
		"private, related":  {start + hour + `,"IsPrivate":true,"WhatId":"` + account + `"`, "FIELD_INTEGRITY_EXCEPTION", "IsPrivate"},
		"private, a lead":   {start + hour + `,"IsPrivate":true,"WhoId":"` + lead + `"`, "FIELD_INTEGRITY_EXCEPTION", "IsPrivate"},
		"lead and what":     {start + hour + `,"WhoId":"` + lead + `","WhatId":"` + account + `"`, "FIELD_INTEGRITY_EXCEPTION", "WhatId"},
		"task's status":     {start + hour + `,"Status":"Completed"`, "INVALID_FIELD", ""},
		"task's marker":     {start + hour + `,"CallObject":"x"`, "INVALID_FIELD", ""},
		"unknown ShowAs":    {start + hour + `,"ShowAs":"Napping"`, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "ShowAs"},
	} {
		t.Run(name, func(t *testing.T) {
			errors := c.create("Event", `{"Subject":"s",`+test.fields+`}`).want(http.StatusBadRequest).list()
			fields, _ := errors[0]["fields"].([]any)
			if errors[0]["errorCode"] != test.code || test.field != "" && !cmp.Equal(fields, []any{test.field}) {
				t.Errorf("got %v, want %s on %s", errors[0], test.code, test.field)
			}
		})
	}
}

func TestMultiDayEventsAreASetting(t *testing.T) {
	c := start(t)
	const twoDays = `{"Subject":"s","StartDateTime":"2026-11-22T13:00:00Z","DurationInMinutes":2880}`
	c.made("Event", twoDays)
	c.set(func(r *sandbox.Rules) { r.MultiDayEvents = false })
	c.create("Event", twoDays).refused(400, "FIELD_INTEGRITY_EXCEPTION", "24 hours")
}

func TestAMovedEventKeepsItsLength(t *testing.T) {
	c := start(t)
	id := c.made("Event", `{"Subject":"s","StartDateTime":"2026-11-22T13:00:00Z","DurationInMinutes":45}`)
	c.do("PATCH", data+"/sobjects/Event/"+id, `{"StartDateTime":"2026-11-23T10:00:00Z"}`).want(http.StatusNoContent)
	if event := c.sb.Record(id); event["EndDateTime"] != "2026-11-23T10:45:00.000+0000" || event["ActivityDate"] != "2026-11-23" {
		t.Errorf("event %v", event)
	}
	c.do("PATCH", data+"/sobjects/Event/"+id, `{"EndDateTime":"2026-11-23T12:00:00Z"}`).want(http.StatusNoContent)
	if event := c.sb.Record(id); event["DurationInMinutes"] != 120.0 {
		t.Errorf("event %v", event)
	}
}

func TestAPrivateEventMayConcernWhatIsNoCustomer(t *testing.T) {
	c := start(t)
	visit := insert(t, c.sb, "Visit__c", map[string]any{"Name": "V"})
	c.made("Event", `{"Subject":"s","StartDateTime":"2026-11-22T13:00:00Z","DurationInMinutes":45,"IsPrivate":true,"WhatId":"`+visit+`"}`)
}
