package soql_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fieldpost/sfclient/sandbox/soql"
)

func TestAQueryBecomesATree(t *testing.T) {
	got, err := soql.Parse(`select Id, Account.Name, (SELECT Id FROM Contacts LIMIT 2), toLabel(Type)
		FROM Task WHERE (Subject = 'it\'s' OR NOT Subject LIKE '%x') AND Id IN (SELECT WhoId FROM Event) AND CreatedDate > LAST_N_DAYS:30
		ORDER BY Name DESC, Id NULLS LAST LIMIT 5 OFFSET 10`)
	if err != nil {
		t.Fatal(err)
	}
	literal := func(kind soql.Kind, text string) []soql.Literal { return []soql.Literal{{Kind: kind, Text: text}} }
	want := &soql.Query{
		Items: []soql.Item{
			{Path: "Id"},
			{Path: "Account.Name"},
			{Child: &soql.Query{Items: []soql.Item{{Path: "Id"}}, From: "Contacts", Limit: 2}},
			{Path: "Type", Label: true},
		},
		From: "Task",
		Where: soql.AndOr{Parts: []soql.Condition{
			soql.AndOr{Or: true, Parts: []soql.Condition{
				soql.Comparison{Path: "Subject", Operator: "=", Values: literal(soql.String, "it's")},
				soql.Not{Of: soql.Comparison{Path: "Subject", Operator: "LIKE", Values: literal(soql.String, "%x")}},
			}},
			soql.Comparison{Path: "Id", Operator: "IN", Query: &soql.Query{Items: []soql.Item{{Path: "WhoId"}}, From: "Event", Limit: -1}},
			soql.Comparison{Path: "CreatedDate", Operator: ">", Values: []soql.Literal{{Kind: soql.Range, Text: "LAST_N_DAYS", N: 30}}},
		}},
		Order: []soql.Order{{Path: "Name", Descending: true, NullsLast: true}, {Path: "Id", NullsLast: true}},
		Limit: 5, Offset: 10,
	}
	places := cmp.Options{
		cmpopts.IgnoreFields(soql.Query{}, "FromAt"), cmpopts.IgnoreFields(soql.Item{}, "At"), cmpopts.IgnoreFields(soql.Order{}, "At"),
		cmpopts.IgnoreFields(soql.Comparison{}, "At"), cmpopts.IgnoreFields(soql.Literal{}, "At", "raw"), cmpopts.IgnoreUnexported(soql.Literal{}),
	}
	if diff := cmp.Diff(want, got, places); diff != "" {
		t.Error(diff)
	}
}

func TestBadSyntax(t *testing.T) {
	for text, place := range map[string]int{
		"":                                             0,
		"SELECT":                                       6,
		"SELECT FROM Task":                             7,
		"SELECT Id, FROM Task":                         11,
		"SELECT Id FROM":                               14,
		"SELECT Id FROM Task WHERE":                    25,
		"SELECT Id FROM Task WHERE Id":                 28,
		"SELECT Id FROM Task WHERE Id = ":              31,
		"SELECT Id FROM Task WHERE Id = abc":           31,
		"SELECT Id FROM Task WHERE Id = 'abc":          31,
		"SELECT Id FROM Task WHERE Id = 'a\\q'":        31,
		"SELECT Id FROM Task WHERE Id ! 'a'":           29,
		"SELECT Id FROM Task WHERE (Id = 'a'":          35,
		"SELECT Id FROM Task WHERE Id IN ()":           33,
		"SELECT Id FROM Task WHERE Id IN 'a'":          32,
		"SELECT Id FROM Task WHERE a=1 AND b=2 OR c=3": 38,
		"SELECT Id FROM Task LIMIT x":                  26,
		"SELECT Id FROM Task LIMIT -1":                 26,
		"SELECT Id FROM Task GROUP BY Id":              20,
		"SELECT Id FROM Task; DELETE":                  19,
		"SELECT Id FROM Task WHERE a = LAST_N_DAYS:x":  42,
		"SELECT a.b.c.d.e.f.g FROM Task":               7,
		"DELETE FROM Task":                             0,
	} {
		_, err := soql.Parse(text)
		if err == nil || err.Code != "MALFORMED_QUERY" || err.At != place {
			t.Errorf("%s: %+v, want a refusal at %d", text, err, place)
		}
	}
	if _, err := soql.Parse("SELECT Id FROM Task WHERE " + strings.Repeat("(", 1000)); err == nil {
		t.Error("any depth is taken")
	}
	if _, err := soql.Parse("SELECT Id FROM Task WHERE Id = '" + strings.Repeat("x", 100_000) + "'"); err == nil {
		t.Error("any length is taken")
	}
}

func TestRanges(t *testing.T) {
	paris := time.FixedZone("Paris", 3600)
	now := time.Date(2026, 11, 25, 0, 30, 0, 0, paris) // a Wednesday
	for _, test := range []struct {
		name     string
		n        int
		from, to string
	}{
		{"TODAY", 0, "2026-11-25", "2026-11-26"},
		{"YESTERDAY", 0, "2026-11-24", "2026-11-25"},
		{"TOMORROW", 0, "2026-11-26", "2026-11-27"},
		{"THIS_WEEK", 0, "2026-11-22", "2026-11-29"},
		{"LAST_WEEK", 0, "2026-11-15", "2026-11-22"},
		{"NEXT_WEEK", 0, "2026-11-29", "2026-12-06"},
		{"THIS_MONTH", 0, "2026-11-01", "2026-12-01"},
		{"LAST_MONTH", 0, "2026-10-01", "2026-11-01"},
		{"NEXT_MONTH", 0, "2026-12-01", "2027-01-01"},
		{"THIS_YEAR", 0, "2026-01-01", "2027-01-01"},
		{"LAST_YEAR", 0, "2025-01-01", "2026-01-01"},
		{"NEXT_YEAR", 0, "2027-01-01", "2028-01-01"},
		{"LAST_90_DAYS", 0, "2026-08-27", "2026-11-26"},
		{"LAST_N_DAYS", 30, "2026-10-26", "2026-11-26"},
		{"NEXT_N_DAYS", 2, "2026-11-26", "2026-11-28"},
		{"N_DAYS_AGO", 3, "2026-11-22", "2026-11-23"},
		{"LAST_N_MONTHS", 2, "2026-09-01", "2026-11-01"},
	} {
		got, known := soql.SpanOf(test.name, test.n, now)
		if from, to := got.From.Format(time.DateOnly), got.To.Format(time.DateOnly); !known || from != test.from || to != test.to {
			t.Errorf("%s:%d is %s to %s, want %s to %s", test.name, test.n, from, to, test.from, test.to)
		}
	}
}

func TestPatterns(t *testing.T) {
	for pattern, texts := range map[string]map[string]bool{
		"%":       {"": true, "x": true},
		"a%z":     {"az": true, "ABZ": true, "azb": false, "a": false},
		"%b%b%":   {"bb": true, "abcb": true, "b": false},
		"_é":      {"xÉ": true, "é": false},
		`10\%`:    {"10%": true, "100": false},
		`a\_b%`:   {"A_BC": true, "axb": false},
		"":        {"": true, "x": false},
		`\u00e9%`: {"Éa": true},
	} {
		q, err := soql.Parse("SELECT Id FROM Task WHERE Subject LIKE '" + pattern + "'")
		if err != nil {
			t.Fatal(err)
		}
		compiled := q.Where.(soql.Comparison).Values[0].Pattern()
		for text, want := range texts {
			if compiled.Match(text) != want {
				t.Errorf("%q LIKE %q is not %v", text, pattern, want)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("SELECT Id FROM Task WHERE a = 'x\\'' AND (b IN (1,2) OR NOT c LIKE '%') ORDER BY d DESC LIMIT 1")
	f.Add("SELECT COUNT() FROM Task WHERE a >= 2026-11-22T10:00:00.000+01:00")
	f.Fuzz(func(t *testing.T, text string) {
		q, err := soql.Parse(text)
		if (q == nil) == (err == nil) {
			t.Fatalf("%q gave %v and %v", text, q, err)
		}
		if err != nil && err.In(text) == "" {
			t.Fatalf("%q is refused without a word", text)
		}
	})
}
