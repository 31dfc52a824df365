package orgbundle_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fieldpost/daemon/config"
	"fieldpost/daemon/orgbundle"
)

var policies = regexp.MustCompile("(?s)```toml\n(.*?)```")

func TestThePolicyInTheREADMEIsOne(t *testing.T) {
	for variant, in := range variants() {
		found := policies.FindStringSubmatch(files(t, in)["README.md"])
		if found == nil {
			t.Fatalf("%s: no policy", variant)
		}
		file := filepath.Join(t.TempDir(), "policy.toml")
		if err := os.WriteFile(file, []byte(found[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		paths, err := config.Places("linux", func(string) string { return "" }, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(config.Inputs{Paths: paths, Policy: func() string { return file }})
		if err != nil {
			t.Fatal(err)
		}
		if problem := c.Policy().Problem; problem != nil {
			t.Fatalf("%s: %v\n%s", variant, problem, found[1])
		}
		s := c.Settings()
		same(t, variant, s.Salesforce.LoginURL, in.LoginURL)
		same(t, variant, s.Salesforce.KeyField, in.KeyField)
		same(t, variant, s.Salesforce.RedirectPorts, in.RedirectPorts)
		same(t, variant, s.Access.Groups, []string{"fieldpost"})
		if s.Salesforce.ClientID == "" {
			t.Errorf("%s: no place for the consumer key", variant)
		}
		for _, key := range []string{"salesforce.login_url", "salesforce.client_id", "access.groups"} {
			if err := c.Set(map[string]any{key: nil}); err == nil {
				t.Errorf("%s: a rep may change %s", variant, key)
			}
		}
	}
}

func TestTheREADMENamesWherePoliciesLie(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		text := files(t, with(func(in *orgbundle.Input) { in.Language = language }))["README.md"]
		for _, system := range []string{"linux", "darwin", "windows"} {
			paths, err := config.Places(system, func(string) string { return "" }, "/x")
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(text, "`"+paths.SystemPolicy+"`") {
				t.Errorf("%s: not %s", language, paths.SystemPolicy)
			}
		}
	}
}

func TestTheREADMETellsTheSameInBothLanguages(t *testing.T) {
	steps := regexp.MustCompile("(?m)^## [0-9]\\.|^- \\*\\*|^```[a-z]+$|^sf .*$|`[^`\n]+`")
	for variant, in := range variants() {
		in.Language = "en"
		english := steps.FindAllString(files(t, in)["README.md"], -1)
		in.Language = "fr"
		same(t, variant, steps.FindAllString(files(t, in)["README.md"], -1), english)
	}
}

func TestTheREADMEHoldsWhatOneHasToKnow(t *testing.T) {
	text := files(t, given())["README.md"]
	for _, want := range []string{
		"sf org login web --alias fieldpost-org --instance-url https://acme.my.salesforce.com\n",
		"sf project deploy start --source-dir force-app", "External Client App Manager", "Consumer Key",
		"Allow Users to Relate Multiple Contacts to Tasks and Events", "pre-authorized", "the groups within a group",
		"http://localhost:37170/callback", "administrator@example.com", "Some labels differ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("not %q", want)
		}
	}
	if strings.Contains(text, "<no value>") {
		t.Error("a template names what is not there")
	}
}

// frenchFaults are those of daemon/words: a sign whose space is missing or is another
// than French sets.
var frenchFaults = map[string]*regexp.Regexp{
	"an opening quotation mark": regexp.MustCompile("«([^\u202f]|$)"),
	"a closing quotation mark":  regexp.MustCompile("(^|[^\u202f])»"),
	"a high sign":               regexp.MustCompile("(?m)(^|[^\u202f])[;?!]"),
	"a colon":                   regexp.MustCompile("(?m)(^|[^\u00a0])(: |:$)"),
	"a straight apostrophe":     regexp.MustCompile("'"),
	"a doubled space":           regexp.MustCompile("[^\n \u00a0\u202f][ \u00a0\u202f]{2}"),
}

func TestFrenchTypography(t *testing.T) {
	literal := regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")
	for variant, in := range variants() {
		if in.Language != "fr" || strings.HasPrefix(variant, "hostile") {
			continue
		}
		prose := literal.ReplaceAllString(files(t, in)["README.md"], "x")
		for sign, fault := range frenchFaults {
			if at := fault.FindStringIndex(prose); at != nil {
				t.Errorf("%s: %s: %q", variant, sign, prose[max(0, at[0]-30):min(len(prose), at[1]+30)])
			}
		}
	}
}
