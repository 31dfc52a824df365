package capture_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/words"
	"fieldpost/outbox/activity"
)

// constants reads the string constants of a file whose names begin with prefix.
func constants(t *testing.T, path, prefix string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, prefix) {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			value, _ := strconv.Unquote(lit.Value)
			values = append(values, value)
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("no constants in %s", path)
	}
	return values
}

func TestEachRefusalIsToldInEachLanguage(t *testing.T) {
	codes := append(constants(t, "refusal.go", ""), constants(t, "../../outbox/activity/validate.go", "Code")...)
	for _, lang := range words.Languages {
		for _, code := range codes {
			refusal := capture.Refuse(code, "field", "people[0].email", "limit", "250", "n", "600", "want", "string", "zone", "Mars", "groups", "fieldpost")
			told := capture.Explain(words.In(lang), refusal)
			if told.Title == "" || told.Remedy == "" || told.Detail == "" || strings.Contains(told.Detail, code+")") {
				t.Errorf("%s: %s is told as %+v", lang, code, told)
			}
			if strings.ContainsAny(told.Detail+told.Remedy, "{}") {
				t.Errorf("%s: %s leaves a gap: %+v", lang, code, told)
			}
		}
	}
}

func TestEachNoteIsToldInEachLanguage(t *testing.T) {
	for _, lang := range words.Languages {
		for _, code := range constants(t, "notes.go", "Note") {
			if !words.In(lang).Has("note." + code) {
				t.Errorf("%s has no words for the note %s", lang, code)
			}
		}
	}
}

func TestAFaultOfAFieldIsToldWithItsNameAndLimit(t *testing.T) {
	a := activity.Activity{Kind: activity.Share, Channel: activity.Link, Subject: strings.Repeat("x", 1001)}
	told := capture.Explain(words.In("en"), a.Validate())
	if !strings.Contains(told.Detail, "“subject”") || !strings.Contains(told.Detail, "1000") {
		t.Errorf("told as %+v", told)
	}
}

// refusalOf reads JSON as a capture does and gives why it is refused.
func refusalOf(t *testing.T, text string) error {
	t.Helper()
	a, err := capture.DecodeActivity([]byte(text))
	if err == nil {
		err = a.Validate()
	}
	if err == nil {
		t.Fatalf("%s is taken", text)
	}
	return err
}

func TestARefusalNamesItsFieldAndFits(t *testing.T) {
	meeting := `{"kind":"meeting","subject":"x","start":"2026-11-22T15:00:00Z",`
	cases := map[string]struct {
		json string
		en   string
		fr   string
		not  string
	}{
		"an end before the start": {
			json: meeting + `"end":"2026-11-22T14:00:00Z"}`,
			en:   "“end” lies before the start", fr: "«\u202fend\u202f» précède le début",
		},
		"a zone nobody knows": {
			json: meeting + `"end":"2026-11-22T16:00:00Z","time_zone":"Mars/Base"}`,
			en:   "“time_zone” is not a time zone", fr: "«\u202ftime_zone\u202f» n’est pas un fuseau",
		},
		"neither subject nor link": {
			json: `{"kind":"share","channel":"link"}`,
			en:   "At least one of these is needed: subject, url.", fr: "Il en faut au moins un\u00a0: subject, url.",
		},
		"a text at the top": {
			json: `"share"`, en: "neither an activity nor a list", fr: "ni une activité ni une liste", not: "“”",
		},
		"a number for a text": {
			json: `{"subject":1}`, en: "“subject” has the wrong type; it takes a text", fr: "attendu\u00a0: un texte",
		},
		"a share at no time": {
			json: `{"kind":"share","channel":"link","subject":"x","occurred_at":"soon"}`,
			en:   "“occurred_at” is not a time", fr: "«\u202foccurred_at\u202f» n’est pas une heure", not: "all-day",
		},
		"a meeting at no time": {
			json: `{"kind":"meeting","subject":"x","start":"soon","end":"later"}`,
			en:   "all-day", fr: "journée entière",
		},
		"a field that is called like a part of our keys": {
			json: `{"remedy":1}`, en: "“remedy” is not a field of an activity.", fr: "n’est pas un champ",
		},
	}
	for name, c := range cases {
		err := refusalOf(t, c.json)
		for lang, want := range map[string]string{"en": c.en, "fr": c.fr} {
			told := capture.Explain(words.In(lang), err)
			text := told.Detail + " " + told.Remedy
			if !strings.Contains(text, want) || c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("%s, %s: told as %q", name, lang, text)
			}
		}
	}
}

func TestARelatedToThatIsNotAllowedIsNamed(t *testing.T) {
	refusal := capture.Refuse(capture.RelatedNotAllowed)
	refusal.Field = "related_to"
	for _, lang := range words.Languages {
		if told := capture.Explain(words.In(lang), refusal); !strings.Contains(told.Detail, "related_to") {
			t.Errorf("%s: told as %+v", lang, told)
		}
	}
}

func TestTheRefusalOfAnUnknownFileNamesEachKindThatIsRead(t *testing.T) {
	for _, lang := range words.Languages {
		told := capture.Explain(words.In(lang), capture.Refuse(capture.UnknownFile))
		for _, kind := range []string{".eml", ".msg", ".ics", ".json"} {
			if !strings.Contains(told.Remedy, kind) {
				t.Errorf("%s: %q does not name %s", lang, told.Remedy, kind)
			}
		}
	}
}

func TestAnyOtherErrorIsToldAsNotDurable(t *testing.T) {
	told := capture.Explain(words.In("en"), errors.New("write /home/ana/outbox.db: no space left on device"))
	if strings.Contains(told.Detail, "/home") || !strings.Contains(told.Detail, "disk") {
		t.Errorf("told as %+v", told)
	}
}
