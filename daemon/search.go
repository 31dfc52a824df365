package daemon

import (
	"time"

	"fieldpost/daemon/directory"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// recentItems is how many of the items captured last tell who was used last.
const recentItems = 50

// People finds people of the copy by what is typed, without a network: those used last
// first, then the rep's own. limit 0 is the directory's default. Nobody is found in a copy
// that was made for somebody else or through other settings.
func (h *Home) People(text string, limit int) (apitype.People, error) {
	found := apitype.People{Items: []apitype.Person{}}
	q, usable, err := h.query(text, limit)
	if err != nil || !usable {
		return found, err
	}
	people, err := h.Directory.People(q)
	found.Items = peopleOf(people)
	if err == nil {
		found.RefreshedAt, err = h.refreshedAt()
	}
	return found, err
}

// Records finds records as People finds people; object narrows them to one, "" to none.
func (h *Home) Records(text, object string, limit int) (apitype.Records, error) {
	found := apitype.Records{Items: []apitype.Entry{}}
	q, usable, err := h.query(text, limit)
	if err != nil || !usable {
		return found, err
	}
	q.Object = object
	records, err := h.Directory.Records(q)
	for _, r := range records {
		found.Items = append(found.Items, apitype.Entry{ID: r.ID, Object: r.Object, Name: r.Name, Account: r.Account})
	}
	if err == nil {
		found.RefreshedAt, err = h.refreshedAt()
	}
	return found, err
}

// query is a search of the rep who is signed in.
func (h *Home) query(text string, limit int) (q directory.Query, usable bool, err error) {
	if err := h.locked(); err != nil {
		return q, false, err
	}
	account, _, err := h.Outbox.Current()
	if err != nil || account == nil {
		return q, false, err
	}
	if usable, err = h.Directory.MadeBy(h.filter(account.UserID)); err != nil || !usable {
		return q, false, err
	}
	recent, err := h.usedLast()
	return directory.Query{Text: text, Recent: recent, Limit: limit}, true, err
}

// usedLast are the ids and addresses of the people and records of the latest items, latest
// first.
func (h *Home) usedLast() ([]string, error) {
	items, _, err := h.Outbox.List(outbox.Query{Limit: recentItems})
	var used []string
	for i := range items {
		a := &items[i].Activity
		if a.RelatedTo != nil {
			used = append(used, activity.LongID(a.RelatedTo.ID))
		}
		for _, p := range a.People {
			if p.ID != "" {
				used = append(used, activity.LongID(p.ID))
			} else {
				used = append(used, p.Email)
			}
		}
	}
	return used, err
}

func (h *Home) refreshedAt() (*time.Time, error) {
	stats, err := h.Directory.Stats(h.Now())
	return apitype.TimeOrNil(stats.RefreshedAt), err
}
