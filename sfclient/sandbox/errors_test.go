package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"fieldpost/sfclient/sandbox"
)

// An errorCase brings an org to refuse a call. The call is a new task unless the
// case makes another.
type errorCase struct {
	rules         func(*sandbox.Rules)
	fault         *sandbox.Fault
	call          func(*caller) *response
	status        int
	code, message string
}

func faulty(f sandbox.Fault) *sandbox.Fault { return &f }

func creating(fields string) func(*caller) *response {
	return func(c *caller) *response { return c.create("Task", fields) }
}

func querying(soql string) func(*caller) *response {
	return func(c *caller) *response { return c.query(soql) }
}

// byNobody calls with a token that the org does not know.
func byNobody(c *caller) *response {
	c.token = "00D000000000001!dead"
	return c.get("/limits")
}

// deletedTwice deletes a task that is already gone.
func deletedTwice(c *caller) *response {
	path := data + "/sobjects/Task/" + c.made("Task", `{"Subject":"s"}`)
	c.do("DELETE", path, "").want(http.StatusNoContent)
	return c.do("DELETE", path, "")
}

// guarded relates a task to a contact that the rep may see but not touch.
func guarded(c *caller) *response {
	contact := c.sb.AddContact(sandbox.Person{LastName: "A"})
	c.sb.Protect(contact)
	return c.create("Task", `{"WhoId":"`+contact+`"}`)
}

// toDeleted relates a task to a contact in the recycle bin.
func toDeleted(c *caller) *response {
	contact := c.sb.AddContact(sandbox.Person{LastName: "A"})
	if err := c.sb.Delete(contact); err != nil {
		c.t.Fatal(err)
	}
	return c.create("Task", `{"WhoId":"`+contact+`"}`)
}

func leadWithWhat(c *caller) *response {
	lead, account := c.sb.AddLead(sandbox.Person{LastName: "L", Company: "C"}), c.sb.AddAccount("A")
	return c.create("Task", `{"WhoId":"`+lead+`","WhatId":"`+account+`"}`)
}

func repeated(c *caller) *response {
	c.made("Task", `{"Subject":"s","fieldpost_Key__c":"k"}`)
	return c.create("Task", `{"Subject":"s","fieldpost_Key__c":"k"}`)
}

// TestEachErrorOfTheDataAPICanBeMet is the table of salesforce.md section 8.
func TestEachErrorOfTheDataAPICanBeMet(t *testing.T) {
	for _, test := range []errorCase{
		{call: byNobody, status: 401, code: "INVALID_SESSION_ID", message: "Session expired or invalid"},
		{fault: faulty(sandbox.NotForREST()), status: 401, code: "INVALID_SESSION_ID", message: "This session is not valid for use with the REST API"},
		{fault: faulty(sandbox.NotAttached()), status: 401, code: "INVALID_SESSION_ID", message: "Connected app is not attached to Agent"},
		{rules: func(r *sandbox.Rules) { r.AllowanceMax, r.AllowanceUsed = 1, 1 }, status: 403, code: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded."},
		{fault: faulty(sandbox.ConcurrentLimit()), status: 403, code: "REQUEST_LIMIT_EXCEEDED", message: "ConcurrentRequests Limit exceeded."},
		{fault: faulty(sandbox.Maintenance()), status: 503, code: "SERVER_UNAVAILABLE"},
		{fault: faulty(sandbox.LockRow()), status: 400, code: "UNABLE_TO_LOCK_ROW", message: "unable to obtain exclusive access to this record"},
		{fault: faulty(sandbox.Refuse(400, "QUERY_TIMEOUT", "Your query request was running for too long.").On(sandbox.Query)), call: querying("SELECT Id FROM Task"), status: 400, code: "QUERY_TIMEOUT"},
		{fault: faulty(sandbox.Refuse(400, "OPERATION_TOO_LARGE", "exceeded 100000 distinct ids").On(sandbox.Query)), call: querying("SELECT Id FROM Task"), status: 400, code: "OPERATION_TOO_LARGE"},
		{fault: faulty(sandbox.ServerError()), status: 500, code: "UNKNOWN_EXCEPTION"},
		{fault: faulty(sandbox.Refuse(503, "REQUEST_RUNNING_TOO_LONG", "Your request was running for too long.").AfterCommit()), status: 503, code: "REQUEST_RUNNING_TOO_LONG"},
		{rules: func(r *sandbox.Rules) { r.Required = []string{"Task.Region__c"} }, status: 400, code: "REQUIRED_FIELD_MISSING", message: "Required fields are missing: [Region__c]"},
		{rules: func(r *sandbox.Rules) {
			r.CheckRecord = func(string, map[string]any) string { return "Objet obligatoire" }
		}, status: 400, code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", message: "Objet obligatoire"},
		{call: leadWithWhat, status: 400, code: "FIELD_INTEGRITY_EXCEPTION", message: "cannot specify whatID with lead whoID"},
		{call: creating(`{"WhoId":"003000000000009AAA"}`), status: 400, code: "INVALID_CROSS_REFERENCE_KEY", message: "invalid cross reference id"},
		{call: guarded, status: 400, code: "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message: "insufficient access rights on cross-reference id"},
		{rules: func(r *sandbox.Rules) { r.FrozenObjects = []string{"Task"} }, status: 400, code: "INSUFFICIENT_ACCESS_OR_READONLY", message: "insufficient access rights on object id"},
		{fault: faulty(sandbox.Refuse(403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id")), status: 403, code: "INSUFFICIENT_ACCESS"},
		{call: deletedTwice, status: 404, code: "ENTITY_IS_DELETED", message: "entity is deleted"},
		{call: toDeleted, status: 400, code: "ENTITY_IS_DELETED", message: "entity is deleted"},
		{rules: func(r *sandbox.Rules) { r.HiddenObjects = []string{"Task"} }, status: 404, code: "NOT_FOUND", message: "The requested resource does not exist"},
		{call: creating(`{"TaskSubtype":"Fax"}`), status: 400, code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message: "bad value for restricted picklist field: Fax"},
		{call: creating(`{"Subject":"` + strings.Repeat("x", 256) + `"}`), status: 400, code: "STRING_TOO_LONG", message: "data value too large: "},
		{rules: func(r *sandbox.Rules) { r.Hidden = []string{"Task.Subject"} }, status: 400, code: "INVALID_FIELD", message: "No such column 'Subject' on sobject of type Task"},
		{rules: func(r *sandbox.Rules) { r.ReadOnly = []string{"Task.Subject"} }, status: 400, code: "INVALID_FIELD_FOR_INSERT_UPDATE", message: "Unable to create/update fields: Subject. Please check the security settings"},
		{rules: func(r *sandbox.Rules) { r.HiddenObjects = []string{"Lead"} }, call: querying("SELECT Id FROM Lead"), status: 400, code: "INVALID_TYPE", message: "sObject type 'Lead' is not supported."},
		{call: creating(`{"WhoId":"003"}`), status: 400, code: "MALFORMED_ID"},
		{call: creating(`{"Subject":`), status: 400, code: "JSON_PARSER_ERROR"},
		{call: querying("SELECT FROM Task"), status: 400, code: "MALFORMED_QUERY"},
		{call: querying("SELECT Id FROM Task WHERE WhoId LIKE '003%'"), status: 400, code: "INVALID_QUERY_FILTER_OPERATOR"},
		{call: repeated, status: 400, code: "DUPLICATE_VALUE", message: "duplicate value found: fieldpost_Key__c duplicates value on record with id: 00T"},
		{fault: faulty(sandbox.RefuseRow("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Count: execution of AfterInsert caused by: UNABLE_TO_LOCK_ROW")), status: 400, code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message: "UNABLE_TO_LOCK_ROW"},
		{fault: faulty(sandbox.APIDisabledForOrg()), status: 403, code: "API_DISABLED_FOR_ORG", message: "The REST API is not enabled for this Organization."},
		{fault: faulty(sandbox.APIDisabledForUser()), status: 403, code: "API_CURRENTLY_DISABLED"},
		{fault: faulty(sandbox.Refuse(403, "FUNCTIONALITY_NOT_ENABLED", "This feature is not currently enabled for this user.")), status: 403, code: "FUNCTIONALITY_NOT_ENABLED"},
		{fault: faulty(sandbox.StorageFull()), status: 400, code: "STORAGE_LIMIT_EXCEEDED"},
		{fault: faulty(sandbox.Refuse(403, "TXN_SECURITY_NO_ACCESS", "The operation you requested isn't allowed due to a security policy in your organization.")), status: 403, code: "TXN_SECURITY_NO_ACCESS"},
	} {
		t.Run(test.code+" "+test.message, func(t *testing.T) {
			c := start(t)
			if test.rules != nil {
				c.set(test.rules)
			}
			if test.fault != nil {
				c.sb.Inject(*test.fault)
			}
			call := test.call
			if call == nil {
				call = creating(`{"Subject":"s"}`)
			}
			call(c).refused(test.status, test.code, test.message)
		})
	}
}

// TestEachStatusThatIsNoRefusalOfSalesforcesCanBeMet is the end of that table:
// pages and silence of the edge, of proxies and of portals.
func TestEachStatusThatIsNoRefusalOfSalesforcesCanBeMet(t *testing.T) {
	c := start(t)
	for _, status := range []int{200, 401, 403, 407, 420, 500, 502, 503, 504} {
		for _, fault := range []sandbox.Fault{sandbox.HTML(status), sandbox.Empty(status)} {
			remove := c.sb.Inject(fault)
			if resp := c.get("/limits").want(status); strings.Contains(resp.header.Get("Content-Type"), "json") {
				t.Errorf("%d: %v %s", status, resp.header, resp.body)
			}
			remove()
		}
	}
}
