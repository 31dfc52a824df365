package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

func TestATaskIsCompletedByTheServer(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	account := c.sb.AddAccount("Łódź Medical")
	contact := c.sb.AddContact(sandbox.Person{FirstName: "Zoë", LastName: "Wójcik", Email: "zoe@lodz.example", Account: account})
	id := c.made("Task", `{"Subject":"Brochure","Status":"Completed","Priority":"High","ActivityDate":"2026-11-22","WhoId":"`+contact+`"}`)
	want := map[string]any{
		"Id": id, "IsDeleted": false, "Subject": "Brochure", "Status": "Completed", "IsClosed": true, "Priority": "High",
		"IsHighPriority": true, "ActivityDate": "2026-11-22", "WhoId": contact, "AccountId": account, "OwnerId": c.sb.Rep().ID,
		"CreatedDate": "2026-11-22T09:00:00.000+0000", "LastModifiedDate": "2026-11-22T09:00:00.000+0000",
		"SystemModstamp": "2026-11-22T09:00:00.000+0000", "CompletedDateTime": "2026-11-22T09:00:00.000+0000",
		"CreatedById": c.sb.Rep().ID, "LastModifiedById": c.sb.Rep().ID, "IsReminderSet": false, "IsArchived": false,
	}
	if diff := cmp.Diff([]map[string]any{want}, c.sb.Records("Task")); diff != "" {
		t.Error(diff)
	}
}

func TestDefaultsOfATask(t *testing.T) {
	c := start(t)
	id := c.made("Task", `{"subject":"names count without case","Type":null,"Description":""}`)
	task := c.sb.Record(id)
	if task["Status"] != "Not Started" || task["Priority"] != "Normal" || task["IsClosed"] != false || task["Subject"] == nil {
		t.Errorf("task %v", task)
	}
	if _, has := task["Description"]; has {
		t.Error(`"" was not stored as null`)
	}
}

func TestAccountOfAnActivity(t *testing.T) {
	c := startWith(t, sandbox.Config{})
	one, two := c.sb.AddAccount("One"), c.sb.AddAccount("Two")
	contact := c.sb.AddContact(sandbox.Person{LastName: "A", Account: one})
	stray := c.sb.AddContact(sandbox.Person{LastName: "B"})
	lead := c.sb.AddLead(sandbox.Person{LastName: "C", Company: "D"})
	opportunity := c.sb.AddOpportunity("Deal", two)
	visit := insert(t, c.sb, "Visit__c", map[string]any{"Name": "V", "Account__c": two})
	claim := insert(t, c.sb, "Case", map[string]any{"Subject": "Broken", "AccountId": two})
	for name, test := range map[string]struct {
		who, what string
		want      any
	}{
		"account":                 {"", one, one},
		"opportunity over person": {contact, opportunity, two},
		"custom child":            {"", visit, two},
		"the contact's":           {contact, "", one},
		"a case counts not":       {contact, claim, one},
		"contact without":         {stray, "", nil},
		"lead":                    {lead, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			id := c.made("Task", `{"Subject":"s","WhoId":"`+test.who+`","WhatId":"`+test.what+`"}`)
			if got := c.sb.Record(id)["AccountId"]; got != test.want {
				t.Errorf("AccountId %v, want %v", got, test.want)
			}
		})
	}
}

func TestRefusedTasks(t *testing.T) {
	c := start(t)
	contact := c.sb.AddContact(sandbox.Person{LastName: "A"})
	lead := c.sb.AddLead(sandbox.Person{LastName: "B", Company: "C"})
	account := c.sb.AddAccount("D")
	gone := c.sb.AddContact(sandbox.Person{LastName: "E"})
	converted := c.sb.AddLead(sandbox.Person{LastName: "F", Company: "G"})
	guarded, unseen := c.sb.AddContact(sandbox.Person{LastName: "H"}), c.sb.AddContact(sandbox.Person{LastName: "I"})
	inactive := insert(t, c.sb, "User", map[string]any{"Username": "x@y.example", "LastName": "X", "IsActive": false})
	if err := c.sb.Delete(gone); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.sb.ConvertLead(converted); err != nil {
		t.Fatal(err)
	}
	group := c.sb.AddGroup("Reps", "Reps")
	c.sb.Protect(guarded)
	c.sb.Conceal(unseen)
	for name, test := range map[string]struct{ fields, code, message string }{
		"unknown field":       {`{"Subject":"s","Bogus":1}`, "INVALID_FIELD", "No such column 'Bogus' on sobject of type Task"},
		"people list":         {`{"TaskWhoIds":["` + contact + `"]}`, "INVALID_FIELD", "No such column 'TaskWhoIds' on sobject of type Task"},
		"event's field":       {`{"Location":"here"}`, "INVALID_FIELD", "No such column 'Location'"},
		"read-only field":     {`{"Subject":"s","IsClosed":true,"AccountId":"` + account + `"}`, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: AccountId, IsClosed. Please check the security settings"},
		"an id":               {`{"Id":"00T5g0000000009EAA"}`, "INVALID_FIELD", "Id field should not be specified"},
		"lead and what":       {`{"WhoId":"` + lead + `","WhatId":"` + account + `"}`, "FIELD_INTEGRITY_EXCEPTION", "cannot specify whatID with lead whoID"},
		"account as who":      {`{"WhoId":"` + account + `"}`, "FIELD_INTEGRITY_EXCEPTION", "Name ID: id value of incorrect type: " + account},
		"contact as what":     {`{"WhatId":"` + contact + `"}`, "FIELD_INTEGRITY_EXCEPTION", "Related To ID: id value of incorrect type"},
		"malformed id":        {`{"WhoId":"0031"}`, "MALFORMED_ID", "0031"},
		"wrong checksum":      {`{"WhoId":"` + contact[:15] + `ZZZ"}`, "MALFORMED_ID", "ZZZ"},
		"nobody":              {`{"WhoId":"003000000000009AAA"}`, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"},
		"deleted":             {`{"WhoId":"` + gone + `"}`, "ENTITY_IS_DELETED", "entity is deleted"},
		"converted lead":      {`{"WhoId":"` + converted + `"}`, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead"},
		"not visible":         {`{"WhoId":"` + unseen + `"}`, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"},
		"no rights on it":     {`{"WhoId":"` + guarded + `"}`, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "insufficient access rights"},
		"inactive owner":      {`{"Subject":"s","OwnerId":"` + inactive + `"}`, "INACTIVE_OWNER_OR_USER", "inactive user"},
		"owned by a group":    {`{"Subject":"s","OwnerId":"` + group + `"}`, "FIELD_INTEGRITY_EXCEPTION", "Assigned To ID: id value of incorrect type"},
		"a cadence's task":    {`{"TaskSubtype":"Cadence"}`, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Cadence"},
		"restricted picklist": {`{"TaskSubtype":"Nonsense"}`, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "bad value for restricted picklist field: Nonsense"},
		"too long":            {`{"Subject":"` + strings.Repeat("é", 256) + `"}`, "STRING_TOO_LONG", "(max length=255)"},
		"nothing at all":      {`{}`, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Subject]"},
		"number as text":      {`{"Subject":5}`, "JSON_PARSER_ERROR", "Cannot deserialize instance of string from VALUE_NUMBER value 5"},
		"text as flag":        {`{"IsReminderSet":"yes"}`, "JSON_PARSER_ERROR", "Cannot deserialize instance of boolean"},
		"fraction as int":     {`{"CallDurationInSeconds":1.5}`, "JSON_PARSER_ERROR", "Cannot deserialize instance of int"},
		"German date":         {`{"ActivityDate":"22.11.2026"}`, "JSON_PARSER_ERROR", "Cannot deserialize instance of date"},
		"object as text":      {`{"Subject":{"a":1}}`, "JSON_PARSER_ERROR", "START_OBJECT"},
		"broken JSON":         {`{"Subject":`, "JSON_PARSER_ERROR", ""},
		"an array":            {`[]`, "JSON_PARSER_ERROR", ""},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(c.sb.Records("Task"))
			c.create("Task", test.fields).refused(http.StatusBadRequest, test.code, test.message)
			if len(c.sb.Records("Task")) != before {
				t.Error("something was written")
			}
		})
	}
}

func TestTextIsMeasuredInCharacters(t *testing.T) {
	c := start(t)
	c.made("Task", `{"Subject":"`+strings.Repeat("é", 255)+`"}`)
	c.made("Task", `{"Subject":"s","Description":"`+strings.Repeat("漢", 32000)+`"}`)
}

func TestAFieldNamesItselfInARefusal(t *testing.T) {
	c := start(t)
	errors := c.create("Contact", `{"FirstName":"Zoë"}`).want(http.StatusBadRequest).list()
	want := []map[string]any{{"message": "Required fields are missing: [LastName]", "errorCode": "REQUIRED_FIELD_MISSING", "fields": []any{"LastName"}}}
	if diff := cmp.Diff(want, errors); diff != "" {
		t.Error(diff)
	}
}

func TestTheKeyIsUniqueWithinAnObject(t *testing.T) {
	c := start(t)
	first := c.made("Task", `{"Subject":"s","fieldpost_Key__c":"k"}`)
	message := "duplicate value found: fieldpost_Key__c duplicates value on record with id: " + first
	c.create("Task", `{"Subject":"s","fieldpost_Key__c":"k"}`).refused(http.StatusBadRequest, "DUPLICATE_VALUE", message)
	c.made("Task", `{"Subject":"s","fieldpost_Key__c":"K"}`)
	c.made("Event", `{"Subject":"s","StartDateTime":"2026-11-22T10:00:00Z","DurationInMinutes":30,"fieldpost_Key__c":"k"}`)
	if err := c.sb.Delete(first); err != nil {
		t.Fatal(err)
	}
	c.made("Task", `{"Subject":"s","fieldpost_Key__c":"k"}`)
}

func TestTheKeyFieldAsTheOrgHasIt(t *testing.T) {
	c := start(t)
	body := `{"Subject":"s","fieldpost_Key__c":"k"}`
	for name, test := range map[string]struct {
		mode  sandbox.KeyMode
		check func(*response, *response)
	}{
		"not unique": {sandbox.KeyNotUnique, func(first, second *response) { first.want(201); second.want(201) }},
		"hidden":     {sandbox.KeyHidden, func(first, _ *response) { first.refused(400, "INVALID_FIELD", "No such column 'fieldpost_Key__c'") }},
		"absent":     {sandbox.KeyAbsent, func(first, _ *response) { first.refused(400, "INVALID_FIELD", "No such column 'fieldpost_Key__c'") }},
	} {
		t.Run(name, func(t *testing.T) {
			c.set(func(r *sandbox.Rules) { r.Key = test.mode })
			test.check(c.create("Task", body), c.create("Task", body))
		})
	}
	c.set(func(r *sandbox.Rules) { r.Key, r.KeyField = sandbox.KeyUnique, "Other__c" })
	c.made("Task", `{"Subject":"s","Other__c":"k"}`)
	c.create("Task", `{"Subject":"s","Other__c":"k"}`).refused(400, "DUPLICATE_VALUE", "Other__c")
}

func TestWhatTheAdminArranged(t *testing.T) {
	for name, test := range map[string]struct {
		rules         func(*sandbox.Rules)
		fields        string
		status        int
		code, message string
	}{
		"hidden field":          {func(r *sandbox.Rules) { r.Hidden = []string{"Task.Type"} }, `{"Subject":"s","Type":"Email"}`, 400, "INVALID_FIELD", "No such column 'Type' on sobject of type Task"},
		"hidden on both":        {func(r *sandbox.Rules) { r.Hidden = []string{"Activity.Type"} }, `{"Subject":"s","Type":"Email"}`, 400, "INVALID_FIELD", "Type"},
		"read-only field":       {func(r *sandbox.Rules) { r.ReadOnly = []string{"Task.WhatId"} }, `{"Subject":"s","WhatId":null}`, 400, "INVALID_FIELD_FOR_INSERT_UPDATE", "WhatId"},
		"restricted types":      {func(r *sandbox.Rules) { r.RestrictedTypes = true }, `{"Subject":"s","Type":"Carrier pigeon"}`, 400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Carrier pigeon"},
		"own mandatory field":   {func(r *sandbox.Rules) { r.Required = []string{"Task.Region__c"} }, `{"Subject":"s"}`, 400, "REQUIRED_FIELD_MISSING", "[Region__c]"},
		"known mandatory field": {func(r *sandbox.Rules) { r.Required = []string{"Activity.Type"} }, `{"Subject":"s","Type":null}`, 400, "REQUIRED_FIELD_MISSING", "[Type]"},
		"validation rule": {func(r *sandbox.Rules) {
			r.CheckRecord = func(object string, record map[string]any) string {
				if object == "Task" && record["WhatId"] == nil {
					return "Bitte « Bezug » ausfüllen"
				}
				return ""
			}
		}, `{"Subject":"s"}`, 400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Bitte « Bezug » ausfüllen"},
		"no access":     {func(r *sandbox.Rules) { r.HiddenObjects = []string{"Task"} }, `{"Subject":"s"}`, 404, "NOT_FOUND", "The requested resource does not exist"},
		"read only":     {func(r *sandbox.Rules) { r.FrozenObjects = []string{"Task"} }, `{"Subject":"s"}`, 400, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights"},
		"no such extra": {func(r *sandbox.Rules) { r.ExtraFields = map[string][]sandbox.Field{} }, `{"Mood__c":"good"}`, 400, "INVALID_FIELD", "Mood__c"},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t)
			c.set(test.rules)
			c.create("Task", test.fields).refused(test.status, test.code, test.message)
		})
	}
}

func TestMandatoryAndExtraFieldsCanBeFilled(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) {
		r.Required = []string{"Task.Region__c"}
		r.ExtraFields = map[string][]sandbox.Field{"Task": {{Name: "Mood__c", Label: "Mood", Type: "picklist", Createable: true, Nillable: true, Choices: sandbox.Choices("good")}}}
	})
	id := c.made("Task", `{"Subject":"s","Region__c":"Nord","Mood__c":"good"}`)
	if task := c.sb.Record(id); task["Region__c"] != "Nord" || task["Mood__c"] != "good" {
		t.Errorf("task %v", task)
	}
}

func TestOneClosedStatusOfSeveral(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) {
		r.TaskStatuses = []sandbox.TaskStatus{{Name: "Offen", Label: "Offen", Default: true}, {Name: "Erledigt", Label: "Erledigt", Closed: true}, {Name: "Abgebrochen", Label: "Abgebrochen", Closed: true}}
	})
	for status, closed := range map[string]bool{"Offen": false, "Erledigt": true, "Abgebrochen": true, "Completed": false} {
		id := c.made("Task", `{"Subject":"s","Status":"`+status+`"}`)
		if c.sb.Record(id)["IsClosed"] != closed {
			t.Errorf("%s: IsClosed is not %v", status, closed)
		}
	}
	if got := c.column("ApiName", "SELECT ApiName FROM TaskStatus WHERE IsClosed = true ORDER BY SortOrder"); !cmp.Equal(got, []any{"Erledigt", "Abgebrochen"}) {
		t.Errorf("closed statuses %v", got)
	}
}

func TestReadUpdateDelete(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	id := c.made("Task", `{"Subject":"s","TaskSubtype":"Task"}`)
	path := data + "/sobjects/Task/" + id
	clock.pass(time.Minute)
	if resp := c.do("PATCH", path, `{"Subject":"t","Status":"Completed"}`).want(http.StatusNoContent); resp.body != "" {
		t.Errorf("an update answered %q", resp.body)
	}
	task := c.do("GET", path+"?fields=Id,Subject,IsClosed,LastModifiedDate", "").want(http.StatusOK).object()
	want := map[string]any{
		"attributes": map[string]any{"type": "Task", "url": path}, "Id": id, "Subject": "t", "IsClosed": true,
		"LastModifiedDate": "2026-11-22T09:01:00.000+0000",
	}
	if diff := cmp.Diff(want, task); diff != "" {
		t.Error(diff)
	}
	if full := c.do("GET", path, "").object(); full["Description"] != nil || len(full) < 30 {
		t.Errorf("a full read gave %d fields", len(full))
	}
	c.do("PATCH", path, `{"TaskSubtype":"Call"}`).refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "TaskSubtype")
	c.do("PATCH", path, `{"Status":null}`).refused(400, "REQUIRED_FIELD_MISSING", "Status")
	c.with("If-Unmodified-Since", "Sun, 22 Nov 2026 09:00:30 GMT").do("PATCH", path, `{"Subject":"u"}`).want(http.StatusPreconditionFailed)
	c.with("If-Unmodified-Since", "Sun, 22 Nov 2026 09:01:00 GMT").do("DELETE", path, "").want(http.StatusNoContent)
	c.do("DELETE", path, "").refused(http.StatusNotFound, "ENTITY_IS_DELETED", "entity is deleted")
	c.do("GET", path, "").refused(http.StatusNotFound, "ENTITY_IS_DELETED", "")
	c.do("GET", data+"/sobjects/Task/00T5g0000000099EAA", "").refused(http.StatusNotFound, "NOT_FOUND", "")
	c.do("GET", data+"/sobjects/Task/nonsense", "").refused(http.StatusNotFound, "NOT_FOUND", "external ID field")
	c.do("GET", data+"/sobjects/Nonsense/"+id, "").refused(http.StatusNotFound, "NOT_FOUND", "")
}

func TestProtectedRecordsCannotBeChanged(t *testing.T) {
	c := start(t)
	id := c.made("Task", `{"Subject":"s"}`)
	c.sb.Protect(id)
	c.do("PATCH", data+"/sobjects/Task/"+id, `{"Subject":"t"}`).refused(400, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights")
}

func TestTasksOfAnotherLogger(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	robot := c.sb.AddUser("robot@acme.example", "Inbox", "Robot")
	id := insert(t, c.sb, "Task", map[string]any{
		"Subject": "Email: Brochure", "TaskSubtype": "Email", "CreatedById": robot, "CreatedDate": clock.now.Add(-time.Hour),
	})
	c.made("Task", `{"Subject":"ours","CallObject":"fieldpost:1"}`)
	rows := c.query("SELECT Id, Subject, CreatedDate, CreatedById, TaskSubtype, CallObject FROM Task WHERE OwnerId = '" + c.sb.Rep().ID +
		"' AND CreatedDate >= 2026-11-22T07:30:00Z AND CreatedDate < 2026-11-22T09:00:00Z").want(http.StatusOK).records()
	want := []map[string]any{{
		"attributes": map[string]any{"type": "Task", "url": data + "/sobjects/Task/" + id}, "Id": id, "Subject": "Email: Brochure",
		"CreatedDate": "2026-11-22T08:00:00.000+0000", "CreatedById": robot, "TaskSubtype": "Email", "CallObject": nil,
	}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestOwnersThatAreNoPeople(t *testing.T) {
	c := start(t)
	queue := insert(t, c.sb, "Group", map[string]any{"Name": "Inbox", "Type": "Queue"})
	c.made("Task", `{"Subject":"s","OwnerId":"`+queue+`"}`)
	calendar := insert(t, c.sb, "Calendar", map[string]any{"Name": "Showroom"})
	const meeting = `{"Subject":"s","StartDateTime":"2026-11-22T13:00:00Z","DurationInMinutes":45,"OwnerId":"`
	id := c.made("Event", meeting+calendar+`"}`)
	if got := c.column("OwnerId", "SELECT OwnerId FROM Event WHERE Id = '"+id+"'"); !cmp.Equal(got, []any{calendar}) {
		t.Errorf("owner %v", got)
	}
	own := insert(t, c.sb, "Calendar", map[string]any{"Name": "Bo's", "Type": "User"})
	c.create("Event", meeting+own+`"}`).refused(400, "FIELD_INTEGRITY_EXCEPTION", "Assigned To ID")
}
