package daemon

import (
	"cmp"
	"slices"
	"strings"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/drain"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
)

// unresolvedCodes are the problems that an answer about an address, or a change of the
// copy, may solve.
var unresolvedCodes = []string{"unresolved_person", "ambiguous_person"}

// likelyChoices is how many people of a like name are offered for an address that nobody
// has.
const likelyChoices = 5

// Unresolved groups by address what waits for the rep to say who it is: the address that
// most activities name comes first.
func (h *Home) Unresolved() (apitype.UnresolvedList, error) {
	list := apitype.UnresolvedList{Items: []apitype.Unresolved{}}
	groups := map[string]*apitype.Unresolved{}
	if err := h.locked(); err != nil {
		return list, err
	}
	account, _, err := h.Outbox.Current()
	if err != nil || account == nil {
		return list, err
	}
	filter := h.filter(account.UserID)
	err = h.eachUnresolved(account, func(item *outbox.Item) error {
		w := item.Work()
		known, err := h.Directory.Known(filter, drain.AddressesOf(w), nil)
		if err != nil {
			return err
		}
		for _, r := range drain.ItemOf(&w, known, h).People {
			p := r.Person
			if r.ID != "" || r.Aside != "" || h.Own(p.Email) {
				continue
			}
			address := directory.Fold(p.Email)
			group := groups[address]
			if group == nil {
				group = &apitype.Unresolved{Address: p.Email, Code: "unresolved_person", MayCreate: h.mayCreate()}
				groups[address] = group
				if r.Ambiguous {
					group.Code = "ambiguous_person"
					group.Choices = peopleOf(known[address].People)
				}
			}
			group.Name = cmp.Or(group.Name, p.Name)
			if !slices.Contains(group.Activities, item.ID) {
				group.Activities = append(group.Activities, item.ID)
			}
		}
		return nil
	})
	if err != nil {
		return list, err
	}
	for _, group := range groups {
		if group.Choices == nil {
			if group.Choices, err = h.alike(group); err != nil {
				return list, err
			}
		}
		list.Items = append(list.Items, *group)
	}
	slices.SortFunc(list.Items, func(a, b apitype.Unresolved) int {
		return cmp.Or(len(b.Activities)-len(a.Activities), strings.Compare(a.Address, b.Address))
	})
	return list, nil
}

// eachUnresolved gives the items of the account that wait for a person, newest first.
func (h *Home) eachUnresolved(account *outbox.Account, do func(item *outbox.Item) error) error {
	q := outbox.Query{State: outbox.NeedsAttention, Limit: 500}
	for {
		items, next, err := h.Outbox.List(q)
		if err != nil {
			return err
		}
		for i := range items {
			item := &items[i]
			theirs := item.Account != nil && !item.Account.Same(account)
			if theirs || item.Sealed || item.Purged || item.Problem == nil || !slices.Contains(unresolvedCodes, item.Problem.Code) {
				continue
			}
			if err := do(item); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		q.Cursor = next
	}
}

// alike are people whose names are like that of an address that nobody has.
func (h *Home) alike(group *apitype.Unresolved) ([]apitype.Person, error) {
	local, _, _ := strings.Cut(group.Address, "@")
	for _, text := range []string{group.Name, local} {
		if text == "" {
			continue
		}
		people, err := h.Directory.People(directory.Query{Text: text, Limit: likelyChoices})
		if err != nil || len(people) > 0 {
			return peopleOf(people), err
		}
	}
	return []apitype.Person{}, nil
}

func peopleOf(people []directory.Person) []apitype.Person {
	told := make([]apitype.Person, len(people))
	for i, p := range people {
		told[i] = personOf(p)
	}
	return told
}

func personOf(p directory.Person) apitype.Person {
	return apitype.Person{ID: p.ID, Object: p.Object, Name: p.Name, Email: p.Email, Company: p.Company, Own: p.Own}
}

// mayCreate names what the rep may create for somebody who is not in Salesforce, as far as
// the org's facts tell.
func (h *Home) mayCreate() []string {
	facts, known := h.facts()
	if !known {
		return []string{}
	}
	return slices.Concat([]string{}, facts.CreatablePeople)
}

// tryResolved makes due what the copy and the rep's answers resolve by now, and tells how
// many there are.
func (h *Home) tryResolved() (n int, err error) {
	account, _, err := h.Outbox.Current()
	facts, known := h.facts()
	if err != nil || account == nil || !known {
		return 0, err
	}
	var due []string
	err = h.eachUnresolved(account, func(item *outbox.Item) error {
		resolved, err := h.resolves(item, facts)
		if resolved {
			due = append(due, item.ID)
		}
		return err
	})
	for _, id := range due {
		if err == nil {
			err = h.Outbox.Retry(id)
		}
	}
	return len(due), err
}

// resolves reports whether the people of an item are no longer what keeps it.
func (h *Home) resolves(item *outbox.Item, facts *crm.Facts) (bool, error) {
	_, problem, err := h.compose(item, facts)
	return err == nil && (problem == nil || !slices.Contains(unresolvedCodes, problem.Code)), err
}
