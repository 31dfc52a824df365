package localapi

import (
	"net/http"
	"slices"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/page"
	"fieldpost/outbox"
)

// recent is how many activities the page shows.
const recent = 50

// shell answers with the page that holds no data of the rep.
func (s *Server) shell(w http.ResponseWriter, c *call) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", c.words.Lang())
	return page.Shell(w, c.words)
}

func (s *Server) static(w http.ResponseWriter, c *call) error {
	data, kind, ok := page.Static(c.PathValue("name"))
	if !ok {
		return refuse(http.StatusNotFound, codeNotFound)
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(data) // who hung up does not need it
	return nil
}

// fragment answers with a part of the page, drawn from what is so now.
func (s *Server) fragment(w http.ResponseWriter, c *call) error {
	switch name := c.PathValue("name"); {
	case name == "today":
		view, err := s.today(c)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		return page.Today(w, c.words, view)
	case name == "people" && s.People != nil:
		view, err := s.peopleView(c)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		return page.People(w, c.words, view)
	case name == "checks" && s.Doctor != nil:
		checks, err := s.Doctor.Check(c.Context(), c.words)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		return page.Checks(w, c.words, checks)
	}
	return refuse(http.StatusNotFound, codeNotFound)
}

func (s *Server) today(c *call) (page.View, error) {
	status, err := s.Status.Status(c.Context(), c.words)
	if err != nil {
		return page.View{}, err
	}
	urgent, _, err := s.Outbox.List(outbox.Query{State: outbox.NeedsAttention, Limit: recent})
	if err != nil {
		return page.View{}, err
	}
	latest, _, err := s.Outbox.List(outbox.Query{Limit: recent})
	if err != nil {
		return page.View{}, err
	}
	needs, last := apitype.ItemsOf(c.words, urgent, "").Items, apitype.ItemsOf(c.words, latest, "").Items
	return page.View{
		Now: s.Now(), Status: status, Asks: s.openAsks(), Pairings: s.allPairings(),
		NeedsYou: needs, Latest: last, Alike: s.alike(c, needs, last),
		Inbox: s.Inbox(), CanSignIn: s.SignIn != nil, CanSync: s.Sync != nil,
	}, nil
}

// alike gives what the items of lists look like. One that is gone meanwhile is left out.
func (s *Server) alike(c *call, lists ...[]apitype.Item) map[string]apitype.Item {
	known, alike := map[string]apitype.Item{}, map[string]apitype.Item{}
	for _, item := range slices.Concat(lists...) {
		known[item.ID] = item
	}
	for _, item := range slices.Concat(lists...) {
		for _, id := range item.Similar[:min(len(item.Similar), page.MostSimilar)] {
			if other, ok := known[id]; ok {
				alike[id] = other
			} else if other, err := s.Outbox.Get(id); err == nil {
				alike[id] = apitype.ItemOf(c.words, other)
			}
		}
	}
	return alike
}

// peopleView is one person's card, or what was searched for and who waits to be resolved.
func (s *Server) peopleView(c *call) (page.PeopleView, error) {
	view := page.PeopleView{Now: s.Now()}
	query := c.URL.Query()
	if id := query.Get("id"); id != "" {
		card, err := s.People.Card(c.words, id)
		view.Card, view.Alike = &card, s.alike(c, card.Items)
		return view, err
	}
	list, err := s.People.Unresolved()
	if err != nil {
		return s.peopleProblem(c, view, err)
	}
	view.Unresolved = list.Items
	text := query.Get("q")
	found, err := s.Directory.People(text, 0)
	if err != nil {
		return s.peopleProblem(c, view, err)
	}
	view.Found, view.Asked = found.Items, text != ""
	return view, nil
}

// peopleProblem tells on the page why nobody can be found now.
func (s *Server) peopleProblem(c *call, view page.PeopleView, err error) (page.PeopleView, error) {
	told, known := s.Explain(c.words, err)
	if !known {
		return view, err
	}
	view.Problem = told.Title + ". " + told.Remedy
	return view, nil
}
