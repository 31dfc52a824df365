package doctor

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/config"
	"fieldpost/daemon/crm"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/sfclient"
)

// org is one that has all that fieldpost likes; change takes something away.
func org(change ...func(*Org)) Findings {
	object := func() crm.Object {
		return crm.Object{Seen: true, Createable: true, Updateable: true, Fields: map[string]crm.Field{
			"Subject": {Createable: true}, "TaskWhoIds": {Createable: true}, "EventWhoIds": {Createable: true},
			"Type":   {Createable: true, Values: []crm.Value{{Value: "showpad email"}, {Value: "Showpad Share"}, {Value: "Shared Space"}, {Value: "Meeting"}}},
			"WhatId": {Createable: true, ReferenceTo: []string{"Account", "Opportunity"}},
			"K__c":   {Createable: true, Key: true},
		}}
	}
	facts := &crm.Facts{
		ReadAt: time.Now(), Task: object(), Event: object(), KeyField: "K__c", Edition: "Enterprise Edition",
		Labels:     map[string]string{"Contact": "Contact", "Lead": "Piste", "Account": "Compte", "Opportunity": "Opportunité"},
		Searchable: []string{"Account", "Opportunity"},
		Allowances: map[string]sfclient.Limit{crm.DailyRequests: {Max: 100, Remaining: 60}},
	}
	o := Org{Facts: facts, Access: crm.AccessGranted, Live: &Live{Origins: []string{"https://*.showpad.biz"}}}
	o.Settings.Salesforce.KeyField = "K__c"
	o.Settings.RelatedTo.Objects = []string{"Account", "Opportunity"}
	o.Settings.Share.Types = map[string][]string{"email": {"Showpad Email"}, "link": {"Showpad Share"}}
	o.Settings.Meeting.Type = []string{"Meeting"}
	o.Settings.Web.AllowedOrigins = []string{"https://*.showpad.biz", "http://localhost:3000"}
	for _, c := range change {
		c(&o)
	}
	return Findings{Account: Account{SignedIn: true, Username: "ana", SkewKnown: true}, Org: o, Laptop: Laptop{Service: "running"}}
}

func account(change func(*Account)) Findings {
	f := org()
	change(&f.Account)
	return f
}

func connection(code string, who outbox.Who) Findings {
	return account(func(a *Account) { a.Connection = &outbox.Problem{Code: code, Who: who} })
}

func find(checks []Check, code string) []Check {
	return slices.DeleteFunc(slices.Clone(checks), func(c Check) bool { return c.Code != code })
}

func TestAGoodOrgHasNothingToMend(t *testing.T) {
	for _, c := range Examine(org()) {
		if c.Result != OK && !(c.Result == Skipped && c.Code == "proxy") {
			t.Errorf("%s is %s %v", c.Code, c.Result, c.Args)
		}
	}
}

// TestEachTroubleHasItsCheck walks the seed's requirements and troubleshooting, and what
// else keeps an activity from Salesforce.
func TestEachTroubleHasItsCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		found  Findings
		code   string
		result Result
		who    outbox.Who
	}{
		{"the API is off for the org", connection("API_DISABLED_FOR_ORG", outbox.Admin), "api_access", Failed, outbox.Admin},
		{"the user lacks API Enabled", connection("API_CURRENTLY_DISABLED", outbox.Admin), "api_access", Failed, outbox.Admin},
		{"the app is blocked", connection("app_blocked", outbox.Admin), "app", Failed, outbox.Admin},
		{"the app is not installed, seen at the sign-in", account(func(a *Account) {
			a.SignedIn, a.SignIn = false, &outbox.Problem{Code: "app_not_installed", Who: outbox.Admin}
		}), "app", Failed, outbox.Admin},
		{"the app is not pre-authorised", connection("app_not_approved", outbox.Admin), "app", Failed, outbox.Admin},
		{"the network is not allowed", connection("ip_restricted", outbox.Admin), "ip_restrictions", Failed, outbox.Admin},
		{"the app's policy refuses the session", connection("session_not_allowed", outbox.Admin), "ip_restrictions", Failed, outbox.Admin},
		{"the refresh token is dead", connection("sign_in_expired", outbox.You), "refresh_policy", Failed, outbox.You},
		{"sessions are locked to an address", connection("session_refused", outbox.Admin), "session_lock", Failed, outbox.Admin},
		{"a lock was seen and cured", account(func(a *Account) { a.LockSeen = time.Now() }), "session_lock", Warning, outbox.Admin},
		{"a hotel's page", connection("captive_portal", outbox.You), "captive_portal", Failed, outbox.You},
		{"a proxy refuses", connection("proxy", outbox.Admin), "proxy", Failed, outbox.Admin},
		{"a proxy wants a password", connection("proxy_password", outbox.You), "proxy", Failed, outbox.You},
		{"a proxy wants Kerberos", connection("proxy_sign_in", outbox.Admin), "proxy", Failed, outbox.Admin},
		{"a proxy script", account(func(a *Account) { a.ProxyLeftOut = "GNOME" }), "proxy_left_out", Warning, outbox.You},
		{"traffic is inspected", connection("certificate", outbox.Admin), "certificate", Failed, outbox.Admin},
		{"the clock is off", account(func(a *Account) { a.Skew = -20 * time.Minute }), "clock", Warning, outbox.You},
		{"nobody is signed in", account(func(a *Account) { a.SignedIn = false }), "sign_in", Failed, outbox.You},

		{"an edition without the API", org(func(o *Org) { o.Facts.Edition = "Professional Edition" }), "edition", Warning, outbox.Admin},
		{"outside the groups", org(func(o *Org) { o.Settings.Access.Groups, o.Access = []string{"x"}, crm.AccessDenied }), "access", Failed, outbox.Admin},
		{"groups that cannot be read", org(func(o *Org) { o.Settings.Access.Groups, o.Access = []string{"x"}, crm.AccessUnknown }), "access", Failed, outbox.Admin},
		{"no Task", org(func(o *Org) { o.Facts.Task = crm.Object{} }), "tasks", Failed, outbox.Admin},
		{"Task to read only", org(func(o *Org) { o.Facts.Task.Createable = false }), "tasks", Failed, outbox.Admin},
		{"Task without editing", org(func(o *Org) { o.Facts.Task.Updateable = false }), "tasks", Warning, outbox.Admin},
		{"no Event", org(func(o *Org) { o.Facts.Event = crm.Object{} }), "events", Failed, outbox.Admin},
		{"no leads", org(func(o *Org) { delete(o.Facts.Labels, "Lead") }), "object", Warning, outbox.Admin},
		{"an object that lost Allow Activities", org(func(o *Org) { o.Settings.RelatedTo.Objects = []string{"Account", "Visit__c"} }), "related_object", Warning, outbox.Admin},
		{"no key field", org(func(o *Org) { o.Facts.KeyField = "" }), "key_field", Warning, outbox.Admin},
		{"a Task Type that is missing", org(func(o *Org) { o.Settings.Share.Types["space"] = []string{"Nowhere"} }), "task_type", Warning, outbox.Admin},
		{"an Event Type that is missing", org(func(o *Org) { o.Settings.Meeting.Type = []string{"Nowhere"} }), "event_type", Warning, outbox.Admin},
		{"Type is hidden", org(func(o *Org) { delete(o.Facts.Task.Fields, "Type") }), "task_type", Warning, outbox.Admin},
		{"one contact only", org(func(o *Org) { delete(o.Facts.Task.Fields, "TaskWhoIds") }), "shared_activities", Warning, outbox.Admin},
		{"a constant that may not be written", org(func(o *Org) { o.Settings.Share.Fields = map[string]any{"Nope__c": "x"} }), "constant", Warning, outbox.Admin},
		{"a required field that nothing fills", org(func(o *Org) {
			o.Facts.Task.Fields["Region__c"] = crm.Field{Label: "Region", Createable: true, Required: true}
		}), "required_field", Failed, outbox.Admin},
		{"a condition that cannot be followed", org(func(o *Org) { o.Condition = &outbox.Problem{Code: "condition_refused", Who: outbox.Admin} }), "conditions", Failed, outbox.Admin},
		{"leads left out", org(func(o *Org) { o.LeadsLeftOut = true }), "leads", Warning, outbox.Admin},
		{"the allowance nearly used", org(func(o *Org) { o.Facts.Allowances[crm.DailyRequests] = sfclient.Limit{Max: 100, Remaining: 5} }), "allowance", Warning, outbox.Wait},
		{"no CORS entry", org(func(o *Org) { o.Live.Origins = []string{"https://other.example"} }), "cors", Warning, outbox.Admin},
		{"CORS that cannot be verified", org(func(o *Org) { o.Live.Origins = nil }), "cors_unverified", Warning, outbox.Admin},
		{"another logger", org(func(o *Org) { o.Live.Alike = []string{"00T1", "00T2", "00T3", "00T4"} }), "other_logger", Warning, outbox.Admin},

		{"the service keeps failing beside it", Findings{Laptop: Laptop{Service: "crash_looping"}}, "service", Warning, outbox.You},
		{"the service is not installed", Findings{Laptop: Laptop{Service: "not_installed"}}, "service", Warning, outbox.You},
		{"the disk is full", Findings{Laptop: Laptop{DiskFull: true}}, "disk", Failed, outbox.You},
		{"the drop folder is gone", Findings{Laptop: Laptop{InboxMissing: true}}, "inbox", Failed, outbox.You},
		{"another port", Findings{Laptop: Laptop{WantedAddress: "127.0.0.1:7411", Address: "127.0.0.1:7412"}}, "port", Warning, outbox.You},
		{"the keychain is locked", Findings{Laptop: Laptop{Keychain: &outbox.Problem{Code: "keychain_locked", Who: outbox.You}}}, "keychain", Failed, outbox.You},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := find(Examine(c.found), c.code)
			if len(found) == 0 || found[0].Result != c.result || found[0].Who != c.who {
				t.Fatalf("%s: %+v", c.code, found)
			}
			for _, lang := range words.Languages {
				told := found[0].Tell(words.In(lang))
				if told.Title == "" || told.Remedy == "" || strings.Contains(told.Title, "doctor.") {
					t.Errorf("%s: told as %+v", lang, told)
				}
			}
		})
	}
}

func TestAStarInTheOrgsCORSListCoversItsSites(t *testing.T) {
	for origin, want := range map[string]string{
		"https://acme.showpad.biz": "ok", "https://*.showpad.biz": "ok", "https://showpad.biz.evil": "warning", "https://showpad.biz": "warning",
	} {
		f := org(func(o *Org) { o.Settings.Web.AllowedOrigins = []string{origin} })
		if got := find(Examine(f), "cors")[0].Result; string(got) != want {
			t.Errorf("%s is %s, want %s", origin, got, want)
		}
	}
}

func TestEachCheckIsToldInEachLanguageWithoutAGap(t *testing.T) {
	nobody := Findings{Org: Org{Settings: config.Settings{}}}
	offline := org(func(o *Org) { o.Live, o.Facts.Allowances, o.Facts.Edition = nil, nil, "" })
	offline.Account = Account{}
	for _, f := range []Findings{org(), nobody, offline} {
		for _, c := range Examine(f) {
			for _, lang := range words.Languages {
				told := c.Tell(words.In(lang))
				if told.Title == "" || strings.Contains(told.Title, "doctor.") || strings.ContainsAny(told.Title+told.Detail+told.Remedy, "{}") {
					t.Errorf("%s: %s %s is told as %+v", lang, c.Code, c.Result, told)
				}
			}
		}
	}
}
