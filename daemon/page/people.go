package page

import (
	"encoding/json"
	"strings"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
)

// People is who is at hand without a network: one person's card, or what a search found and
// who waits to be resolved.
type People struct {
	Now        time.Time
	Card       *apitype.Card
	Alike      map[string]apitype.Item // as in Today
	Typed      string                  // what is searched for
	Found      []apitype.Person
	Problem    string // why nothing can be found, "" for nothing
	Unresolved []apitype.Unresolved
}

func (v People) drawing(p *words.Printer) (string, any) {
	t := teller{Printer: p, now: v.Now, alike: v.Alike}
	d := peopleDrawing{Words: p, Typed: v.Typed, Found: v.Found, Problem: v.Problem}
	if v.Card != nil {
		d.Card = t.card(v.Card)
	}
	for i := range v.Unresolved {
		d.Unresolved = append(d.Unresolved, t.unresolved(&v.Unresolved[i]))
	}
	return "people.html", d
}

type peopleDrawing struct {
	Words      *words.Printer
	Card       *card
	Typed      string
	Found      []apitype.Person
	Problem    string
	Unresolved []unresolved
}

type card struct {
	apitype.Card
	Counts string
	Rows   []row
}

func (t teller) card(of *apitype.Card) *card {
	c := &card{Card: *of, Counts: t.Text("page.people.counts", "delivered", t.number(of.Delivered), "waiting", t.number(of.Waiting))}
	for i := range of.Items {
		c.Rows = append(c.Rows, t.row(&of.Items[i]))
	}
	return c
}

// unresolved is an address and the buttons that answer who it is.
type unresolved struct {
	Address, Who, Waiting string
	Choices, Others       []answer
	// Find picks anybody who is at hand.
	Find combo
}

type answer struct {
	Path, Body, Label, Done string
	Person                  *apitype.Person
}

func (t teller) unresolved(of *apitype.Unresolved) unresolved {
	u := unresolved{
		Address: of.Address, Who: of.Address,
		Waiting: t.Text("page.people.waiting", "n", t.number(len(of.Activities))),
	}
	if of.Name != "" {
		u.Who = of.Name + " <" + of.Address + ">"
	}
	path := "/v1/activities/" + of.Activities[0] + "/resolve"
	u.Find = newCombo(t.Printer, "find-"+of.Address, "people", t.Text("page.people.find"))
	u.Find.Answer, u.Find.Address, u.Find.Done = path, of.Address, t.Text("page.people.answered")
	give := func(label string, asked apitype.ResolveRequest) answer {
		asked.Address = of.Address
		body, _ := json.Marshal(asked) // texts alone: it cannot fail
		return answer{Path: path, Body: string(body), Label: t.Text(label), Done: t.Text("page.people.answered")}
	}
	for i := range of.Choices {
		a := give("page.people.pick", apitype.ResolveRequest{ID: of.Choices[i].ID})
		a.Person = &of.Choices[i]
		u.Choices = append(u.Choices, a)
	}
	if words := strings.Fields(of.Name); len(words) > 0 {
		for _, object := range of.MayCreate {
			if object == "Contact" { // a lead needs a company: the command line asks for it
				create := &apitype.NewPerson{Object: object, FirstName: strings.Join(words[:len(words)-1], " "), LastName: words[len(words)-1]}
				u.Others = append(u.Others, give("page.people.create", apitype.ResolveRequest{Create: create}))
			}
		}
	}
	u.Others = append(u.Others,
		give("page.people.ignore", apitype.ResolveRequest{Ignore: apitype.IgnorePerson}),
		give("page.people.ignore_domain", apitype.ResolveRequest{Ignore: apitype.IgnoreDomain}))
	return u
}
