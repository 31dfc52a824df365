package sandbox_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/sfclient/sandbox"
)

// hits gives the names that an answer lists.
func hits(r *response, list string) []any {
	r.t.Helper()
	names := []any{}
	for _, each := range r.want(http.StatusOK).object()[list].([]any) {
		names = append(names, each.(map[string]any)["Name"])
	}
	return names
}

func TestSuggestions(t *testing.T) {
	c := startWith(t, sandbox.Config{})
	for query, want := range map[string][]any{
		"q=lef&sobject=Contact":              {"Hélène Lefèvre"},
		"q=HEL+lefevre&sobject=Contact":      {"Hélène Lefèvre"},
		"q=groß&sobject=Contact":             {"Jürgen Groß"},
		"q=marsh+mar&sobject=Contact":        {"Martin Marsh"},
		"q=saint&sobject=Contact":            {"François Noël", "Hélène Lefèvre", "Zoë D’Aubigné"},
		"q=mar&sobject=Contact,Lead&limit=9": {"Martin Marsh", "Núria Vilà"},
		"q=東京&sobject=Lead":                  {"Kenji Sato"},
		"q=nobody&sobject=Contact":           {},
	} {
		if diff := cmp.Diff(want, hits(c.get("/search/suggestions?fields=Id,Name&"+query), "autoSuggestResults")); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	c.get("/search/suggestions?q=ma&sobject=Contact").refused(400, "INVALID_SEARCH", "")
	c.get("/search/suggestions?sobject=Contact&q="+strings.Repeat("m", 256)).refused(400, "INVALID_SEARCH", "too long")
	c.get("/search/suggestions?q=mar&sobject=Profile").refused(400, "INVALID_TYPE", "")
}

func TestSuggestionsAreFiveUnlessAskedForMore(t *testing.T) {
	c := start(t)
	for i := range 8 {
		c.sb.AddContact(sandbox.Person{FirstName: "Mart", LastName: fmt.Sprint("No", i)})
	}
	few := c.get("/search/suggestions?q=mart&sobject=Contact").object()
	if len(few["autoSuggestResults"].([]any)) != 5 || few["hasMoreResults"] != true {
		t.Errorf("got %v", few)
	}
	if all := c.get("/search/suggestions?q=mart&sobject=Contact&limit=8").object(); all["hasMoreResults"] != false {
		t.Errorf("got %v", all)
	}
}

func TestParameterizedSearch(t *testing.T) {
	c := startWith(t, sandbox.Config{})
	body := `{"q":"mar","fields":["Id","Name"],"in":"NAME","overallLimit":20,"sobjects":[
		{"name":"Contact","fields":["Id","Name","Email"],"where":"%s","limit":10},{"name":"Lead"}]}`
	resp := c.do("POST", data+"/parameterizedSearch", fmt.Sprintf(body, "Title != null"))
	if diff := cmp.Diff([]any{"Martin Marsh", "Núria Vilà"}, hits(resp, "searchRecords")); diff != "" {
		t.Error(diff)
	}
	c.do("POST", data+"/parameterizedSearch", fmt.Sprintf(body, "Bogus = 1")).refused(400, "INVALID_FIELD", "Bogus")
}

func TestSOSL(t *testing.T) {
	c := startWith(t, sandbox.Config{})
	search := func(sosl string) *response { return c.get("/search?q=" + url.QueryEscape(sosl)) }
	for sosl, want := range map[string][]any{
		"FIND {mar*} IN NAME FIELDS RETURNING Contact(Id,Name), Lead(Name)":             {"Martin Marsh", "Núria Vilà"},
		"find {saint} returning Contact(Name where FirstName != 'Zoë' limit 1) limit 5": {"François Noël"},
		"FIND {hop*} RETURNING Account(Name)":                                           {"Hôpital Saint-Éloi"},
	} {
		if diff := cmp.Diff(want, hits(search(sosl), "searchRecords")); diff != "" {
			t.Errorf("%s: %s", sosl, diff)
		}
	}
	search("SELECT Id FROM Contact").refused(400, "MALFORMED_SEARCH", "")
	search("FIND {mar} RETURNING Contact(Bogus)").refused(400, "INVALID_FIELD", "Bogus")
}

func TestTheSearchLagsBehindTheSaves(t *testing.T) {
	clock := newClock()
	c := startWith(t, sandbox.Config{Now: clock.Now, Empty: true})
	c.set(func(r *sandbox.Rules) { r.SearchLag = time.Minute })
	c.sb.AddContact(sandbox.Person{LastName: "Marsh"})
	if got := hits(c.get("/search/suggestions?q=mar&sobject=Contact"), "autoSuggestResults"); len(got) != 0 {
		t.Errorf("found at once: %v", got)
	}
	clock.pass(time.Minute)
	if got := hits(c.get("/search/suggestions?q=mar&sobject=Contact"), "autoSuggestResults"); !cmp.Equal(got, []any{"Marsh"}) {
		t.Errorf("found a minute later: %v", got)
	}
}
