package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

func TestTheAllowanceCountsEveryCall(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) { r.AllowanceMax, r.AllowanceUsed = 20, 17 })
	if info := c.get("/sobjects").header.Get("Sforce-Limit-Info"); info != "api-usage=18/20" {
		t.Errorf("Sforce-Limit-Info %q", info)
	}
	limit := c.get("/limits").object()["DailyApiRequests"]
	if diff := cmp.Diff(map[string]any{"Max": 20.0, "Remaining": 1.0}, limit); diff != "" {
		t.Error(diff)
	}
	c.get("/nonsense").want(http.StatusNotFound)
	if resp := c.get("/sobjects/Nonsense/describe").want(http.StatusNotFound); resp.header.Get("Sforce-Limit-Info") != "api-usage=20/20" {
		t.Error("a refused call was not counted")
	}
	resp := c.create("Task", `{"Subject":"s"}`)
	resp.refused(http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
	if resp.header.Get("Sforce-Limit-Info") != "api-usage=20/20" {
		t.Error("the refusal does not tell the usage")
	}
	c.set(func(r *sandbox.Rules) { r.AllowanceUsed = 0 })
	c.made("Task", `{"Subject":"s"}`)
}

func TestTheAllowanceRolls(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	c.set(func(r *sandbox.Rules) { r.AllowanceMax, r.SessionIdle = 2, 0 })
	c.get("/recent").want(http.StatusOK)
	clock.pass(time.Hour)
	c.get("/recent").want(http.StatusOK)
	c.get("/recent").want(http.StatusForbidden)
	clock.pass(23 * time.Hour)
	if resp := c.get("/recent").want(http.StatusOK); resp.header.Get("Sforce-Limit-Info") != "api-usage=2/2" {
		t.Errorf("usage %v", resp.header)
	}
	c.get("/recent").want(http.StatusForbidden)
}

func TestTheLimitsCanBeHidden(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) { r.LimitsHidden = true })
	resp := c.get("/limits")
	resp.refused(http.StatusForbidden, "INSUFFICIENT_ACCESS", "")
	if resp.header.Get("Sforce-Limit-Info") != "api-usage=1/100000" {
		t.Errorf("usage %v", resp.header)
	}
}
