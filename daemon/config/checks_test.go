package config

import (
	"errors"
	"testing"
	"time"
)

func TestWhatEachSettingTakesAndRefuses(t *testing.T) {
	const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	cases := map[string]struct{ takes, refuses []string }{
		"salesforce.login_url": {
			[]string{"https://acme.my.salesforce.com", "test.salesforce.com", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9"},
			[]string{"", "http://login.salesforce.com", "http://127.0.0.1.evil.test", "ftp://x.test", "https://a.test/path", "https://u:p@a.test", "https://a.test?x", "https://a.test#x", "https://a.test:99999", "https://a.test:", "https:// a.test", "https://"},
		},
		"salesforce.client_id":        {[]string{"", "3MVG9.x_y"}, []string{"two words"}},
		"salesforce.redirect_ports":   {[]string{"1", "1,65535", "[1, 2]"}, []string{"", "0", "65536", "1,1", "x", "[]", "1.5", "-1"}},
		"salesforce.api_version":      {[]string{"66.0", "v66.0", "66"}, []string{"", "66.1", "sixty", "1.0", "1000.0"}},
		"salesforce.key_field":        {[]string{"", "Key__c", "ns__Key__c"}, []string{"Key", "Key c__c", "1__c"}},
		"access.groups":               {[]string{"", "Sales,Field Reps"}, []string{`[""]`, "a,,b", "[1]"}},
		"contacts.scope":              {[]string{"all", "own"}, []string{"", "All", "mine"}},
		"related_to.objects":          {[]string{"", "Account,Visit__c", `["Case"]`}, []string{"Account Opportunity", "[", "Account;Case"}},
		"share.types":                 {[]string{`{}`, `{"email":"Mail"}`, `{"email":["A","B"],"link":""}`}, []string{"", "Mail", `{"fax":"x"}`, `{"email":1}`, `["a"]`}},
		"share.fields":                {[]string{`{}`, `{"A__c":"x","B":1,"C":1.5,"D":true}`}, []string{`{"A b":1}`, `{"A":null}`, `{"A":[1]}`, `{"A":{}}`, `{"A":1} {}`}},
		"meeting.type":                {[]string{"", "Visit", `["Visit","Call"]`, "a,b"}, []string{`[""]`}},
		"people.multiple":             {[]string{"true", "false"}, []string{"", "yes", "1", "TRUE"}},
		"privacy.exclude":             {[]string{"", "acme.com", "@acme.com", "a.b@acme.co.uk,münchen.de"}, []string{"acme", "@", "a@", "a b@acme.com", "*.acme.com", "acme..com", "-a.com"}},
		"mail.history":                {[]string{"keep", "cut"}, []string{"drop"}},
		"mail.signature":              {[]string{"keep", "cut"}, []string{""}},
		"privacy.body":                {[]string{"full", "none"}, []string{"half"}},
		"web.listen":                  {[]string{"127.0.0.1:7411", "[::1]:1", "localhost:0"}, []string{"", ":7411", "0.0.0.0:1", "127.0.0.1", "192.168.1.2:80", "127.0.0.1:x", "127.0.0.1:70000", "localhost.evil.test:1"}},
		"web.allowed_origins":         {[]string{"", "https://acme.com", "https://*.acme.com", "https://acme.com:8443", "http://localhost:3000"}, []string{"*", "https://*", "https://*.com", "http://acme.com", "http://*.localhost", "https://acme.com/x", "https://a*.acme.com", "https://*.*.acme.com", "null", "acme.com"}},
		"inbox.path":                  {[]string{"/srv/drop", "~/Drop", "~"}, []string{"", "drop", "./drop", "/", "~other/x"}},
		"inbox.keep":                  {[]string{"0", "7d", "12h", "1d12h", "90m"}, []string{"", "7", "-1d", "forever", "7 d", "4000d", "1h-2m", "d"}},
		"network.proxy":               {[]string{"system", "none", "http://proxy:8080", "socks5://127.0.0.1:1080", "http://u:p%40@proxy:1", "http://u@proxy"}, []string{"", "proxy:8080", "http://:p@proxy:1", "http://…@proxy:1", "u:p@proxy:1", "ftp://proxy", "http://proxy/x", "http://u:p@proxy/x", "http://u:p@", "http://p x", "http://proxy#"}},
		"security.recovery_recipient": {[]string{"", recipient}, []string{"age1x", recipient + "\n" + recipient, "ssh-rsa AAA"}},
		"log.level":                   {[]string{"debug", "info", "warn", "error"}, []string{"", "trace", "DEBUG"}},
	}
	rows := table(Paths{UserHome: "/home/ana", Inbox: "/home/ana/Fieldpost/Inbox"})
	for key, c := range cases {
		row := find(rows, key)
		for _, text := range c.takes {
			if _, err := row.parse(text); err != nil {
				t.Errorf("%s refuses %q: %v", key, text, err)
			}
		}
		for _, text := range c.refuses {
			if value, err := row.parse(text); !errors.Is(err, errForm) && !errors.Is(err, errValue) {
				t.Errorf("%s takes %q as %#v", key, text, value)
			}
		}
	}
}

func TestSpans(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "7d": 168 * time.Hour, "30d": 720 * time.Hour, "1d12h": 36 * time.Hour, "1h30m": 90 * time.Minute, "45s": 45 * time.Second,
	} {
		if got, err := ParseSpan(text); err != nil || got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
}

func FuzzSpan(f *testing.F) {
	f.Add("1d12h")
	f.Add("65535d2562047h")
	f.Fuzz(func(t *testing.T, text string) {
		if length, err := ParseSpan(text); length < 0 {
			t.Errorf("%q is %v (%v)", text, length, err)
		}
	})
}

func FuzzText(f *testing.F) {
	for _, text := range []string{"a,b", `["x"]`, `{"email":["A"]}`, `{"A__c":1e400}`, "https://*.a.b", "~/x", "age1"} {
		f.Add(text)
	}
	rows := table(Paths{UserHome: "/home/ana", Inbox: "/x"})
	f.Fuzz(func(t *testing.T, text string) {
		for i := range rows {
			value, err := rows[i].parse(text)
			if err != nil {
				continue
			}
			again, err := rows[i].parse(Text(value))
			if err != nil || Text(again) != Text(value) {
				t.Errorf("%s takes %q as %#v, but not its text %q: %v", rows[i].key, text, value, Text(value), err)
			}
		}
	})
}

func FuzzEnv(f *testing.F) {
	f.Add("FIELDPOST_WEB_LISTEN=127.0.0.1:1\nFIELDPOST_SHARE_TYPES={}\nX")
	rows := table(Paths{})
	f.Fuzz(func(t *testing.T, environ string) {
		_, err := readEnv(rows, splitLines(environ))
		var e *Error
		if err != nil && (!errors.As(err, &e) || e.Key == "" || e.Source != FromEnv) {
			t.Errorf("%v", err)
		}
	})
}
