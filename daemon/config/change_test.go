package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAChangeKeepsTheUsersCommentsAndOrder(t *testing.T) {
	const before = `# my settings

[web]            # the page
listen = "127.0.0.1:7000"   # not 7411: taken by # something

# who I sell to
[contacts]
scope = "all"
where = """
Active__c = TRUE
"""
# the end
`
	cases := map[string]struct {
		changes map[string]any
		want    [2]string // replaced in before
	}{
		"a value in place":             {map[string]any{"web.listen": "[::1]:80"}, [2]string{`"127.0.0.1:7000"   #`, `"[::1]:80" #`}},
		"another in a section":         {map[string]any{"web.allowed_origins": []string{"https://a.test"}}, [2]string{"something\n", "something\nallowed_origins = [\"https://a.test\"]\n"}},
		"a value of many lines":        {map[string]any{"contacts.where": "Ok = 1"}, [2]string{"where = \"\"\"\nActive__c = TRUE\n\"\"\"\n", "where = \"Ok = 1\"\n"}},
		"a new section":                {map[string]any{"log.level": "warn"}, [2]string{"# the end\n", "# the end\n\n[log]\nlevel = \"warn\"\n"}},
		"taking one out":               {map[string]any{"contacts.where": nil}, [2]string{"where = \"\"\"\nActive__c = TRUE\n\"\"\"\n", ""}},
		"taking out what is not there": {map[string]any{"log.level": nil}, [2]string{"", ""}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := load(t, "", before)
			if err := config.Set(c.changes); err != nil {
				t.Fatal(err)
			}
			want := strings.Replace(before, c.want[0], c.want[1], 1)
			if diff := cmp.Diff(want, read(t, config.Paths().ConfigFile)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAChangeFindsASettingHoweverItIsWritten(t *testing.T) {
	types := map[string]any{"email": "New", "link": []any{"L1", "L2"}}
	for _, before := range []string{
		"",
		"[log]\nlevel = \"warn\"",
		"share.types = { email = \"Old\" } # mine\n[web]\nlisten = \"127.0.0.1:1\"\n",
		"share.types.email = \"Old\"\nshare.types.space = \"S\"\nshare.fields = { A__c = 1 }\n",
		"share = { types = { email = \"Old\" }, fields = { A__c = 1 } }\n",
		"share = {}\n",
		"[share]\n  types.email = \"Old\"\n  fields.A__c = 1\n",
		"[share.types]\nemail = \"Old\"\n[share.fields]\nA__c = 1\n[web]\nlisten = \"127.0.0.1:1\"\n",
		"[share.types]\n[share]\nfields = { A__c = 1 }\n",
		"[ share . 'types' ]\r\n\"email\" = \"Old\"\r\n",
		"\ufeffshare.types = {email = \"Old\"}\n",
	} {
		t.Run(before, func(t *testing.T) {
			c := load(t, "", before)
			fields := c.Settings().Share.Fields
			if err := c.Set(map[string]any{"share.types": types}); err != nil {
				t.Fatalf("%v", err)
			}
			again := mustLoad(t, Inputs{Paths: c.Paths()}).Settings().Share
			want := map[string][]string{"email": {"New"}, "link": {"L1", "L2"}, "space": {"Shared Space"}}
			if diff := cmp.Diff(want, again.Types); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(fields, again.Fields); diff != "" {
				t.Error(diff)
			}
			if err := c.Unset("share.types", "share.fields"); err != nil {
				t.Fatal(err)
			}
			if text := read(t, c.Paths().ConfigFile); strings.Contains(text, "types") || strings.Contains(text, "A__c") {
				t.Errorf("left behind: %q", text)
			}
		})
	}
}

func TestAChangeIsAllOrNothing(t *testing.T) {
	c := load(t, "", "contacts.scope = \"own\"\n")
	c.Watch(func(Settings) { t.Error("told of a change that was refused") })
	for name, changes := range map[string]map[string]any{
		CodeUnknown: {"contacts.scope": "all", "nothing.such": 1},
		CodeForm:    {"contacts.scope": "all", "people.multiple": "yes"},
		CodeValue:   {"contacts.scope": "all", "web.listen": "0.0.0.0:1"},
	} {
		refused(t, c.Set(changes), name)
		if text := read(t, c.Paths().ConfigFile); text != "contacts.scope = \"own\"\n" || c.Settings().Contacts.Scope != ScopeOwn {
			t.Errorf("%s: half done: %q", name, text)
		}
	}
}

func TestAChangeTakesEffectAtOnceAndIsTold(t *testing.T) {
	c := load(t, "", "")
	var told []Settings
	stop := c.Watch(func(s Settings) { told = append(told, s) })
	if err := c.SetText(map[string]string{"contacts.scope": "own", "related_to.objects": "Account,Case"}); err != nil {
		t.Fatal(err)
	}
	if err := c.SetText(map[string]string{"contacts.scope": "own"}); err != nil { // no change
		t.Fatal(err)
	}
	if len(told) != 1 || told[0].Contacts.Scope != ScopeOwn || len(told[0].RelatedTo.Objects) != 2 {
		t.Fatalf("told %+v", told)
	}
	stop()
	if err := c.Unset("contacts.scope"); err != nil || len(told) != 1 {
		t.Errorf("%v, told %d times", err, len(told))
	}
	if got := get(t, c, "contacts.scope"); got.Value != ScopeAll || got.Source != FromDefault {
		t.Errorf("%+v", got)
	}
}

func TestAChangeUnderAVariableIsKeptForLater(t *testing.T) {
	c := load(t, "", "", "FIELDPOST_CONTACTS_SCOPE=all")
	if err := c.SetText(map[string]string{"contacts.scope": "own"}); err != nil {
		t.Fatal(err)
	}
	if got := get(t, c, "contacts.scope"); got.Value != ScopeAll || got.Source != FromEnv {
		t.Errorf("%+v", got)
	}
	if got := mustLoad(t, Inputs{Paths: c.Paths()}).Settings().Contacts.Scope; got != ScopeOwn {
		t.Error(got)
	}
}

func TestALockedSettingIsNotChanged(t *testing.T) {
	c := load(t, "locked = [\"contacts.scope\"]\ncontacts.scope = \"own\"\n", "")
	_, cleaning := c.Clean(map[string]any{"contacts.scope": "all"})
	for _, err := range []error{
		cleaning,
		c.Set(map[string]any{"contacts.scope": "all", "log.level": "warn"}),
		c.SetText(map[string]string{"contacts.scope": "own"}),
		c.Unset("contacts.scope"),
	} {
		if e := refused(t, err, CodeLocked); e.Key != "contacts.scope" || !strings.Contains(e.Error(), "policy.toml") || !strings.Contains(e.Error(), "own") {
			t.Error(e)
		}
	}
	if _, err := os.Stat(c.Paths().ConfigFile); err == nil {
		t.Error("a file was written")
	}
}

func TestALockedListMayBeAddedToNotShortened(t *testing.T) {
	c := load(t, "locked = [\"privacy.exclude\"]\nprivacy.exclude = [\"a.test\", \"b.test\"]\n", "")
	for _, shorter := range [][]string{{}, {"a.test"}} {
		refused(t, c.Set(map[string]any{"privacy.exclude": shorter}), CodeLocked)
	}
	for _, added := range [][]string{{"mine.test"}, {"a.test", "b.test", "mine.test"}} {
		if err := c.Set(map[string]any{"privacy.exclude": added}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"a.test", "b.test", "mine.test"}, c.Settings().Privacy.Exclude); diff != "" {
			t.Error(diff)
		}
	}
	if err := c.Set(map[string]any{"privacy.exclude": []string{"a.test", "b.test"}}); err != nil {
		t.Fatal("a rep's own entry cannot be taken back:", err)
	}
	if err := c.Unset("privacy.exclude"); err != nil || len(c.Settings().Privacy.Exclude) != 2 {
		t.Error(err)
	}
}

func TestAFileBrokenByHandIsNotWrittenOver(t *testing.T) {
	c := load(t, "", "")
	write(t, c.Paths().ConfigFile, "[contacts\n")
	refused(t, c.SetText(map[string]string{"contacts.scope": "own"}), CodeSyntax)
	if got := read(t, c.Paths().ConfigFile); got != "[contacts\n" {
		t.Errorf("%q", got)
	}
}

func TestAHandEditSinceTheStartIsKept(t *testing.T) {
	c := load(t, "", "")
	write(t, c.Paths().ConfigFile, "log.level = \"warn\"\n")
	if err := c.SetText(map[string]string{"contacts.scope": "own"}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, c.Paths().ConfigFile); got != "log.level = \"warn\"\n\n[contacts]\nscope = \"own\"\n" {
		t.Errorf("%q", got)
	}
}

func TestALinkedFileStaysALink(t *testing.T) {
	paths := home(t)
	target := filepath.Join(t.TempDir(), "dotfiles.toml")
	write(t, target, "")
	if err := os.Symlink(target, paths.ConfigFile); err != nil {
		t.Skip("no links here:", err)
	}
	if err := mustLoad(t, Inputs{Paths: paths}).SetText(map[string]string{"log.level": "warn"}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(paths.ConfigFile); err != nil || info.Mode()&os.ModeSymlink == 0 || read(t, target) == "" {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestAWrittenFileIsTheUsersAloneAndLeavesNothingBeside(t *testing.T) {
	c := load(t, "", "")
	if err := c.SetText(map[string]string{"log.level": "warn"}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(c.Paths().ConfigFile)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if beside, _ := os.ReadDir(filepath.Dir(c.Paths().ConfigFile)); len(beside) != 1 {
		t.Errorf("%v", beside)
	}
}

func TestAFolderThatCannotBeMadeIsNamed(t *testing.T) {
	paths := home(t)
	write(t, filepath.Join(paths.State, "file"), "")
	paths.ConfigFile = filepath.Join(paths.State, "file", "config.toml")
	err := replaceFile(paths.ConfigFile, "")
	if !errors.Is(err, &Error{Code: CodeUnwritable}) {
		t.Error(err)
	}
}

// FuzzFile feeds any text as a settings file. What is taken must survive a change
// of one setting with every other one as it was.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{
		"[share]\ntypes.email = \"a\" # b\n", "share = {types = {link = 'x'}, fields = {A__c = 1.5}}", "[share.types]\nspace=\"\"\"\n#\n\"\"\"",
		"contacts.where = 'a' # 'b'\n[contacts]\n", "\"web\".listen = \"127.0.0.1:0\"\r\n", "privacy.exclude = [\n\"a.b\", # c\n]\n", "web.\"listen\"=\"localhost:1\"\n[share.fields]\n",
	} {
		f.Add(seed, "New \x7f \"type\"", true)
	}
	rows := table(Paths{UserHome: "/home/ana", Inbox: "/x"})
	f.Fuzz(func(t *testing.T, text, value string, set bool) {
		before, fault := parseDocument(rows, FromFile, "config.toml", text)
		if fault != nil {
			if fault.Error() == "" || fault.Code == CodeUnreadable {
				t.Errorf("%+v", fault)
			}
			return
		}
		want := plainValues(before.values)
		cleaned, err := find(rows, "share.types").decode(map[string]any{"email": value})
		key := []string{"share", "types"}
		switch {
		case set && err == nil:
			want["share.types"] = cleaned
			text = putKey(text, key, tomlValue(cleaned))
		default:
			delete(want, "share.types")
			text = dropKey(text, key)
		}
		after, fault := parseDocument(rows, FromFile, "config.toml", text)
		if fault != nil {
			t.Fatalf("%v in\n%s", fault, text)
		}
		if diff := cmp.Diff(want, plainValues(after.values)); diff != "" {
			t.Errorf("%s in\n%s", diff, text)
		}
	})
}
