package localapi

import (
	"encoding/json"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/page"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// outboxView is the list as GET /v1/activities gives it.
func (s *Server) outboxView(c *call) (page.View, error) {
	query, err := readQuery(c)
	if err != nil {
		return nil, err
	}
	if query.Limit == 0 {
		query.Limit = recent
	}
	items, next, err := s.Outbox.List(query)
	if err != nil {
		return nil, err
	}
	status, err := s.Status.Status(c.Context(), c.words)
	if err != nil {
		return nil, err
	}
	held, err := s.Outbox.Causes(outbox.Held)
	told := apitype.ItemsOf(c.words, items, next)
	return page.Outbox{
		Now: s.Now(), Query: query, Items: told.Items, Next: next, Alike: s.alike(c, told.Items), Status: status,
		Held: apitype.CausesOf(c.words, held),
	}, err
}

// itemView is one activity with all that is known of it. What cannot be told now is left
// out: the story is there in any case.
func (s *Server) itemView(c *call) (page.View, error) {
	item, err := s.Outbox.Get(c.URL.Query().Get("id"))
	if err != nil {
		return nil, err
	}
	view := page.Item{Now: s.Now(), Item: apitype.ItemOf(c.words, item), CanEdit: s.Upkeep != nil, CanFind: s.Directory != nil}
	view.Alike = s.alike(c, []apitype.Item{view.Item})
	if s.Preview != nil && !item.Sealed && !item.Purged {
		if told, err := s.Preview.Preview(c.words, item.ID); err == nil {
			view.Preview = &told
		}
	}
	view.Unresolved = s.unresolvedOf(item.ID)
	view.Suggestions = s.suggestions(c, &item.Activity)
	return view, nil
}

// unresolvedOf are the addresses of an item that wait for an answer.
func (s *Server) unresolvedOf(id string) (of []apitype.Unresolved) {
	if s.People == nil {
		return nil
	}
	list, err := s.People.Unresolved()
	if err != nil {
		return nil
	}
	for _, one := range list.Items {
		for _, waiting := range one.Activities {
			if waiting == id {
				one.Activities = []string{id}
				of = append(of, one)
			}
		}
	}
	return of
}

// logView is the form that logs a share or a meeting, with what was typed before.
func (s *Server) logView(c *call) (page.View, error) {
	view := page.Log{Now: s.Now(), Kind: activity.Kind(c.PathValue("name")), CanFind: s.Directory != nil}
	var err error
	if view.Draft, err = s.Drafts.Draft(view.Kind); err != nil {
		return nil, err
	}
	view.Draft.Kind = view.Kind
	view.Suggestions = s.suggestions(c, &view.Draft)
	if id := c.URL.Query().Get("logged"); id != "" {
		item, err := s.Outbox.Get(id)
		if err != nil {
			return nil, err
		}
		logged := apitype.ItemOf(c.words, item)
		view.Logged = &logged
	}
	return view, nil
}

// suggestions are what an activity with its first person may be related to; nothing where
// that person is not at hand.
func (s *Server) suggestions(c *call, a *activity.Activity) []apitype.Suggestion {
	if s.People == nil || len(a.People) == 0 {
		return nil
	}
	named := a.People[0].ID
	if named == "" {
		named = a.People[0].Email
	}
	told, err := s.People.Suggest(c.words, named, a.Kind)
	if err != nil {
		return nil // unknown, or nobody can be found now
	}
	return told.Items
}

// relatedView is the part of a form that follows its people.
func (s *Server) relatedView(c *call) (page.View, error) {
	query := c.URL.Query()
	a := activity.Activity{Kind: activity.Kind(query.Get("kind"))}
	if person := query.Get("person"); person != "" {
		a.People = []activity.Person{{ID: person}}
	}
	view := page.Related{Suggestions: s.suggestions(c, &a)}
	if chosen := query.Get("chosen"); chosen != "" {
		if err := json.Unmarshal([]byte(chosen), &view.Chosen); err != nil {
			return nil, invalid(codeInvalidValue, "chosen")
		}
	}
	return view, nil
}

func (s *Server) settingsView(c *call) (page.View, error) {
	all, err := s.Settings.List(c.words)
	return page.Settings(all), err
}

func (s *Server) aboutView(c *call) (page.View, error) {
	status, err := s.Status.Status(c.Context(), c.words)
	return page.About{Now: s.Now(), Status: status, Folders: s.Folders(), Pairings: s.allPairings()}, err
}
