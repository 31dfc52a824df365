package sandbox_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

func (c *caller) describe(object string) map[string]any {
	c.t.Helper()
	return c.get("/sobjects/" + object + "/describe").want(http.StatusOK).object()
}

// field finds a field's description, nil if there is none.
func field(description map[string]any, name string) map[string]any {
	for _, each := range description["fields"].([]any) {
		if f := each.(map[string]any); f["name"] == name {
			return f
		}
	}
	return nil
}

// properties spells a field's letters as salesforce.md section 3.1 does.
func properties(f map[string]any) string {
	letters := ""
	for _, p := range []struct{ letter, property string }{
		{"C", "createable"}, {"F", "filterable"}, {"G", "groupable"}, {"N", "nillable"}, {"S", "sortable"}, {"U", "updateable"},
	} {
		if f[p.property] == true {
			letters += p.letter
		}
	}
	return letters
}

func TestPropertiesOfActivityFields(t *testing.T) {
	c := start(t)
	for object, fields := range map[string]map[string]string{
		"Task": {
			"Subject": "CFNSU combobox", "Description": "CNU textarea", "Status": "CFGSU picklist", "Priority": "CFGSU picklist",
			"Type": "CFGNSU picklist", "TaskSubtype": "CFGNS picklist", "ActivityDate": "CFGNSU date", "WhoId": "CFGNSU reference",
			"WhatId": "CFGNSU reference", "OwnerId": "CFGSU reference", "CallObject": "CFGNSU string", "CallType": "CFGNSU picklist",
			"CallDurationInSeconds": "CFGNSU int", "IsReminderSet": "CFSU boolean", "ReminderDateTime": "CFNSU datetime",
			"IsClosed": "FGS boolean", "CompletedDateTime": "FNS datetime", "AccountId": "FGNS reference", "fieldpost_Key__c": "CFGNSU string",
		},
		"Event": {
			"Subject": "CFNSU combobox", "Description": "CNU textarea", "StartDateTime": "CFNSU datetime", "EndDateTime": "CFNSU datetime",
			"DurationInMinutes": "CFGNSU int", "Location": "CFGNSU string", "ShowAs": "CFGNSU picklist", "EventSubtype": "CFGNS picklist",
			"IsAllDayEvent": "CFGSU boolean", "WhoId": "CFGNSU reference", "fieldpost_Key__c": "CFGNSU string",
		},
	} {
		description := c.describe(object)
		for name, want := range fields {
			f := field(description, name)
			if f == nil {
				t.Errorf("%s has no %s", object, name)
			} else if got := properties(f) + " " + f["type"].(string); got != want {
				t.Errorf("%s.%s: %s, want %s", object, name, got, want)
			}
		}
	}
	for _, absent := range []string{"Status", "Priority", "CallObject", "TaskSubtype", "TaskWhoIds", "EventWhoIds"} {
		if field(c.describe("Event"), absent) != nil {
			t.Errorf("Event has %s", absent)
		}
	}
}

func TestDescribeOfParticularFields(t *testing.T) {
	c := start(t)
	task := c.describe("Task")
	key := field(task, "fieldpost_Key__c")
	if key["externalId"] != true || key["unique"] != true || key["idLookup"] != true || key["caseSensitive"] != true || key["custom"] != true || key["length"].(float64) < 36 {
		t.Errorf("key %v", key)
	}
	what := field(task, "WhatId")
	if diff := cmp.Diff([]any{"Account", "Campaign", "Case", "Opportunity", "Visit__c"}, what["referenceTo"]); diff != "" || what["namePointing"] != true || what["relationshipName"] != "What" {
		t.Errorf("WhatId %v", what)
	}
	kind := field(task, "Type")["picklistValues"].([]any)[0]
	if diff := cmp.Diff(map[string]any{"value": "Email", "label": "Email", "active": true, "defaultValue": false, "validFor": nil}, kind); diff != "" {
		t.Error(diff)
	}
	c.set(func(r *sandbox.Rules) {
		r.RestrictedTypes, r.TaskTypes = true, []sandbox.Choice{{Value: "Fax", Label: "Fax", Inactive: true}, {Value: "Email", Label: "Email"}}
	})
	if old := field(c.describe("Task"), "Type")["picklistValues"].([]any)[0]; old.(map[string]any)["active"] != false {
		t.Errorf("inactive value %v", old)
	}
	c.create("Task", `{"Type":"Fax"}`).refused(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Fax")
	if subtype := field(task, "TaskSubtype"); subtype["restrictedPicklist"] != true {
		t.Error("TaskSubtype is not restricted")
	}
	if status := field(task, "Status"); status["defaultedOnCreate"] != true {
		t.Error("Status is not defaulted")
	}
}

func TestDescribeFollowsTheRules(t *testing.T) {
	c := start(t)
	for name, test := range map[string]struct {
		rules func(*sandbox.Rules)
		check func(task map[string]any) bool
	}{
		"key not unique":  {func(r *sandbox.Rules) { r.Key = sandbox.KeyNotUnique }, func(task map[string]any) bool { return field(task, "fieldpost_Key__c")["unique"] == false }},
		"key hidden":      {func(r *sandbox.Rules) { r.Key = sandbox.KeyHidden }, func(task map[string]any) bool { return field(task, "fieldpost_Key__c") == nil }},
		"key absent":      {func(r *sandbox.Rules) { r.Key = sandbox.KeyAbsent }, func(task map[string]any) bool { return field(task, "fieldpost_Key__c") == nil }},
		"shared":          {func(r *sandbox.Rules) { r.SharedActivities = true }, func(task map[string]any) bool { return properties(field(task, "TaskWhoIds")) == "CNU" }},
		"type hidden":     {func(r *sandbox.Rules) { r.Hidden = []string{"Task.Type"} }, func(task map[string]any) bool { return field(task, "Type") == nil }},
		"type restricted": {func(r *sandbox.Rules) { r.RestrictedTypes = true }, func(task map[string]any) bool { return field(task, "Type")["restrictedPicklist"] == true }},
		"mandatory":       {func(r *sandbox.Rules) { r.Required = []string{"Task.Region__c"} }, func(task map[string]any) bool { return field(task, "Region__c")["nillable"] == false }},
		"frozen": {func(r *sandbox.Rules) { r.FrozenObjects = []string{"Task"} }, func(task map[string]any) bool {
			return task["createable"] == false && properties(field(task, "Subject")) == "FNS"
		}},
		"read-only field": {func(r *sandbox.Rules) { r.ReadOnly = []string{"Activity.Subject"} }, func(task map[string]any) bool { return properties(field(task, "Subject")) == "FNS" }},
	} {
		t.Run(name, func(t *testing.T) {
			before := c.sb.Rules()
			defer c.set(func(r *sandbox.Rules) { *r = before })
			c.set(test.rules)
			if !test.check(c.describe("Task")) {
				t.Error("describe does not say so")
			}
		})
	}
}

func TestCustomObjectsAsTheOrgHasThem(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) {
		r.CustomObjects = []sandbox.CustomObject{
			{Name: "Visit__c", AllowActivities: true, AllowSearch: true}, {Name: "Quiet__c", AllowActivities: true}, {Name: "Apart__c", AllowSearch: true},
		}
	})
	targets := field(c.describe("Task"), "WhatId")["referenceTo"].([]any)
	if !slices.Contains(targets, any("Quiet__c")) || slices.Contains(targets, any("Apart__c")) {
		t.Errorf("targets %v", targets)
	}
	searchable := map[string]any{}
	for _, each := range c.get("/sobjects").want(http.StatusOK).object()["sobjects"].([]any) {
		object := each.(map[string]any)
		searchable[object["name"].(string)] = object["searchable"]
	}
	for name, want := range map[string]any{"Visit__c": true, "Quiet__c": false, "Apart__c": true, "Contact": true, "CorsWhitelistEntry": nil, "TaskRelation": nil} {
		if searchable[name] != want {
			t.Errorf("%s: searchable %v, want %v", name, searchable[name], want)
		}
	}
	id := insert(t, c.sb, "Apart__c", map[string]any{"Name": "x"})
	c.create("Task", `{"WhatId":"`+id+`"}`).refused(400, "FIELD_INTEGRITY_EXCEPTION", "incorrect type")
}

func TestAnOrgWithManyObjects(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) { r.ManyObjects = 900 })
	prefixes := map[any]bool{}
	names := map[any]bool{}
	objects := c.get("/sobjects").want(http.StatusOK).object()["sobjects"].([]any)
	for _, each := range objects {
		prefixes[each.(map[string]any)["keyPrefix"]] = true
		names[each.(map[string]any)["name"]] = true
	}
	if len(objects) < 900 || len(prefixes) != len(objects) || !names["Many0001__c"] || !names["Many0900__c"] || names["Many0901__c"] {
		t.Errorf("%d objects with %d prefixes", len(objects), len(prefixes))
	}
	if targets := field(c.describe("Task"), "WhatId")["referenceTo"].([]any); !slices.Contains(targets, any("Many0900__c")) {
		t.Errorf("%d targets", len(targets))
	}
}

func TestADescribeOfTwoMegabytes(t *testing.T) {
	c := start(t)
	plain := len(c.get("/sobjects/Task/describe").want(http.StatusOK).body)
	c.set(func(r *sandbox.Rules) { r.Padding = 2 << 20 })
	if padded := len(c.get("/sobjects/Task/describe").want(http.StatusOK).body); padded < plain+2<<20 || padded > plain+2<<20+32<<10 {
		t.Errorf("%d bytes, without padding %d", padded, plain)
	}
	c.made("Task", `{"Subject":"s","Padding0001__c":"Padding_1"}`)
}

func TestDescribeAnswers304UntilTheDefinitionChanges(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	clock.pass(300 * time.Millisecond)
	asked := clock.now.Format(http.TimeFormat)
	for _, path := range []string{"/sobjects/Task/describe", "/sobjects"} {
		resp := c.with("If-Modified-Since", asked).get(path).want(http.StatusNotModified)
		if resp.body != "" {
			t.Errorf("a 304 has the body %q", resp.body)
		}
	}
	c.set(func(r *sandbox.Rules) { r.Hidden = []string{"Task.Type"} })
	c.with("If-Modified-Since", asked).get("/sobjects/Task/describe").want(http.StatusNotModified)
	c.set(func(r *sandbox.Rules) { r.TaskTypes = sandbox.Choices("Email", "Showpad Email") })
	c.with("If-Modified-Since", asked).get("/sobjects/Task/describe").want(http.StatusOK)
	c.with("If-Modified-Since", asked).get("/sobjects/Contact/describe").want(http.StatusNotModified)
	c.with("If-Modified-Since", asked).get("/sobjects").want(http.StatusOK)
	for _, path := range []string{"/sobjects/Task/describe", "/sobjects"} {
		c.with("If-Unmodified-Since", asked).get(path).want(http.StatusPreconditionFailed)
	}
}

func TestWhatMovesTheDateOfADescribe(t *testing.T) {
	for name, test := range map[string]struct {
		rules       func(*sandbox.Rules)
		task, whole int
	}{
		"a value":           {func(r *sandbox.Rules) { r.TaskTypes = sandbox.Choices("Email") }, 200, 200},
		"a status":          {func(r *sandbox.Rules) { r.TaskStatuses = r.TaskStatuses[:3] }, 200, 200},
		"restricted values": {func(r *sandbox.Rules) { r.RestrictedTypes = true }, 200, 200},
		"a mandatory field": {func(r *sandbox.Rules) { r.Required = []string{"Task.Region__c"} }, 200, 200},
		"no key":            {func(r *sandbox.Rules) { r.Key = sandbox.KeyAbsent }, 200, 200},
		"shared activities": {func(r *sandbox.Rules) { r.SharedActivities = true }, 200, 200},
		"an object":         {func(r *sandbox.Rules) { r.ManyObjects = 1 }, 200, 200},
		"an object less":    {func(r *sandbox.Rules) { r.CustomObjects = nil }, 200, 200},
		"an object apart": {func(r *sandbox.Rules) {
			r.CustomObjects = append(r.CustomObjects, sandbox.CustomObject{Name: "Apart__c"})
		}, 304, 200},
		"a hidden field":      {func(r *sandbox.Rules) { r.Hidden = []string{"Task.Type"} }, 304, 304},
		"a read-only field":   {func(r *sandbox.Rules) { r.ReadOnly = []string{"Task.Type"} }, 304, 304},
		"a hidden key":        {func(r *sandbox.Rules) { r.Key = sandbox.KeyHidden }, 304, 304},
		"a hidden object":     {func(r *sandbox.Rules) { r.HiddenObjects = []string{"Lead"} }, 304, 304},
		"a read-only object":  {func(r *sandbox.Rules) { r.FrozenObjects = []string{"Task"} }, 304, 304},
		"a right":             {func(r *sandbox.Rules) { r.ModifyAllData = true }, 304, 304},
		"a custom permission": {func(r *sandbox.Rules) { r.Permissions = []string{"Log"} }, 304, 304},
	} {
		t.Run(name, func(t *testing.T) {
			clock := newClock()
			c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
			c = c.with("If-Modified-Since", c.get("/sobjects/Task/describe").header.Get("Last-Modified"))
			clock.pass(time.Hour)
			c.set(test.rules)
			c.get("/sobjects/Task/describe").want(test.task)
			c.get("/sobjects").want(test.whole)
		})
	}
}

func TestVersions(t *testing.T) {
	c := start(t)
	token := c.token
	c.token = ""
	versions := c.do("GET", "/services/data", "").want(http.StatusOK).list()
	last := versions[len(versions)-1]
	if diff := cmp.Diff(map[string]any{"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"}, last); diff != "" {
		t.Error(diff)
	}
	c.token = token
	c.do("GET", "/services/data/v30.0/limits", "").refused(http.StatusGone, "UNSUPPORTED_API_VERSION", "v30.0")
	c.do("GET", "/services/data/v68.0/limits", "").refused(http.StatusNotFound, "NOT_FOUND", "")
	c.do("GET", "/services/data/66/limits", "").refused(http.StatusNotFound, "NOT_FOUND", "")
	c.set(func(r *sandbox.Rules) { r.NewestVersion = 60 })
	c.get("/limits").want(http.StatusNotFound)
	c.do("GET", "/services/data/v60.0/limits", "").want(http.StatusOK)
}

func TestDoubledSlashesAreNoRedirect(t *testing.T) {
	c := start(t)
	resources := c.do("GET", "//services//data/v66.0/", "").want(http.StatusOK).object()
	if resources["identity"] != c.url+"/id/"+c.sb.Org().ID+"/"+c.sb.Rep().ID {
		t.Errorf("resources %v", resources)
	}
	c.do("GET", "//services/data/v66.0//sobjects/Task/describe", "").want(http.StatusOK)
}

func TestRecordTypes(t *testing.T) {
	c := start(t)
	id := insert(t, c.sb, "RecordType", map[string]any{"Name": "Field", "DeveloperName": "Field", "SobjectType": "Task"})
	infos := c.describe("Task")["recordTypeInfos"].([]any)
	if len(infos) != 2 || infos[0].(map[string]any)["recordTypeId"] != id || infos[1].(map[string]any)["master"] != true {
		t.Errorf("infos %v", infos)
	}
	c.made("Task", `{"Subject":"s","RecordTypeId":"`+id+`"}`)
}
