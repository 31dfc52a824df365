package sfauth

import (
	"errors"
	"strings"
	"testing"
)

func TestParseLoginURL(t *testing.T) {
	cases := map[string]string{
		"acme":                                "https://acme.my.salesforce.com",
		"  Acme ":                             "https://acme.my.salesforce.com",
		"acme--uat":                           "https://acme--uat.sandbox.my.salesforce.com",
		"login":                               "https://login.salesforce.com",
		"test":                                "https://test.salesforce.com",
		"acme.my.salesforce.com":              "https://acme.my.salesforce.com",
		"https://acme.my.salesforce.com":      "https://acme.my.salesforce.com",
		"https://acme.my.salesforce.com/":     "https://acme.my.salesforce.com",
		"https://test.salesforce.com":         "https://test.salesforce.com",
		"https://login.acme.example:8443":     "https://login.acme.example:8443",
		"acme.lightning.force.com":            "https://acme.my.salesforce.com",
		"localhost":                           "http://localhost",
		"localhost:8080":                      "http://localhost:8080",
		"127.0.0.1:8080":                      "http://127.0.0.1:8080",
		"http://127.0.0.1:8080/":              "http://127.0.0.1:8080",
		"http://[::1]:8080":                   "http://[::1]:8080",
		"https://localhost:8443":              "https://localhost:8443",
		"acme--uat.sandbox.my.salesforce.com": "https://acme--uat.sandbox.my.salesforce.com",
		"https://acme.lightning.force.com/lightning/page/home?x=1":  "https://acme.my.salesforce.com",
		"https://acme--uat.sandbox.lightning.force.com/one/one.app": "https://acme--uat.sandbox.my.salesforce.com",
	}
	for given, want := range cases {
		if got, err := ParseLoginURL(given); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", given, got, err, want)
		}
	}
}

func TestParseLoginURLRefuses(t *testing.T) {
	cases := map[string]string{
		"http://acme.my.salesforce.com":          "scheme",
		"http://127.0.0.1.evil.example":          "scheme",
		"ftp://acme.my.salesforce.com":           "scheme",
		"https://me:pw@acme.my.salesforce.com":   "userinfo",
		"https://acme.my.salesforce.com?x=1":     "query",
		"https://acme.my.salesforce.com#x":       "query",
		"https://acme.my.salesforce.com/portal":  "path",
		"":                                       "host",
		"https://":                               "host",
		"ac me":                                  "host",
		"https://acme.my.salesforce.com:notport": "host",
		"https://a_b.example":                    "host",
	}
	for given, want := range cases {
		_, err := ParseLoginURL(given)
		var refused *HostError
		if !errors.As(err, &refused) || refused.Why != want {
			t.Errorf("%q: %v, want %s", given, err, want)
		}
	}
}

func TestATokenGoesToSalesforceOnly(t *testing.T) {
	const login = "https://acme.my.salesforce.com"
	cases := []struct {
		address, login, want string
	}{
		{"https://acme.my.salesforce.com", login, "https://acme.my.salesforce.com"},
		{"https://NA1.Salesforce.com/", login, "https://na1.salesforce.com"},
		{"https://acme.force.com", login, "https://acme.force.com"},
		{"https://acme.my.salesforce.mil", login, "https://acme.my.salesforce.mil"},
		{"https://acme.cloudforce.com", login, "https://acme.cloudforce.com"},
		{"https://sso.acme.example", "https://sso.acme.example", "https://sso.acme.example"},
		{"http://127.0.0.1:99", "http://localhost:80", "http://127.0.0.1:99"},
		{"http://acme.my.salesforce.com", login, ""},
		{"https://evilsalesforce.com", login, ""},
		{"https://salesforce.com.evil.example", login, ""},
		{"https://me@acme.my.salesforce.com", login, ""},
		{"http://127.0.0.1:99", login, ""},
		{"https://localhost", login, ""},
		{"https://sso.other.example", "https://sso.acme.example", ""},
		{"//acme.my.salesforce.com", login, ""},
		{"", login, ""},
	}
	for _, c := range cases {
		got, ok := trustedOrigin(c.address, c.login)
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%q for %q: %q, %v, want %q", c.address, c.login, got, ok, c.want)
		}
	}
}

func TestParseIdentity(t *testing.T) {
	const org, user = "00DR0000000abcdEAA", "005R0000000efghIAA"
	for _, id := range []string{
		"https://login.salesforce.com/id/" + org + "/" + user,
		"https://acme.my.salesforce.com/id/" + org + "/" + user + "/",
	} {
		if o, u, ok := parseIdentity(id); !ok || o != org || u != user {
			t.Errorf("%q: %q, %q, %v", id, o, u, ok)
		}
	}
	for _, id := range []string{"", "/id/", "https://x/id/" + user + "/" + org, "https://x/id/" + org + "/../" + user, "https://x/id/" + org + "/" + user + "/more"} {
		if _, _, ok := parseIdentity(id); ok {
			t.Errorf("%q was taken", id)
		}
	}
}

func FuzzParseLoginURL(f *testing.F) {
	for _, seed := range []string{"acme", "https://acme.my.salesforce.com/", "http://[::1]:80", "localhost:1", "https://a@b", "a--b", "%zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		origin, err := ParseLoginURL(given)
		if err != nil {
			return
		}
		again, err := ParseLoginURL(origin)
		if err != nil || again != origin {
			t.Errorf("%q gives %q, which gives %q, %v", given, origin, again, err)
		}
		if strings.HasPrefix(origin, "http://") && !strings.Contains(origin, "localhost") && !strings.Contains(origin, "127.") && !strings.Contains(origin, "::") {
			t.Errorf("%q gives plain %q", given, origin)
		}
	})
}
