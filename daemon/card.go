package daemon

import (
	"cmp"
	"slices"
	"strings"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

const (
	// cardItems is how many activities a card shows, cardDepth how many of the outbox's
	// latest are looked through for it.
	cardItems, cardDepth = 20, 5000
)

// Card tells a person, named by id or address, with what was logged to them from here, what
// waits, and what a next activity may be related to. An unknown one is outbox.ErrNotFound.
func (h *Home) Card(p *words.Printer, named string) (apitype.Card, error) {
	person, err := h.person(named)
	if err != nil {
		return apitype.Card{}, err
	}
	card := apitype.Card{Person: personOf(person), Items: []apitype.Item{}}
	err = h.loggedTo(&person, func(item *outbox.Item) bool {
		switch item.State {
		case outbox.Delivered:
			card.Delivered++
		case outbox.Discarded:
			return true
		default:
			card.Waiting++
		}
		if len(card.Items) < cardItems {
			card.Items = append(card.Items, apitype.ItemOf(p, *item))
		}
		return true
	})
	if err != nil {
		return card, err
	}
	suggestions, err := h.suggest(p, &person, activity.Share)
	card.Suggestions = suggestions.Items
	return card, err
}

// person finds somebody by id or address in the copy.
func (h *Home) person(named string) (directory.Person, error) {
	if err := h.locked(); err != nil {
		return directory.Person{}, err
	}
	account, _, err := h.Outbox.Current()
	if err != nil {
		return directory.Person{}, err
	}
	if account == nil {
		return directory.Person{}, outbox.ErrNotFound
	}
	if !strings.Contains(named, "@") {
		if !activity.ValidID(named) {
			return directory.Person{}, outbox.ErrNotFound
		}
		found, err := h.Directory.Person(h.Current(activity.LongID(named)))
		if err == nil && found.ID == "" {
			err = outbox.ErrNotFound
		}
		return found, err
	}
	known, err := h.Directory.Known(h.filter(account.UserID), []string{named}, nil)
	if err != nil {
		return directory.Person{}, err
	}
	found, ambiguous := directory.Choose(known[directory.Fold(named)].People)
	if found.ID == "" || ambiguous {
		return directory.Person{}, outbox.ErrNotFound
	}
	return found, nil
}

// loggedTo gives the items that name a person, newest first, until do has enough.
func (h *Home) loggedTo(person *directory.Person, do func(item *outbox.Item) bool) error {
	q := outbox.Query{Limit: 500}
	for seen := 0; seen < cardDepth; seen += q.Limit {
		items, next, err := h.Outbox.List(q)
		if err != nil {
			return err
		}
		for i := range items {
			if h.names(&items[i], person) && !do(&items[i]) {
				return nil
			}
		}
		if next == "" {
			return nil
		}
		q.Cursor = next
	}
	return nil
}

func (h *Home) names(item *outbox.Item, person *directory.Person) bool {
	return slices.ContainsFunc(item.Activity.People, func(p activity.Person) bool {
		if p.ID != "" {
			return h.Current(activity.LongID(p.ID)) == person.ID
		}
		return person.Email != "" && directory.Fold(p.Email) == directory.Fold(person.Email)
	})
}

// Suggest lists what an activity of a kind with a person, named by id or address, may be
// related to: the rep's last choice for them first. Nobody known is suggested nothing.
func (h *Home) Suggest(p *words.Printer, named string, kind activity.Kind) (apitype.Suggestions, error) {
	person, err := h.person(named)
	if err != nil {
		return apitype.Suggestions{Items: []apitype.Suggestion{}}, err
	}
	return h.suggest(p, &person, kind)
}

func (h *Home) suggest(p *words.Printer, person *directory.Person, kind activity.Kind) (apitype.Suggestions, error) {
	told := apitype.Suggestions{Items: []apitype.Suggestion{}}
	all, err := h.Directory.Suggest(person.ID)
	if err != nil {
		return told, err
	}
	last, err := h.lastChoice(person, kind)
	if err != nil {
		return told, err
	}
	add := func(e directory.Entry, code, sentence string, args ...any) {
		known := slices.ContainsFunc(told.Items, func(s apitype.Suggestion) bool { return s.ID == e.ID })
		if !known && h.relatable(kind, e.ID) {
			told.Items = append(told.Items, apitype.Suggestion{
				Entry: apitype.Entry{ID: e.ID, Object: e.Object, Name: e.Name, Account: e.Account}, Code: code, Reason: p.Text("suggest."+sentence, args...),
			})
		}
	}
	if last.ID != "" {
		add(last, "last_choice", "last_choice", "person", person.Name)
	}
	for _, s := range all {
		sentence, args := s.Why, []any{"person", person.Name, "role", s.Role, "account", cmp.Or(s.Account, person.Company)}
		if s.Why == directory.ByRole && s.Role == "" {
			sentence = "some_role"
		}
		add(s.Entry, s.Why, sentence, args...)
	}
	return told, nil
}

// lastChoice is what the rep related to when they logged something of this kind to a person
// last, the zero Entry for nothing; a closed opportunity is no choice any more.
func (h *Home) lastChoice(person *directory.Person, kind activity.Kind) (last directory.Entry, err error) {
	id := ""
	err = h.loggedTo(person, func(item *outbox.Item) bool {
		if to := item.Activity.RelatedTo; to != nil && item.State != outbox.Discarded && h.relatable(kind, to.ID) {
			id = h.Current(activity.LongID(to.ID))
		}
		return id == ""
	})
	if err != nil || id == "" {
		return last, err
	}
	last, err = h.Directory.Record(id)
	if last.Closed {
		last = directory.Entry{}
	}
	return last, err
}

func (h *Home) relatable(kind activity.Kind, id string) bool {
	facts, known := h.facts()
	return !known || crm.RelatedTo(kind, id, facts, h.rules()) == ""
}
