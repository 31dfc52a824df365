package config

import (
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"fieldpost/daemon/words"

	"github.com/google/go-cmp/cmp"
)

// contract is the table of CONTRACT.md section 3, defaults as JSON.
var contract = []struct{ key, builtIn string }{
	{"salesforce.login_url", `"https://login.salesforce.com"`},
	{"salesforce.client_id", `""`},
	{"salesforce.redirect_ports", `[17170,27170,37170]`},
	{"salesforce.api_version", `"66.0"`},
	{"salesforce.key_field", `"fieldpost_Key__c"`},
	{"access.groups", `[]`},
	{"contacts.scope", `"all"`},
	{"contacts.where", `""`},
	{"leads.where", `""`},
	{"related_to.objects", `["Account","Opportunity"]`},
	{"share.types", `{"email":["Showpad Email","Email"],"link":["Showpad Share"],"space":["Shared Space"]}`},
	{"share.fields", `{}`},
	{"meeting.type", `"Meeting"`},
	{"meeting.on_cancel", `"mark"`},
	{"meeting.fields", `{}`},
	{"mail.history", `"keep"`},
	{"mail.signature", `"keep"`},
	{"people.multiple", `true`},
	{"privacy.exclude", `[]`},
	{"privacy.internal", `false`},
	{"privacy.body", `"full"`},
	{"web.listen", `"127.0.0.1:7411"`},
	{"web.allowed_origins", `["https://*.showpad.biz"]`},
	{"inbox.path", `"/h/Inbox"`},
	{"inbox.keep", `"7d"`},
	{"network.proxy", `"system"`},
	{"retention.delivered", `"30d"`},
	{"security.recovery_recipient", `""`},
	{"keychain.backend", `"system"`},
	{"ui.language", `"auto"`},
	{"notify.enabled", `true`},
	{"log.level", `"info"`},
}

func TestEverySettingOfTheContractIsThereWithItsDefault(t *testing.T) {
	var want []string
	for _, line := range contract {
		want = append(want, line.key)
	}
	if diff := cmp.Diff(want, Keys()); diff != "" {
		t.Fatal(diff)
	}
	c := mustLoad(t, Inputs{Paths: Paths{ConfigFile: "/nowhere/config.toml", Inbox: "/h/Inbox"}})
	for i, item := range c.List(words.In("en"), nil) {
		value, err := json.Marshal(item.Value)
		if err != nil || string(value) != contract[i].builtIn || item.Source != FromDefault || item.Locked {
			t.Errorf("%s is %s, want %s (%v)", item.Key, value, contract[i].builtIn, err)
		}
	}
}

func TestEveryDefaultIsAllowedAndComesBackFromItsText(t *testing.T) {
	for _, row := range table(Paths{Inbox: "/h/Inbox"}) {
		again, err := row.parse(Text(row.builtIn))
		if err != nil {
			t.Errorf("%s does not take its own default: %v", row.key, err)
			continue
		}
		if diff := cmp.Diff(toJSON(row.builtIn), toJSON(again)); diff != "" {
			t.Errorf("%s: %s", row.key, diff)
		}
	}
}

func TestEverySettingIsExplainedInEachLanguage(t *testing.T) {
	for _, lang := range words.Languages {
		p := words.In(lang)
		for _, row := range table(Paths{}) {
			keys := []string{"setting." + row.key + ".label", "setting." + row.key + ".help", "setting.rule." + row.rule}
			if row.closed {
				for _, choice := range row.choices {
					keys = append(keys, "setting."+row.key+".choice."+choice)
				}
			}
			for _, key := range keys {
				if !p.Has(key) {
					t.Errorf("%s has no %s", lang, key)
				}
			}
		}
	}
}

func TestEveryErrorHasWordsInEachLanguage(t *testing.T) {
	codes := []string{CodeUnknown, CodeForm, CodeValue, CodeLocked, CodeSyntax, CodeUnreadable, CodeUnwritable, CodeNoHome, "policy_kept", "policy_broken"}
	for _, lang := range words.Languages {
		for _, code := range codes {
			for _, part := range []string{".title", ".detail", ".remedy"} {
				if key := "problem." + code + part; !words.In(lang).Has(key) {
					t.Errorf("%s has no %s", lang, key)
				}
			}
		}
		if !words.In(lang).Has("setting.rule.keys") {
			t.Errorf("%s has no rule for locked", lang)
		}
	}
}

// The list of CONTRACT.md section 4, GET /v1/settings.
func TestSettingsThatTakeOneOfAListOfferChoices(t *testing.T) {
	c := load(t, "", "")
	var with []string
	for _, item := range c.List(english, nil) {
		if len(item.Choices) > 0 {
			with = append(with, item.Key)
		}
	}
	for _, key := range []string{"related_to.objects", "share.types", "contacts.scope", "privacy.body", "meeting.on_cancel", "keychain.backend", "ui.language"} {
		if !slices.Contains(with, key) {
			t.Errorf("%s offers none", key)
		}
	}
	if got := get(t, c, "contacts.scope").Choices[1]; got.Value != "own" || got.Label != "Only my own" {
		t.Errorf("%+v", got)
	}
}

func TestTheOrgsChoicesReplaceTheBuiltInOffer(t *testing.T) {
	c := load(t, "", "")
	org := Choices{"related_to.objects": {{Value: "Case", Label: "Case", UnavailableBecause: "you may not see it"}}}
	item, err := c.Get(english, "related_to.objects", org)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(org["related_to.objects"], item.Choices); diff != "" {
		t.Error(diff)
	}
}

func TestValuesReachTheProgramTyped(t *testing.T) {
	c := load(t, "", `
[salesforce]
login_url = "ACME.my.salesforce.com/"
redirect_ports = [1, 2]
api_version = 62.0
[meeting]
type = ["Visit", "Meeting"]
fields = { Region__c = "North", Count__c = 3, Rate__c = 1.5, Flag__c = true }
[inbox]
path = "~/Drop/In"
keep = 0
[retention]
delivered = "36h"
[log]
level = "debug"
`)
	s := c.Settings()
	if s.Salesforce.LoginURL != "https://acme.my.salesforce.com" || s.Salesforce.APIVersion != "62.0" || !slices.Equal(s.Salesforce.RedirectPorts, []int{1, 2}) {
		t.Errorf("%+v", s.Salesforce)
	}
	if diff := cmp.Diff(map[string]any{"Region__c": "North", "Count__c": int64(3), "Rate__c": 1.5, "Flag__c": true}, s.Meeting.Fields); diff != "" {
		t.Error(diff)
	}
	drop := c.Paths().UserHome + "/Drop/"
	if s.Inbox.Path != drop+"In" || s.Inbox.Done != drop+"Done" || s.Inbox.Rejected != drop+"Rejected" || s.Inbox.Keep != 0 {
		t.Errorf("%+v", s.Inbox)
	}
	if s.Retention.Delivered != 36*time.Hour || s.Log.Level != slog.LevelDebug || !slices.Equal(s.Meeting.Type, []string{"Visit", "Meeting"}) {
		t.Errorf("%+v %+v %+v", s.Retention, s.Log, s.Meeting)
	}
	if got := get(t, c, "retention.delivered").Value; got != "36h" {
		t.Errorf("shown as %v, not as written", got)
	}
}

func TestAnErrorIsToldByWhatItIsAbout(t *testing.T) {
	asked := unknown(table(Paths{}), FromRequest, "contacts.scop")
	inFile := unknown(table(Paths{}), FromFile, "contacts.scop")
	folder := &Error{Code: CodeUnwritable, File: "/home/ana", Folder: true, Err: errors.New("no")}
	for _, lang := range words.Languages {
		p := words.In(lang)
		told := asked.Explain(p)
		if !strings.Contains(told.Detail, "contacts.scope") || strings.Contains(told.Detail+told.Remedy, p.Text("setting.where.request")) {
			t.Errorf("%s: a key asked for is told as %+v", lang, told)
		}
		if told := inFile.Explain(p); !strings.Contains(told.Remedy, "contacts.scope") || told.Detail == asked.Explain(p).Detail {
			t.Errorf("%s: a key in a file is told as %+v", lang, told)
		}
		if told := folder.Explain(p); !strings.Contains(told.Title, "/home/ana") || !strings.Contains(told.Remedy, "--home") {
			t.Errorf("%s: a folder is told as %+v", lang, told)
		}
	}
}
