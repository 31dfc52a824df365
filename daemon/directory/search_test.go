package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fieldpost/daemon/directory"
	"fieldpost/sfclient/sandbox"
)

// found are the names that a search gives, in order.
func (d *desk) found(q directory.Query) string {
	d.t.Helper()
	people, err := d.People(q)
	if err != nil {
		d.t.Fatal(err)
	}
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}

func newPhoneBook(t *testing.T) (d *desk, other string) {
	d = newDesk(t)
	other = d.org.AddUser("other@acme.test", "O", "Ther")
	acme := d.org.AddAccount("Ægir Fisk A/S")
	for _, p := range []sandbox.Person{
		{FirstName: "Ana", LastName: "Müller", Email: "ana.mueller@kunde.test", Owner: other},
		{FirstName: "Anna", LastName: "Mulder", Email: "a.mulder@kunde.test"},
		{FirstName: "Søren", LastName: "Ødegård", Email: "soren@fisk.test", Owner: other, Account: acme},
		{FirstName: "Łukasz", LastName: "O’Brien", Email: "lob@kunde.test", Owner: other},
		{FirstName: "Weiß", LastName: "Ana-Maria", Email: "weiss@kunde.test", Owner: other},
	} {
		d.org.AddContact(p)
	}
	d.sync(directory.Filter{UserID: d.rep})
	return d, other
}

func TestPeopleAreFoundByTheBeginningsOfTheirWords(t *testing.T) {
	d, _ := newPhoneBook(t)
	for text, want := range map[string]string{
		"muller":          "Ana Müller",
		"MÜLL":            "Ana Müller",
		"mul":             "Anna Mulder, Ana Müller", // the rep's own first
		"mul an":          "Anna Mulder, Ana Müller",
		"muller ana":      "Ana Müller",
		"ode":             "Søren Ødegård",
		"ægir":            "Søren Ødegård",
		"aegir soren":     "Søren Ødegård",
		"lukasz obrien":   "Łukasz O’Brien",
		"o'brien":         "Łukasz O’Brien",
		"weiss":           "Weiß Ana-Maria",
		"maria":           "Weiß Ana-Maria",
		"ana.mueller@kun": "Ana Müller",
		"ana":             "Ana Müller, Weiß Ana-Maria", // both a whole word of the name
		"nobody":          "",
		"muller nobody":   "",
		"uller":           "",
		"":                "",
		" - ":             "",
	} {
		if got := d.found(directory.Query{Text: text}); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
}

func TestWhoWasUsedLastComesFirst(t *testing.T) {
	d, _ := newPhoneBook(t)
	recent := []string{"WEISS@kunde.test", "ana.mueller@kunde.test", "gone@kunde.test"}
	for text, want := range map[string]string{
		"an":  "Weiß Ana-Maria, Ana Müller, Anna Mulder",
		"mul": "Ana Müller, Anna Mulder",
		"":    "Weiß Ana-Maria, Ana Müller",
	} {
		if got := d.found(directory.Query{Text: text, Recent: recent}); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	if got := d.found(directory.Query{Text: "an", Recent: recent, Limit: 1}); got != "Weiß Ana-Maria" {
		t.Errorf("one alone is %q", got)
	}
}

func TestRecordsAreFoundByNameAndAccountAndNarrowedToAnObject(t *testing.T) {
	d := newDesk(t)
	acme := d.org.AddAccount("Bäckerei Nord")
	deal := d.org.AddOpportunity("Ofen 2027", acme)
	d.sync(directory.Filter{})
	for _, c := range []struct {
		text, object string
		limit        int
		want         string
	}{
		{"backerei", "", 0, "Account Bäckerei Nord, Opportunity Ofen 2027"},
		{"nord ofen", "", 0, "Opportunity Ofen 2027"},
		{"backerei", "opportunity", 0, "Opportunity Ofen 2027"},
		{"backerei", "Visit__c", 0, ""},
		{"", "Opportunity", 1, "Opportunity Ofen 2027"}, // used last but one, and the first of its kind
	} {
		records, err := d.Records(directory.Query{Text: c.text, Object: c.object, Recent: []string{acme, deal}, Limit: c.limit})
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, r := range records {
			told = append(told, r.Object+" "+r.Name)
		}
		if got := strings.Join(told, ", "); got != c.want {
			t.Errorf("%q of %q finds %q, want %q", c.text, c.object, got, c.want)
		}
	}
}

func TestWhatChangesInTheCopyIsFoundAtOnce(t *testing.T) {
	d, _ := newPhoneBook(t)
	if got := d.found(directory.Query{Text: "new"}); got != "" {
		t.Fatalf("found %q", got)
	}
	d.org.AddContact(sandbox.Person{LastName: "Newman", Email: "nobody@kunde.test"})
	d.resolve(directory.Filter{UserID: d.rep})
	if got := d.found(directory.Query{Text: "new"}); got != "Newman" {
		t.Errorf("whom a live query found is not found offline: %q", got)
	}
	if err := d.ForgetOne("nobody@kunde.test", ""); err != nil {
		t.Fatal(err)
	}
	if got := d.found(directory.Query{Text: "new"}); got != "" {
		t.Errorf("who was forgotten is found: %q", got)
	}
	if err := d.Forget(); err != nil {
		t.Fatal(err)
	}
	if got := d.found(directory.Query{Text: "mul"}); got != "" {
		t.Errorf("after everything was forgotten: %q", got)
	}
}

// TestASearchFindsWhatReadingEveryRowWould holds the index against the plainest search
// there is.
func TestASearchFindsWhatReadingEveryRowWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[abä]{1,3}`)
		cards := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) directory.Card {
			return directory.Card{
				Name: word.Draw(t, "first") + " " + word.Draw(t, "last"), Company: word.Draw(t, "company"),
				Email: word.Draw(t, "local") + "@" + word.Draw(t, "domain"), Own: rapid.Bool().Draw(t, "own"),
			}
		}), 0, 30).Draw(t, "cards")
		for i := range cards {
			cards[i].ID = fmt.Sprintf("003%012dAAA", i)
		}
		typed := rapid.SliceOfN(word, 1, 3).Draw(t, "typed")
		var want []string
		for _, c := range cards {
			every := true
			for _, w := range typed {
				every = every && slices.ContainsFunc(directory.Words(c.Name+" "+c.Company+" "+c.Email), func(has string) bool {
					return strings.HasPrefix(has, directory.Words(w)[0])
				})
			}
			if every {
				want = append(want, c.ID)
			}
		}
		var got []string
		owned := true
		for _, c := range directory.Find(slices.Clone(cards), strings.Join(typed, " "), 100) {
			got = append(got, c.ID)
			if c.Own && !owned {
				t.Fatalf("one of the rep's own stands behind another's")
			}
			owned = c.Own
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%q finds %v, want %v", typed, got, want)
		}
	})
}
