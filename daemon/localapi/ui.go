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
	look, ok := s.fragments()[c.PathValue("name")]
	if !ok {
		return refuse(http.StatusNotFound, codeNotFound)
	}
	view, err := look(c)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return page.Draw(w, c.words, view)
}

// fragments are what the page is made of, as far as this application has the parts.
func (s *Server) fragments() map[string]func(c *call) (page.View, error) {
	all := map[string]func(c *call) (page.View, error){
		"today": s.today, "outbox": s.outboxView, "item": s.itemView, "about": s.aboutView,
	}
	if s.People != nil {
		all["people"], all["related"] = s.peopleView, s.relatedView
	}
	if s.Drafts != nil {
		all["share"], all["meeting"] = s.logView, s.logView
	}
	if s.Settings != nil {
		all["settings"] = s.settingsView
	}
	if s.Doctor != nil {
		all["checks"] = s.checksView
	}
	return all
}

func (s *Server) checksView(c *call) (page.View, error) {
	checks, err := s.Doctor.Check(c.Context(), c.words)
	return page.Checks(checks), err
}

func (s *Server) today(c *call) (page.View, error) {
	status, err := s.Status.Status(c.Context(), c.words)
	if err != nil {
		return nil, err
	}
	urgent, _, err := s.Outbox.List(outbox.Query{State: outbox.NeedsAttention, Limit: recent})
	if err != nil {
		return nil, err
	}
	latest, _, err := s.Outbox.List(outbox.Query{Limit: recent})
	if err != nil {
		return nil, err
	}
	days, err := s.Outbox.Days(s.Now(), page.Days)
	if err != nil {
		return nil, err
	}
	needs, last := apitype.ItemsOf(c.words, urgent, "").Items, apitype.ItemsOf(c.words, latest, "").Items
	var refused []page.Refused
	if s.Refused != nil {
		refused = s.Refused()
	}
	return page.Today{
		Now: s.Now(), Status: status, Asks: s.openAsks(),
		NeedsYou: needs, Latest: last, Alike: s.alike(c, needs, last), Days: days, Refused: refused,
		Inbox: s.Folders().Inbox, CanSignIn: s.SignIn != nil, CanSync: s.Sync != nil, CanClaim: s.Upkeep != nil,
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
func (s *Server) peopleView(c *call) (page.View, error) {
	view := page.People{Now: s.Now()}
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
	view.Typed = query.Get("q")
	found, err := s.Directory.People(view.Typed, 0)
	if err != nil {
		return s.peopleProblem(c, view, err)
	}
	view.Found = found.Items
	return view, nil
}

// peopleProblem tells on the page why nobody can be found now.
func (s *Server) peopleProblem(c *call, view page.People, err error) (page.View, error) {
	told, known := s.Explain(c.words, err)
	if !known {
		return view, err
	}
	view.Problem = told.Title + ". " + told.Remedy
	return view, nil
}
