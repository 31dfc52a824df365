package sfclient_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"fieldpost/sfclient"

	"github.com/google/go-cmp/cmp"
)

type person struct {
	ID    string `json:"Id"`
	Name  string
	Owner struct{ Alias string }
}

// pages serves two pages of a query.
func pages(t *testing.T, o *org, path, next string) *[]http.Header {
	t.Helper()
	var seen []http.Header
	o.HandleFunc("GET /services/data/v66.0/"+path, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header)
		if q := r.URL.Query().Get("q"); q != "SELECT Id FROM Contact" {
			t.Errorf("q = %q", q)
		}
		answerJSON(w, http.StatusOK, fmt.Sprintf(`{"totalSize":3,"done":false,"nextRecordsUrl":%q,"records":[{"Id":"1","Name":"A","Owner":{"Alias":"x"}},{"Id":"2","Name":"B","Owner":null}]}`, next))
	})
	o.HandleFunc("GET /services/data/v66.0/query/01g-2000", func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header)
		answerJSON(w, http.StatusOK, `{"totalSize":3,"done":true,"records":[{"Id":"3","Name":"C"}]}`)
	})
	return &seen
}

func TestAQueryIsReadPageByPage(t *testing.T) {
	o := newOrg(t)
	seen := pages(t, o, "query", "/services/data/v66.0/query/01g-2000")
	var ids []string
	for p, err := range sfclient.Decode[person](o.client(t).Query(t.Context(), "SELECT Id FROM Contact", 500)) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID+p.Name+p.Owner.Alias)
	}
	if diff := cmp.Diff([]string{"1Ax", "2B", "3C"}, ids); diff != "" {
		t.Error(diff)
	}
	for _, header := range *seen {
		if got := header.Get("Sforce-Query-Options"); got != "batchSize=500" {
			t.Errorf("options %q", got)
		}
	}
}

func TestAPageThatNobodyAsksForIsNotRead(t *testing.T) {
	o := newOrg(t)
	seen := pages(t, o, "queryAll", "/services/data/v66.0/query/01g-2000")
	for page, err := range o.client(t).QueryAllPages(t.Context(), "SELECT Id FROM Contact", 0) {
		people, failed := sfclient.DecodePage[person](page)
		if err != nil || failed != nil || page.Total != 3 || len(people) != 2 || people[1].Name != "B" {
			t.Errorf("%+v, %v, %v", page, err, failed)
		}
		break
	}
	if len(*seen) != 1 {
		t.Errorf("%d pages read", len(*seen))
	}
}

func TestACursorLeadsNowhereElse(t *testing.T) {
	for _, next := range []string{"https://evil.example/services/data/x", "//evil.example/", "@evil.example/", "/apex/x"} {
		o := newOrg(t)
		pages(t, o, "query", next)
		o.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%q led to %s", next, r.URL) })
		var last error
		for _, last = range o.client(t).Query(t.Context(), "SELECT Id FROM Contact", 0) {
		}
		var foreign *sfclient.ForeignError
		if !errors.As(last, &foreign) {
			t.Errorf("%q: %v", next, last)
		}
	}
}

func TestAQueryThatFailsOnTheWayTellsSo(t *testing.T) {
	o := newOrg(t)
	o.on("GET /services/data/v66.0/query", http.StatusOK, `{"records":[{"Id":"1"}],"nextRecordsUrl":"/services/data/v66.0/query/01g-1"}`)
	o.on("GET /services/data/v66.0/query/01g-1", http.StatusBadRequest, `[{"errorCode":"INVALID_QUERY_LOCATOR","message":"invalid query locator"}]`)
	rows, failure := 0, error(nil)
	for _, err := range o.client(t).Query(t.Context(), "SELECT Id FROM Contact", 0) {
		if err != nil {
			failure = err
			continue
		}
		rows++
	}
	if rows != 1 || failure == nil || sfclient.ClassOf(failure) != sfclient.Transient {
		t.Errorf("%d rows, %v", rows, failure)
	}
}

func TestARowOfAnotherShapeEndsTheRows(t *testing.T) {
	o := newOrg(t)
	o.on("GET /services/data/v66.0/query", http.StatusOK, `{"records":[{"Id":7,"Name":"secret"},{"Id":"2"}]}`)
	var failures []error
	for _, err := range sfclient.Decode[person](o.client(t).Query(t.Context(), "SELECT Id FROM Contact", 0)) {
		failures = append(failures, err)
	}
	if len(failures) != 1 || failures[0] == nil || strings.Contains(failures[0].Error(), "secret") {
		t.Errorf("%v", failures)
	}
}

func TestQuote(t *testing.T) {
	cases := map[string]string{
		`plain`:            `'plain'`,
		`O'Brien`:          `'O\'Brien'`,
		`back\slash`:       `'back\\slash'`,
		`\' OR Id != null`: `'\\\' OR Id != null'`,
		"new\nline\ttab":   `'new\nline\ttab'`,
		`"double"`:         `'\"double\"'`,
		`100%_é鍵`:          `'100%_é鍵'`,
		``:                 `''`,
	}
	for text, want := range cases {
		if got := sfclient.Quote(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestAListIsCutToFitTheURI(t *testing.T) {
	var addresses []string
	for i := range 1000 {
		addresses = append(addresses, fmt.Sprintf("rep+%04d.o'neil@some-company.example", i))
	}
	var seen []string
	queries := 0
	for soql := range sfclient.InQueries("SELECT Id FROM Contact WHERE Email IN ", addresses, "") {
		queries++
		if n := len(url.QueryEscape(soql)); n > 12<<10 {
			t.Errorf("%d bytes", n)
		}
		list := strings.TrimSuffix(strings.TrimPrefix(soql, "SELECT Id FROM Contact WHERE Email IN ("), ")")
		for _, literal := range strings.Split(list, ",") {
			seen = append(seen, strings.ReplaceAll(strings.Trim(literal, "'"), `\'`, "'"))
		}
	}
	if !slices.Equal(addresses, seen) {
		t.Error("values lost, doubled or out of order")
	}
	if queries < 2 || queries > 6 {
		t.Errorf("%d queries", queries)
	}
}

func TestAListOfNobodyAsksNothing(t *testing.T) {
	for soql := range sfclient.InQueries("SELECT Id FROM Contact WHERE Email IN ", nil, "") {
		t.Errorf("%s", soql)
	}
}

func TestAValueThatFitsNowhereStandsAlone(t *testing.T) {
	queries := slices.Collect(sfclient.InQueries("X IN ", []string{strings.Repeat("é", 9000), "b"}, ""))
	if len(queries) != 2 || queries[1] != "X IN ('b')" {
		t.Errorf("%d queries", len(queries))
	}
}
