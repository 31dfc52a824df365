package sandbox_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

// people is an org with a few records that queries can tell apart.
func people(t *testing.T) *caller {
	t.Helper()
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	one, two := c.sb.AddAccount("Müller & Söhne"), c.sb.AddAccount("O'Brien \\ Co")
	other := c.sb.AddUser("bo@acme.example", "Bo", "Berg")
	c.sb.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Álvarez", Email: "ana@one.example", Account: one})
	clock.pass(24 * time.Hour)
	c.sb.AddContact(sandbox.Person{FirstName: "Ben", LastName: "Brandt", Email: "BEN@two.example", Account: two})
	c.sb.AddContact(sandbox.Person{FirstName: "Cem", LastName: "100%_sure", Account: two, Owner: other})
	c.sb.AddContact(sandbox.Person{LastName: "Dora"})
	insert(t, c.sb, "Opportunity", map[string]any{"Name": "Big", "AccountId": one, "Amount": 5000.5, "StageName": "Closed Won", "CloseDate": "2026-11-23"})
	insert(t, c.sb, "Opportunity", map[string]any{"Name": "Small", "AccountId": two, "Amount": 10, "StageName": "Proposal", "CloseDate": "2026-12-24"})
	token, _ := c.sb.Grant("")
	c.token = token
	return c
}

func TestWhere(t *testing.T) {
	c := people(t)
	for _, each := range [][2]string{
		{`Name = 'ana álvarez'`, "Álvarez"},
		{`LastName != 'Brandt'`, "Álvarez 100%_sure Dora"},
		{`LastName <> 'Brandt' AND FirstName != null`, "Álvarez 100%_sure"},
		{`FirstName = null`, "Dora"},
		{`Email = ''`, "100%_sure Dora"},
		{`Email = 'ben@TWO.example'`, "Brandt"},
		{`Email LIKE '%@one.example'`, "Álvarez"},
		{`LastName LIKE 'ÁL%'`, "Álvarez"},
		{`LastName LIKE '%\%\_s%'`, "100%_sure"},
		{`LastName LIKE '_ora'`, "Dora"},
		{`NOT LastName LIKE '%a%'`, "100%_sure"},
		{`(NOT FirstName IN ('Ana','Ben'))`, "100%_sure Dora"},
		{`FirstName IN ('ANA', 'cem')`, "Álvarez 100%_sure"},
		{`FirstName NOT IN ('Ana', 'Cem')`, "Brandt Dora"},
		{`FirstName IN (null)`, "Dora"},
		{`(FirstName = 'Ana' OR FirstName = 'Ben') AND Email != null`, "Álvarez Brandt"},
		{`FirstName = 'Ana' OR (FirstName = 'Ben' AND Email = null)`, "Álvarez"},
		{`Account.Name = 'o\'brien \\ co'`, "Brandt 100%_sure"},
		{`Contact.LastName = 'Dora'`, "Dora"},
		{`Owner.Name = 'Bo Berg'`, "100%_sure"},
		{`Account.Owner.Profile.Name = 'Standard User'`, "Álvarez Brandt 100%_sure"},
		{`AccountId IN (SELECT AccountId FROM Opportunity WHERE Amount > 100)`, "Álvarez"},
		{`AccountId NOT IN (SELECT AccountId FROM Opportunity WHERE Amount > 100)`, "Brandt 100%_sure Dora"},
		{`CreatedDate = TODAY`, "Brandt 100%_sure Dora"},
		{`CreatedDate < TODAY`, "Álvarez"},
		{`CreatedDate = YESTERDAY`, "Álvarez"},
		{`CreatedDate = LAST_N_DAYS:1`, "Álvarez Brandt 100%_sure Dora"},
		{`CreatedDate > LAST_N_DAYS:1`, ""},
		{`SystemModstamp >= 2026-11-23T09:00:00Z`, "Brandt 100%_sure Dora"},
		{`SystemModstamp > 2026-11-23T10:00:00+01:00`, ""},
		{`SystemModstamp <= 2026-11-23T08:59:59.999Z`, "Álvarez"},
		{`IsDeleted = false`, "Álvarez Brandt 100%_sure Dora"},
		{`IsDeleted != false`, ""},
		{`LastName > 'B' AND LastName < 'E'`, "Brandt Dora"},
	} {
		condition, want := each[0], each[1]
		t.Run(condition, func(t *testing.T) {
			var names []string
			for _, name := range c.column("LastName", "SELECT LastName FROM Contact WHERE "+condition) {
				names = append(names, name.(string))
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestWhereOnOtherTypes(t *testing.T) {
	c := people(t)
	for condition, want := range map[string]string{
		`Amount = 10`:                                  "Small",
		`Amount >= 10.0 AND Amount < 5000.5`:           "Small",
		`Amount IN (10, 5000.5)`:                       "Big Small",
		`Amount > -1`:                                  "Big Small",
		`IsClosed = true`:                              "Big",
		`IsWon = FALSE`:                                "Small",
		`CloseDate = 2026-11-23`:                       "Big",
		`CloseDate > 2026-11-23`:                       "Small",
		`CloseDate = THIS_MONTH`:                       "Big",
		`CloseDate = NEXT_MONTH`:                       "Small",
		`CloseDate IN (TODAY, 2026-12-24)`:             "Big Small",
		`CloseDate <= TODAY`:                           "Big",
		`StageName = 'closed won' OR StageName = null`: "Big",
	} {
		t.Run(condition, func(t *testing.T) {
			var names []string
			for _, name := range c.column("Name", "SELECT Name FROM Opportunity WHERE "+condition) {
				names = append(names, name.(string))
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestOrderLimitOffset(t *testing.T) {
	c := people(t)
	for clause, want := range map[string][]any{
		"ORDER BY FirstName":                   {"Dora", "Álvarez", "Brandt", "100%_sure"},
		"ORDER BY FirstName ASC NULLS LAST":    {"Álvarez", "Brandt", "100%_sure", "Dora"},
		"ORDER BY FirstName DESC":              {"100%_sure", "Brandt", "Álvarez", "Dora"},
		"ORDER BY FirstName DESC NULLS FIRST":  {"Dora", "100%_sure", "Brandt", "Álvarez"},
		"ORDER BY Account.Name, LastName DESC": {"Dora", "Álvarez", "Brandt", "100%_sure"},
		"order by SystemModstamp, Id limit 2":  {"Álvarez", "Brandt"},
		"ORDER BY Id DESC LIMIT 1 OFFSET 1":    {"100%_sure"},
		"LIMIT 0":                              {},
		"OFFSET 10":                            {},
	} {
		if diff := cmp.Diff(want, c.column("LastName", "SELECT LastName FROM Contact "+clause)); diff != "" {
			t.Errorf("%s: %s", clause, diff)
		}
	}
}

func TestShapeOfAResult(t *testing.T) {
	c := people(t)
	resp := c.query("SELECT Id, Account.Name, Account.Owner.Name, Email FROM Contact WHERE LastName IN ('Brandt','Dora') ORDER BY LastName")
	if !strings.HasPrefix(resp.body, `{"totalSize":2,"done":true,"records":[{"attributes":{"type":"Contact","url":"/services/data/v66.0/sobjects/Contact/`) {
		t.Errorf("body %s", resp.body)
	}
	rows := resp.records()
	for _, row := range rows {
		delete(row, "attributes")
		delete(row, "Id")
	}
	account := rows[0]["Account"].(map[string]any)
	delete(account, "attributes")
	delete(account["Owner"].(map[string]any), "attributes")
	want := []map[string]any{
		{"Account": map[string]any{"Name": `O'Brien \ Co`, "Owner": map[string]any{"Name": "Ana Ruiz"}}, "Email": "BEN@two.example"},
		{"Account": nil, "Email": nil},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestPolymorphicParents(t *testing.T) {
	c := people(t)
	lead := c.sb.AddLead(sandbox.Person{FirstName: "Lea", LastName: "Lind", Email: "lea@lind.example", Company: "Lind"})
	c.made("Task", `{"Subject":"s","WhoId":"`+lead+`"}`)
	rows := c.query("SELECT Who.Name, Who.Type, Who.Email, What.Name, Owner.Username FROM Task WHERE Who.Type = 'Lead'").records()
	who := rows[0]["Who"].(map[string]any)
	if who["Name"] != "Lea Lind" || who["Type"] != "Lead" || who["Email"] != "lea@lind.example" || rows[0]["What"] != nil {
		t.Errorf("row %v", rows[0])
	}
}

func TestChildQueries(t *testing.T) {
	c := people(t)
	rows := c.query("SELECT Name, (SELECT LastName FROM Contacts WHERE FirstName != null ORDER BY LastName DESC LIMIT 1), (SELECT Id FROM Cases) FROM Account ORDER BY Name DESC").records()
	contacts := rows[0]["Contacts"].(map[string]any)
	if contacts["totalSize"] != 1.0 || contacts["records"].([]any)[0].(map[string]any)["LastName"] != "Brandt" || rows[0]["Cases"] != nil {
		t.Errorf("rows %v", rows)
	}
}

func TestCountAndLabels(t *testing.T) {
	c := people(t)
	count := c.query("SELECT COUNT() FROM Contact WHERE Email != null").object()
	if diff := cmp.Diff(map[string]any{"totalSize": 2.0, "done": true, "records": []any{}}, count); diff != "" {
		t.Error(diff)
	}
	c.set(func(r *sandbox.Rules) { r.TaskTypes = []sandbox.Choice{{Value: "Email", Label: "E-Mail"}} })
	c.made("Task", `{"Type":"Email"}`)
	if got := c.column("Type", "SELECT toLabel(Type) FROM Task"); !cmp.Equal(got, []any{"E-Mail"}) {
		t.Errorf("label %v", got)
	}
}

func TestRefusedQueries(t *testing.T) {
	c := people(t)
	for text, want := range map[string][2]string{
		"SELECT Bogus FROM Task":                                                              {"INVALID_FIELD", "No such column 'Bogus' on entity 'Task'"},
		"SELECT Id FROM Task WHERE Bogus = 1":                                                 {"INVALID_FIELD", "No such column 'Bogus'"},
		"SELECT Id FROM Task ORDER BY Bogus":                                                  {"INVALID_FIELD", "No such column 'Bogus'"},
		"SELECT Bogus.Name FROM Task":                                                         {"INVALID_FIELD", "Didn't understand relationship 'Bogus'"},
		"SELECT Who.Department FROM Task":                                                     {"INVALID_FIELD", "No such column 'Department' on entity 'Name'"},
		"SELECT Id FROM Task WHERE Description = 'x'":                                         {"INVALID_FIELD", "field 'Description' can not be filtered in a query call"},
		"SELECT Id FROM Task WHERE Description LIKE '%x%'":                                    {"INVALID_FIELD", "field 'Description' can not be filtered in a query call"},
		"SELECT Id FROM Task ORDER BY Description":                                            {"INVALID_FIELD", "field 'Description' can not be sorted in a query call"},
		"SELECT Id FROM Bogus":                                                                {"INVALID_TYPE", "sObject type 'Bogus' is not supported."},
		"SELECT Id FROM CorsWhitelistEntry":                                                   {"INVALID_TYPE", "sObject type 'CorsWhitelistEntry' is not supported."},
		"SELECT Id FROM TaskRelation":                                                         {"INVALID_TYPE", "sObject type 'TaskRelation' is not supported."},
		"SELECT Id, (SELECT Id FROM Bogus) FROM Account":                                      {"INVALID_TYPE", "Didn't understand relationship 'Bogus'"},
		"SELECT Id FROM ScratchOrgInfo limit 1":                                               {"INVALID_TYPE", ""},
		"SELECT Id FROM Contact WHERE CreatedDate > '2026-11-22T00:00:00Z'":                   {"INVALID_FIELD", "must be of type dateTime and should not be enclosed in quotes"},
		"SELECT Id FROM Contact WHERE CreatedDate > 2026-11-22":                               {"INVALID_FIELD", "must be of type dateTime"},
		"SELECT Id FROM Opportunity WHERE CloseDate = 2026-11-22T00:00:00Z":                   {"INVALID_FIELD", "must be of type date"},
		"SELECT Id FROM Contact WHERE LastName = 5":                                           {"INVALID_FIELD", "must be of type string and should be enclosed in quotes"},
		"SELECT Id FROM Contact WHERE IsDeleted = 'false'":                                    {"INVALID_FIELD", "must be of type boolean and should not be enclosed in quotes"},
		"SELECT Id FROM Opportunity WHERE Amount = '5'":                                       {"INVALID_FIELD", "must be of type currency"},
		"SELECT Id FROM Contact WHERE OwnerId = 'me'":                                         {"INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: me"},
		"SELECT Id FROM Contact WHERE OwnerId LIKE '005%'":                                    {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on reference field"},
		"SELECT Id FROM Contact WHERE IsDeleted > false":                                      {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on boolean field"},
		"SELECT Id FROM Contact WHERE LastName > null":                                        {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator"},
		"SELECT Id FROM Contact OFFSET 2001":                                                  {"NUMBER_OUTSIDE_VALID_RANGE", "2000"},
		"SELECT Id FROM Contact WHERE FirstName = 'a' AND FirstName = 'b' OR FirstName = 'c'": {"MALFORMED_QUERY", "unexpected token: 'OR'"},
		"SELECT Id FROM Contact WHERE Id IN (SELECT Id, Name FROM Contact)":                   {"MALFORMED_QUERY", "exactly one field"},
	} {
		c.query(text).refused(http.StatusBadRequest, want[0], want[1])
	}
	if place := c.query("SELECT Id,Bogus FROM Task").list()[0]["message"].(string); !strings.HasPrefix(place, "\nSELECT Id,Bogus FROM Task\n          ^\nERROR at Row:1:Column:11\n") {
		t.Errorf("message %q", place)
	}
}

func TestPagesAreFollowedByTheirPath(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	for i := range 450 {
		c.sb.AddContact(sandbox.Person{LastName: fmt.Sprintf("P%03d", i)})
	}
	type page struct {
		TotalSize      int
		Done           bool
		NextRecordsURL *string
		Records        []map[string]any
	}
	var first, second, third page
	small := c.with("Sforce-Query-Options", "batchSize=200")
	small.query("SELECT Id FROM Contact ORDER BY LastName").want(http.StatusOK).decode(&first)
	if first.Done || first.TotalSize != 450 || len(first.Records) != 200 || !strings.HasPrefix(*first.NextRecordsURL, data+"/query/01g") || !strings.HasSuffix(*first.NextRecordsURL, "-200") {
		t.Fatalf("first page %+v", first.NextRecordsURL)
	}
	c.do("GET", *first.NextRecordsURL, "").want(http.StatusOK).decode(&second)
	c.do("GET", *second.NextRecordsURL, "").want(http.StatusOK).decode(&third)
	if !third.Done || third.NextRecordsURL != nil || len(third.Records) != 50 {
		t.Errorf("last page: done %v, %d rows", third.Done, len(third.Records))
	}
	clock.pass(16 * time.Minute)
	c.do("GET", *first.NextRecordsURL, "").refused(http.StatusBadRequest, "INVALID_QUERY_LOCATOR", "invalid query locator")
	c.do("GET", data+"/query/nonsense", "").refused(http.StatusBadRequest, "INVALID_QUERY_LOCATOR", "")
	c.set(func(r *sandbox.Rules) { r.PageSize = 100 })
	small.query("SELECT Id FROM Contact").decode(&first)
	if len(first.Records) != 100 {
		t.Errorf("the server's own page size is ignored: %d rows", len(first.Records))
	}
	c.sb.ExpireCursors()
	c.do("GET", *first.NextRecordsURL, "").want(http.StatusBadRequest)
}

func TestDeletedRecordsShowInQueryAllOnly(t *testing.T) {
	c := people(t)
	id := c.made("Task", `{"Subject":"s","fieldpost_Key__c":"k"}`)
	if err := c.sb.Delete(id); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"SELECT Id FROM Task", "SELECT Id FROM Task WHERE fieldpost_Key__c = 'k'", "SELECT Id FROM Task WHERE Id = '" + id + "'"} {
		if rows := c.query(text).records(); len(rows) != 0 {
			t.Errorf("query found %v", rows)
		}
		if rows := c.get("/queryAll?q=" + url.QueryEscape(text)).records(); len(rows) != 1 {
			t.Errorf("queryAll found %v", rows)
		}
	}
}

func TestConcealedRecordsAreNotFound(t *testing.T) {
	c := people(t)
	first := c.column("Id", "SELECT Id FROM Contact LIMIT 1")[0].(string)
	c.sb.Conceal(first)
	if n := len(c.column("Id", "SELECT Id FROM Contact")); n != 3 {
		t.Errorf("%d contacts are seen", n)
	}
	c.do("GET", data+"/sobjects/Contact/"+first, "").want(http.StatusNotFound)
	c.sb.Reveal(first)
	c.do("GET", data+"/sobjects/Contact/"+first, "").want(http.StatusOK)
}

func TestQueriesOfTheOfficialTool(t *testing.T) {
	c := people(t)
	org := c.query("SELECT Name, InstanceName, IsSandbox, TrialExpirationDate, NamespacePrefix, OrganizationType FROM Organization").want(http.StatusOK).records()
	if len(org) != 1 || org[0]["IsSandbox"] != true {
		t.Errorf("organization %v", org)
	}
	if got := c.column("Id", "SELECT Id FROM Organization"); got[0] != c.sb.Org().ID {
		t.Errorf("the org's row is %v", got)
	}
	c.get("/tooling/query?q=SELECT+Id+FROM+SandboxProcess").want(http.StatusOK)
	c.do("GET", "/services/data/v51.0/sobjects/User/"+c.sb.Rep().ID, "").want(http.StatusOK)
}

func TestColumnsNameWhatParentsAndChildrenShow(t *testing.T) {
	c := people(t)
	for query, want := range map[string][]string{
		"SELECT Id, Subject, IsClosed FROM Task":                            {"Id Id", "Subject String", "IsClosed Boolean"},
		"SELECT Email, Account.Owner.Profile.Name, Account.Id FROM Contact": {"Email String", "Account: Owner: Profile: Name String", "Account: Id Id"},
		"SELECT Who.Name, Who.Type FROM Task":                               {"Who: Name String", "Who: Type String"},
		"SELECT Name, (SELECT Id, Owner.Name FROM Contacts) FROM Account":   {"Name String", "Contacts*: Id Id", "Contacts*: Owner: Name String"},
		"SELECT COUNT() FROM Contact":                                       nil,
	} {
		answer := c.get("/query?columns=true&q=" + url.QueryEscape(query)).want(http.StatusOK).object()
		if got := columnNames(answer["columnMetadata"].([]any)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// columnNames writes each column with its type, what is joined behind its parent or,
// starred, behind what holds children.
func columnNames(list []any) []string {
	var names []string
	for _, each := range list {
		c := each.(map[string]any)
		joined := columnNames(c["joinColumns"].([]any))
		if len(joined) == 0 {
			names = append(names, fmt.Sprint(c["columnName"], " ", c["apexType"]))
		}
		for _, name := range joined {
			mark := ":"
			if c["aggregate"] == true {
				mark = "*:"
			}
			names = append(names, fmt.Sprint(c["columnName"], mark, " ", name))
		}
	}
	return names
}

func TestGroupsAndPermissionSets(t *testing.T) {
	c := start(t)
	rep := c.sb.Rep().ID
	groups := c.query("SELECT GroupId, Group.DeveloperName, Group.Name FROM GroupMember WHERE UserOrGroupId = '" + rep + "'").want(http.StatusOK).records()
	if len(groups) != 1 || groups[0]["Group"].(map[string]any)["DeveloperName"] != "Field_Sales" {
		t.Errorf("groups %v", groups)
	}
	sets := c.query("SELECT PermissionSet.Name FROM PermissionSetAssignment WHERE AssigneeId = '" + rep + "'").want(http.StatusOK).records()
	if len(sets) != 1 || sets[0]["PermissionSet"].(map[string]any)["Name"] != "fieldpost" {
		t.Errorf("permission sets %v", sets)
	}
	c.query("SELECT Id,Username,Name,IsActive,Profile.Name,UserRole.Name,TimeZoneSidKey FROM User WHERE Id='" + rep + "'").want(http.StatusOK)
}

func TestArchivedActivitiesShowInQueryAllOnly(t *testing.T) {
	c := people(t)
	id := insert(t, c.sb, "Task", map[string]any{"Subject": "s", "CallObject": "fieldpost:1", "IsArchived": true})
	const soql = "SELECT Id FROM Task WHERE CallObject = 'fieldpost:1'"
	if rows := c.query(soql).records(); len(rows) != 0 {
		t.Errorf("query found %v", rows)
	}
	if rows := c.get("/queryAll?q=" + url.QueryEscape(soql)).records(); len(rows) != 1 || rows[0]["Id"] != id {
		t.Errorf("queryAll found %v", rows)
	}
}
