package config

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestABrokenFileIsRefusedByLineAndKey(t *testing.T) {
	cases := map[string]struct {
		text string
		code string
		line int
		key  string
	}{
		"no TOML":                    {"[contacts]\nscope = \n", CodeSyntax, 2, "contacts.scope"},
		"an open list":               {"# x\nrelated_to.objects = [\"A\"\n", CodeSyntax, 2, "related_to.objects"},
		"the same key twice":         {"[web]\nlisten = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"\n", CodeSyntax, 3, "web.listen"},
		"not UTF-8":                  {"[web]\nlisten = \"\xff\"\n", CodeSyntax, 2, "web.listen"},
		"an unknown key":             {"[contacts]\n# c\n\nscop = \"own\"\n", CodeUnknown, 4, "contacts.scop"},
		"an unknown section":         {"[contacts]\n[contact]\nscope = \"own\"\n", CodeUnknown, 3, "contact.scope"},
		"an empty unknown section":   {"\n[contact]\n", CodeUnknown, 2, "contact"},
		"a key without section":      {"scope = \"own\"\n", CodeUnknown, 1, "scope"},
		"an unknown channel":         {"[share]\n[share.types]\nfax = \"x\"\n", CodeValue, 2, "share.types"},
		"locked in the user's file":  {"locked = [\"web.listen\"]\n", CodeUnknown, 1, "locked"},
		"the wrong type":             {"[people]\nmultiple = \"yes\"\n", CodeForm, 2, "people.multiple"},
		"a number for a list":        {"\nrelated_to.objects = 1\n", CodeForm, 2, "related_to.objects"},
		"a section for a value":      {"[contacts.scope]\nx = 1\n", CodeForm, 1, "contacts.scope"},
		"a value for a section":      {"contacts = 1\n", CodeUnknown, 1, "contacts"},
		"a list of sections":         {"[[contacts]]\nscope = \"own\"\n", CodeUnknown, 1, "contacts"},
		"a bad value":                {"[web]\nlisten = \"0.0.0.0:80\"\n", CodeValue, 2, "web.listen"},
		"behind a long value":        {"related_to.objects = [\n \"A\",\n # c\n]\nweb.listen = \"x\"\n", CodeValue, 5, "web.listen"},
		"behind a text of lines":     {"contacts.where = \"\"\"\n[web]\nlisten = 'x'\n\"\"\"\nlog.level = \"x\"\n", CodeValue, 5, "log.level"},
		"behind quotes in quotes":    {"contacts.where = \"\"\"a\\\"\"\"\"\"\nleads.where = '''[ \" ]''' # ]\nlog.level = \"x\"\n", CodeValue, 3, "log.level"},
		"in an inline table":         {"web = { listen = \"x\" }\n", CodeValue, 1, "web.listen"},
		"quoted keys, Windows lines": {"[\"web\"]\r\n'listen' = \"x\"\r\n", CodeValue, 2, "web.listen"},
		"the first of several":       {"web.listen = \"x\"\nlog.level = \"x\"\na = 1\n", CodeValue, 1, "web.listen"},
		"a date":                     {"share.fields = { Due__c = 2026-01-01 }\n", CodeForm, 1, "share.fields"},
		"no finite number":           {"share.fields = { A__c = inf }\n", CodeValue, 1, "share.fields"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			paths := home(t)
			write(t, paths.ConfigFile, c.text)
			_, err := Load(Inputs{Paths: paths})
			e := refused(t, err, c.code)
			if e.Line != c.line || e.Key != c.key || e.File != paths.ConfigFile {
				t.Errorf("line %d, key %q: %v", e.Line, e.Key, err)
			}
			told := err.Error()
			for _, unfilled := range []string{"{where}", "{key}", "{value}", "{allowed}", "{message}", "{near}"} {
				if strings.Contains(told, unfilled) {
					t.Errorf("%s is left in %q", unfilled, told)
				}
			}
			if !strings.Contains(told, paths.ConfigFile) || !strings.Contains(told, c.key) {
				t.Errorf("told as %q", told)
			}
		})
	}
}

func TestAFileThatCannotBeReadIsNamed(t *testing.T) {
	paths := home(t)
	if err := os.Mkdir(paths.ConfigFile, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Load(Inputs{Paths: paths})
	refused(t, err, CodeUnreadable)
	if err := os.Remove(paths.ConfigFile); err != nil {
		t.Fatal(err)
	}
	write(t, paths.ConfigFile, strings.Repeat("#", maxFile+1))
	_, err = Load(Inputs{Paths: paths})
	refused(t, err, CodeUnreadable)
}

func TestABadVariableOrFlagIsNamed(t *testing.T) {
	_, err := Load(Inputs{Paths: home(t), Environ: []string{"FIELDPOST_WEB_LISTEN=0.0.0.0:1"}})
	if e := refused(t, err, CodeValue); !strings.Contains(e.Error(), "FIELDPOST_WEB_LISTEN") || !strings.Contains(e.Error(), "127.0.0.1") {
		t.Error(e)
	}
	_, err = Load(Inputs{Paths: home(t), Flags: map[string]string{"log.level": "loud"}})
	if e := refused(t, err, CodeValue); !strings.Contains(e.Error(), "debug, info, warn, error") {
		t.Error(e)
	}
}

func TestALongListIsReadAtOnce(t *testing.T) {
	entries := strings.Repeat("  \"someone@partner.test\", # one of many\n", 20_000)
	c := load(t, "", "privacy.exclude = [\n"+entries+"]\nlog.level = \"warn\"\n")
	told, err := c.Explain(english, "log.level", nil)
	if err != nil || told.Layers[1].Line != 20_003 {
		t.Errorf("%+v, %v", told.Layers, err)
	}
}

func TestVariables(t *testing.T) {
	c := load(t, "", "contacts.scope = \"own\"",
		"FIELDPOST_RELATED_TO_OBJECTS=[\"Case\"]", "FIELDPOST_SHARE_FIELDS={\"A__c\":7}", "FIELDPOST_PEOPLE_MULTIPLE=false",
		"FIELDPOST_INBOX_KEEP=0", "FIELDPOST_CONTACTS_SCOPE=", "FIELDPOST_HOME=/x", "FIELDPOST_UNHEARD_OF=1", "PATH", "=C:=x")
	s := c.Settings()
	if diff := cmp.Diff([]string{"Case"}, s.RelatedTo.Objects); diff != "" {
		t.Error(diff)
	}
	if s.Share.Fields["A__c"] != int64(7) || s.People.Multiple || s.Inbox.Keep != 0 {
		t.Errorf("%+v %+v %+v", s.Share, s.People, s.Inbox)
	}
	if s.Contacts.Scope != ScopeOwn {
		t.Error("an empty variable counts as unset")
	}
}

func TestErrorsSpeakFrench(t *testing.T) {
	_, err := Load(Inputs{Paths: home(t), Flags: map[string]string{"log.level": "fort"}})
	told := refused(t, err, CodeValue).Explain(french)
	if !strings.Contains(told.Title, "n’accepte pas") || !strings.Contains(told.Remedy, "debug, info") {
		t.Errorf("%+v", told)
	}
}
