package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"fieldpost/sfclient/sandbox"
)

func TestAFaultStrikesWhatItIsMeantFor(t *testing.T) {
	c := start(t)
	c.sb.Inject(sandbox.ServerError().On(sandbox.Create).Times(2))
	c.get("/limits").want(http.StatusOK)
	c.create("Task", `{"Subject":"s"}`).refused(500, "UNKNOWN_EXCEPTION", "")
	c.create("Task", `{"Subject":"s"}`).want(500)
	c.made("Task", `{"Subject":"s"}`)
	remove := c.sb.Inject(sandbox.Maintenance())
	c.get("/limits").refused(503, "SERVER_UNAVAILABLE", "")
	remove()
	c.get("/limits").want(http.StatusOK)
	c.sb.Inject(sandbox.NoRoute())
	c.get("/limits").want(420)
	c.sb.ClearFaults()
	c.get("/limits").want(http.StatusOK)
}

func TestADroppedConnectionBeforeAndAfterTheCommit(t *testing.T) {
	c := start(t)
	for _, test := range []struct {
		fault sandbox.Fault
		tasks int
	}{
		{sandbox.Drop(), 0}, {sandbox.Drop().AfterCommit(), 1}, {sandbox.CutAnswer(), 2}, {sandbox.HTML(502).AfterCommit(), 3}, {sandbox.HTML(503), 3},
	} {
		c.sb.Inject(test.fault.On(sandbox.Create).Times(1))
		resp, err := c.try("POST", data+"/sobjects/Task", `{"Subject":"s"}`)
		if err == nil && json.Valid([]byte(resp.body)) {
			t.Errorf("an answer came: %s", resp.body)
		}
		if n := len(c.sb.Records("Task")); n != test.tasks {
			t.Errorf("%d tasks, want %d", n, test.tasks)
		}
	}
	calls := c.sb.CallsFor(sandbox.Create)
	if len(calls) != 5 || calls[0].Status != 0 || calls[3].Status != 502 {
		t.Errorf("calls %+v", calls)
	}
}

func TestALostTokenAnswerAfterRotation(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) { r.RotateRefresh = true })
	refresh := c.signIn()
	c.sb.Inject(sandbox.Drop().AfterCommit().On(sandbox.Token).Times(1))
	form := c.with("Content-Type", "application/x-www-form-urlencoded")
	if _, err := form.try("POST", "/services/oauth2/token", "grant_type=refresh_token&client_id=KEY&refresh_token="+refresh); err == nil {
		t.Error("an answer came")
	}
	c.refresh(refresh).oauthError("invalid_grant", "expired access/refresh token")
}

func TestPagesOfTheEdge(t *testing.T) {
	c := start(t)
	for _, test := range []struct {
		fault  sandbox.Fault
		status int
	}{{sandbox.HTML(502), 502}, {sandbox.HTML(407), 407}, {sandbox.CaptivePortal(), 200}, {sandbox.Empty(504), 504}} {
		remove := c.sb.Inject(test.fault)
		resp := c.get("/limits").want(test.status)
		if json.Valid([]byte(resp.body)) || strings.Contains(resp.header.Get("Content-Type"), "json") {
			t.Errorf("%d: %s", test.status, resp.body)
		}
		remove()
	}
}

func TestRowsFailOneByOne(t *testing.T) {
	c := start(t)
	c.sb.Inject(sandbox.LockRow().Times(2))
	rows := c.do("POST", many, records(false, task(`"Subject":"1"`), task(`"Subject":"2"`), task(`"Subject":"3"`))).want(http.StatusOK).list()
	if rows[0]["success"] != false || rows[1]["success"] != false || rows[2]["success"] != true {
		t.Errorf("rows %v", rows)
	}
	c.sb.Inject(sandbox.LockRow().Times(1))
	c.create("Task", `{"Subject":"s"}`).refused(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
	c.sb.Inject(sandbox.StorageFull())
	c.create("Task", `{"Subject":"s"}`).refused(400, "STORAGE_LIMIT_EXCEEDED", "")
	id := c.sb.Records("Task")[0]["Id"].(string)
	c.do("PATCH", data+"/sobjects/Task/"+id, `{"Subject":"t"}`).want(http.StatusNoContent)
	c.sb.ClearFaults()
	c.sb.Inject(sandbox.DuplicateRule())
	c.create("Contact", `{"LastName":"A"}`).refused(400, "DUPLICATES_DETECTED", "")
	c.sb.ClearFaults()
	c.sb.Inject(sandbox.RefuseRow("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id").On(sandbox.Delete))
	c.do("DELETE", data+"/sobjects/Task/"+id, "").refused(400, "INSUFFICIENT_ACCESS_OR_READONLY", "")
}

func TestSignInTroubles(t *testing.T) {
	c := start(t)
	refresh := c.signIn()
	for _, test := range []struct {
		fault       sandbox.Fault
		code        string
		onAuthorize bool
	}{
		{sandbox.AppBlocked(), "OAUTH_APP_BLOCKED", true},
		{sandbox.AppNotInstalled(), "invalid_client", true},
		{sandbox.RefuseSignIn("OAUTH_APPROVAL_ERROR_GENERIC", "unexpected error"), "OAUTH_APPROVAL_ERROR_GENERIC", true},
		{sandbox.IPRestricted(), "invalid_grant", false},
		{sandbox.DeadGrant(), "invalid_grant", false},
		{sandbox.RefuseSignIn("rate_limit_exceeded", "").On(sandbox.Token), "rate_limit_exceeded", false},
	} {
		remove := c.sb.Inject(test.fault)
		if test.onAuthorize {
			if back := c.authorize(); back.Get("error") != test.code || back.Get("state") != "st" {
				t.Errorf("sent back with %v, want %s", back, test.code)
			}
		} else {
			c.refresh(refresh).oauthError(test.code, "")
		}
		remove()
	}
	for _, test := range []struct {
		fault  sandbox.Fault
		status int
		code   string
	}{
		{sandbox.APIDisabledForOrg(), 403, "API_DISABLED_FOR_ORG"},
		{sandbox.APIDisabledForUser(), 403, "API_CURRENTLY_DISABLED"},
		{sandbox.NotForREST(), 401, "INVALID_SESSION_ID"},
		{sandbox.NotAttached(), 401, "INVALID_SESSION_ID"},
		{sandbox.ConcurrentLimit(), 403, "REQUEST_LIMIT_EXCEEDED"},
	} {
		remove := c.sb.Inject(test.fault)
		c.get("/limits").refused(test.status, test.code, "")
		remove()
	}
}

func TestTheLogHoldsNoToken(t *testing.T) {
	c := start(t)
	refresh := c.signIn()
	c.refresh(refresh)
	c.do("GET", "/id/"+c.sb.Org().ID+"/"+c.sb.Rep().ID+"?oauth_token="+c.token, "")
	c.query("SELECT Id FROM Task")
	calls := c.sb.Calls()
	text, err := json.Marshal(calls)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), c.token) || strings.Contains(string(text), refresh) || strings.Contains(string(text), "Bearer") {
		t.Errorf("the log holds a token: %s", text)
	}
	last := calls[len(calls)-1]
	if last.Purpose != sandbox.Query || last.SOQL != "SELECT Id FROM Task" || last.UserID != c.sb.Rep().ID || last.Status != 200 || last.TokenInURL {
		t.Errorf("last call %+v", last)
	}
	if !calls[len(calls)-2].TokenInURL {
		t.Error("a token in the URL was not noticed")
	}
	c.sb.ResetCalls()
	if len(c.sb.Calls()) != 0 {
		t.Error("the log was not emptied")
	}
}
