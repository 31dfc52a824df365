package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fieldpost/daemon/words"

	"github.com/google/go-cmp/cmp"
)

var english = words.In("en")

// home gives the paths of a user whose files all lie in a fresh folder.
func home(t *testing.T) Paths {
	t.Helper()
	dir := t.TempDir()
	paths, err := Places("linux", func(string) string { return "" }, dir)
	if err != nil {
		t.Fatal(err)
	}
	paths.UserHome = dir
	paths.SystemPolicy = filepath.Join(dir, "etc", "policy.toml")
	return paths
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// load reads settings from a policy and a user file, "" for none.
func load(t *testing.T, policy, file string, environ ...string) *Config {
	t.Helper()
	paths := home(t)
	in := Inputs{Paths: paths, Environ: environ}
	if policy != "" {
		write(t, paths.SystemPolicy, policy)
		in.Policy = func() string { return paths.PolicyFile("") }
	}
	if file != "" {
		write(t, paths.ConfigFile, file)
	}
	c, err := Load(in)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func get(t *testing.T, c *Config, key string) Item {
	t.Helper()
	item, err := c.Get(english, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

// refused holds the code of an error and gives it.
func refused(t *testing.T, err error, code string) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("want an error %q, got %v", code, err)
	}
	return e
}

func TestEachLayerBeatsTheWeakerOnes(t *testing.T) {
	const key = "contacts.where"
	paths := home(t)
	in := Inputs{Paths: paths}
	steps := []struct {
		source Source
		give   func()
	}{
		{FromDefault, func() {}},
		{FromPolicy, func() {
			write(t, paths.SystemPolicy, `contacts.where = "policy"`)
			in.Policy = func() string { return paths.PolicyFile("") }
		}},
		{FromFile, func() { write(t, paths.ConfigFile, "[contacts]\nwhere = \"file\"\n") }},
		{FromEnv, func() { in.Environ = []string{"FIELDPOST_CONTACTS_WHERE=env"} }},
		{FromFlag, func() { in.Flags = map[string]string{key: "flag"} }},
	}
	for _, step := range steps {
		step.give()
		c, err := Load(in)
		if err != nil {
			t.Fatal(err)
		}
		want := string(step.source)
		if step.source == FromDefault {
			want = ""
		}
		item := get(t, c, key)
		if item.Value != want || item.Source != step.source || c.Settings().Contacts.Where != want {
			t.Errorf("%s: %+v", step.source, item)
		}
	}
	told, err := mustLoad(t, in).Explain(english, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Layer{
		{Source: FromDefault, Value: ""},
		{Source: FromPolicy, Value: "policy", Where: paths.SystemPolicy, Line: 1},
		{Source: FromFile, Value: "file", Where: paths.ConfigFile, Line: 2},
		{Source: FromEnv, Value: "env", Where: "FIELDPOST_CONTACTS_WHERE"},
		{Source: FromFlag, Value: "flag"},
	}
	if diff := cmp.Diff(want, told.Layers); diff != "" {
		t.Error(diff)
	}
}

func mustLoad(t *testing.T, in Inputs) *Config {
	t.Helper()
	c, err := Load(in)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheSignInOfAProxyIsUsedAndNotShown(t *testing.T) {
	const address = "http://ana:canary@proxy.test:8080"
	c := load(t, "", "[network]\nproxy = \""+address+"\"\n", "FIELDPOST_NETWORK_PROXY=http://ben:canary@proxy.test")
	if got := c.Settings().Network.Proxy; got != "http://ben:canary@proxy.test" {
		t.Errorf("used is %s", got)
	}
	told, err := c.Explain(words.In("en"), "network.proxy", nil)
	if err != nil || told.Value != "http://…@proxy.test" {
		t.Errorf("shown is %v %v", told.Value, err)
	}
	if text := fmt.Sprint(told, c.List(words.In("en"), nil)); strings.Contains(text, "canary") {
		t.Errorf("the password is shown: %s", text)
	}
	for _, wrong := range []string{"ana:canary@proxy.test", "http://ana:canary@proxy.test/x", "http://ana:can%ary@x@proxy.test"} {
		_, err := c.Parse(map[string]string{"network.proxy": wrong})
		if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "@proxy.test") {
			t.Errorf("%v", err)
		}
	}
}

func TestALockedValueBeatsEveryLayer(t *testing.T) {
	paths := home(t)
	write(t, paths.SystemPolicy, "locked = [\"contacts.scope\", \"people.multiple\", \"share.types\"]\n[contacts]\nscope = \"own\"\n[share.types]\nemail = \"Mail\"\n")
	write(t, paths.ConfigFile, "[contacts]\nscope = \"all\"\n[people]\nmultiple = false\n[share.types]\nemail = \"Mine\"\nlink = \"Mine\"\n")
	c := mustLoad(t, Inputs{
		Paths: paths, Policy: func() string { return paths.SystemPolicy },
		Environ: []string{"FIELDPOST_CONTACTS_SCOPE=all"}, Flags: map[string]string{"contacts.scope": "all"},
	})
	if item := get(t, c, "contacts.scope"); item.Value != "own" || item.Source != FromPolicy || !item.Locked {
		t.Errorf("%+v", item)
	}
	if item := get(t, c, "people.multiple"); item.Value != true || item.Source != FromDefault || !item.Locked {
		t.Errorf("locked without a value keeps the built-in one: %+v", item)
	}
	want := map[string][]string{"email": {"Mail"}, "link": {"Showpad Share"}, "space": {"Shared Space"}}
	if diff := cmp.Diff(want, c.Settings().Share.Types); diff != "" {
		t.Error(diff)
	}
}

func TestExclusionsOfPolicyAndRepAreJoined(t *testing.T) {
	for _, lock := range []string{"", "locked = [\"privacy.exclude\"]\n"} {
		c := load(t, lock+"privacy.exclude = [\"Law.test\", \"both.test\"]", "privacy.exclude = [\"both.test\", \"mum@home.test\"]")
		want := []string{"law.test", "both.test", "mum@home.test"}
		if diff := cmp.Diff(want, c.Settings().Privacy.Exclude); diff != "" {
			t.Error(diff)
		}
		if item := get(t, c, "privacy.exclude"); item.Source != FromFile || item.Locked != (lock != "") {
			t.Errorf("%+v", item)
		}
	}
}

func TestTheEnvironmentReplacesTheRepsOwnExclusionsOnly(t *testing.T) {
	c := load(t, `privacy.exclude = ["law.test"]`, `privacy.exclude = ["file.test"]`, "FIELDPOST_PRIVACY_EXCLUDE=env.test")
	if diff := cmp.Diff([]string{"law.test", "env.test"}, c.Settings().Privacy.Exclude); diff != "" {
		t.Error(diff)
	}
}

func TestNamingTheTypeOfOneChannelLeavesTheOthers(t *testing.T) {
	c := load(t, "[share.types]\nlink = \"Policy\"", "[share]\ntypes.email = [\"A\", \"B\"]", `FIELDPOST_SHARE_TYPES={"space":"C"}`)
	want := map[string][]string{"email": {"A", "B"}, "link": {"Policy"}, "space": {"C"}}
	if diff := cmp.Diff(want, c.Settings().Share.Types); diff != "" {
		t.Error(diff)
	}
}

func TestAnEmptyConditionOnLeadsIsNotAnUnsetOne(t *testing.T) {
	if where := load(t, "", "").Settings().Leads.Where; where != nil {
		t.Errorf("unset: %q", *where)
	}
	if where := load(t, "", `leads.where = ""`).Settings().Leads.Where; where == nil || *where != "" {
		t.Errorf("empty: %v", where)
	}
}

func TestNothingOfTheMachineReachesSettingsWithoutInputs(t *testing.T) {
	t.Setenv("FIELDPOST_CONTACTS_SCOPE", "own")
	if got := load(t, "", "").Settings().Contacts.Scope; got != ScopeAll {
		t.Error(got)
	}
}

func TestAnUnknownKeyIsNamedWithItsNearest(t *testing.T) {
	c := load(t, "", "")
	_, err := c.Get(english, "contact.scope", nil)
	if e := refused(t, err, CodeUnknown); e.Near != "contacts.scope" {
		t.Errorf("%+v", e)
	}
	_, err = c.Explain(english, "x", nil)
	refused(t, err, CodeUnknown)
	refused(t, c.Unset("salesforce"), CodeUnknown)
	_, err = Load(Inputs{Paths: home(t), Flags: map[string]string{"web.port": "1"}})
	if e := refused(t, err, CodeUnknown); !strings.Contains(e.Error(), "command line") {
		t.Error(e)
	}
}

func TestReloadTakesAnEditedFileOrKeepsWhatWas(t *testing.T) {
	c := load(t, "", `contacts.scope = "own"`)
	var told []string
	c.Watch(func(s Settings) { told = append(told, s.Contacts.Scope) })
	write(t, c.Paths().ConfigFile, "contacts.scope = \"every\"\n")
	refused(t, c.Reload(), CodeValue)
	if got := c.Settings().Contacts.Scope; got != ScopeOwn {
		t.Errorf("after a broken file: %s", got)
	}
	refused(t, c.Fault(), CodeValue)
	write(t, c.Paths().ConfigFile, "# nothing\n")
	if err := c.Reload(); err != nil {
		t.Fatal(err)
	}
	if err := c.Fault(); err != nil {
		t.Errorf("mended, and still %v", err)
	}
	if diff := cmp.Diff([]string{ScopeAll}, told); diff != "" {
		t.Error(diff)
	}
}

func TestAPolicyThatComesWhileTheUsersFileIsBrokenCounts(t *testing.T) {
	c := load(t, "log.level = \"info\"\n", `contacts.scope = "all"`)
	write(t, c.Paths().ConfigFile, "[contacts\n")
	write(t, c.in.Policy(), "locked = [\"contacts.scope\"]\ncontacts.scope = \"own\"\n")
	refused(t, c.Reload(), CodeSyntax)
	if got := c.Settings().Contacts.Scope; got != ScopeOwn {
		t.Errorf("a typing error gets around the policy: %s", got)
	}
}
