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
			refusal := capture.Refuse(code, "field", "people[0].email", "limit", "250", "n", "600", "want", "string", "zone", "Mars")
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

func TestAnyOtherErrorIsToldAsNotDurable(t *testing.T) {
	told := capture.Explain(words.In("en"), errors.New("write /home/ana/outbox.db: no space left on device"))
	if strings.Contains(told.Detail, "/home") || !strings.Contains(told.Detail, "disk") {
		t.Errorf("told as %+v", told)
	}
}
