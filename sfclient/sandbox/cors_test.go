package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

func TestOriginsOfTheAllowList(t *testing.T) {
	c := start(t)
	for origin, allowed := range map[string]bool{
		"https://acme.showpad.biz": true, "https://a.b.showpad.biz": true, "http://acme.showpad.biz": false,
		"https://showpad.biz": false, "https://evilshowpad.biz": false, "https://acme.showpad.biz.evil": false,
		"https://evil/.showpad.biz": false, "null": false,
	} {
		resp := c.with("Origin", origin).get("/limits")
		if allowed && (resp.status != http.StatusOK || resp.header.Get("Access-Control-Allow-Origin") != origin) {
			t.Errorf("%s: %d %v", origin, resp.status, resp.header)
		}
		if !allowed && (resp.status != http.StatusForbidden || resp.header.Get("Access-Control-Allow-Origin") != "") {
			t.Errorf("%s: %d %v", origin, resp.status, resp.header)
		}
	}
}

const corsQuery = "SELECT Id, DeveloperName, UrlPattern FROM CorsWhitelistEntry"

func TestReadingTheAllowListWantsModifyAllData(t *testing.T) {
	c := start(t)
	c.query(corsQuery).refused(400, "INVALID_TYPE", "sObject type 'CorsWhitelistEntry' is not supported.")
	c.set(func(r *sandbox.Rules) { r.CorsRefusal = sandbox.CorsForbidden })
	c.query(corsQuery).refused(403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id")
	c.set(func(r *sandbox.Rules) { r.CorsRefusal = sandbox.CorsEmpty })
	if got := c.column("UrlPattern", corsQuery); len(got) != 0 {
		t.Errorf("entries %v", got)
	}
	c.set(func(r *sandbox.Rules) { r.ModifyAllData = true })
	if got := c.column("UrlPattern", corsQuery); !cmp.Equal(got, []any{"https://*.showpad.biz"}) {
		t.Errorf("entries %v", got)
	}
}

func TestTheAllowListIsWhatTheRulesSay(t *testing.T) {
	c := start(t)
	c.set(func(r *sandbox.Rules) {
		r.ModifyAllData, r.CorsOrigins = true, []string{"https://crm.example", "https://*.acme.example"}
	})
	if got := c.column("UrlPattern", corsQuery); !cmp.Equal(got, []any{"https://crm.example", "https://*.acme.example"}) {
		t.Errorf("entries %v", got)
	}
	c.with("Origin", "https://crm.example").get("/limits").want(http.StatusOK)
	c.with("Origin", "https://acme.showpad.biz").get("/limits").want(http.StatusForbidden)
}

func TestTheProbeNeedsNoRightOnWhatItAsksFor(t *testing.T) {
	c := start(t).with("Origin", "https://acme.showpad.biz")
	c.set(func(r *sandbox.Rules) { r.LimitsHidden = true })
	resp := c.get("/limits")
	resp.refused(http.StatusForbidden, "INSUFFICIENT_ACCESS", "")
	if resp.header.Get("Access-Control-Allow-Origin") != "https://acme.showpad.biz" {
		t.Errorf("header %v", resp.header)
	}
}
