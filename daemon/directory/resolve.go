package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// Match says who has an address, or who an id is.
type Match struct {
	People []Person
	// Filtered: somebody has it, but the rep is not to relate them (Filter).
	Filtered bool
	// Colleague: it is the address of a user of the org. Ignored: the rep said that it is
	// nobody to relate. Neither is looked for among contacts and leads.
	Colleague, Ignored bool
}

// settled tells that nobody need be looked for.
func (m Match) settled() bool { return len(m.People) > 0 || m.Colleague || m.Ignored }

// Resolve finds who has each of the addresses: what the rep answered once, then the copy,
// then, for the rest and for matches older than a day, live queries of contacts and leads.
// What those find is kept. Where the filter hides people, one more query tells whether it
// does so here; whom it finds is not told and not kept. Of the ids (18 characters) those
// are told that the filter hides, and those that have another id by now. The result is
// keyed by the folded address or the id; an address nobody has is absent from it.
func (d *Directory) Resolve(ctx context.Context, source Source, filter Filter, addresses, ids []string, now time.Time) (map[string]Match, error) {
	r := &resolving{d: d, ctx: ctx, source: source, filter: filter, now: now, epoch: d.now(), found: map[string]Match{}}
	var err error
	if r.usable, err = d.MadeBy(filter); kept(err) != nil {
		return nil, err
	}
	if err := r.addresses(addresses); err != nil {
		return nil, err
	}
	return r.found, r.ids(ids)
}

// kept lets trouble with the copy itself pass: a full disk keeps nobody from being asked
// for live.
func kept(err error) error {
	var own *StoreError
	if errors.As(err, &own) {
		return nil
	}
	return err
}

// Known is Resolve without a network: what the rep answered and the copy knows.
func (d *Directory) Known(filter Filter, addresses, ids []string) (map[string]Match, error) {
	usable, err := d.MadeBy(filter)
	if err != nil || !usable {
		return map[string]Match{}, err
	}
	found := map[string]Match{}
	err = d.view(func(tx *bbolt.Tx) error {
		clear(found)
		for _, address := range addresses {
			m, _, err := d.known(tx, filter, Fold(address))
			if err != nil {
				return err
			}
			if m.settled() {
				found[Fold(address)] = m
			}
		}
		for _, id := range ids {
			if now := current(tx, id); now != id {
				p, err := d.personIn(tx, now)
				if err != nil {
					return err
				}
				found[id] = Match{People: []Person{p}}
			}
		}
		return nil
	})
	return found, err
}

// known is what an address is without a network; told, that the rep said so.
func (d *Directory) known(tx *bbolt.Tx, filter Filter, folded string) (m Match, told bool, err error) {
	answer, answered, err := d.answered(tx, filter.UserID, folded)
	if err != nil {
		return m, false, err
	}
	if answered && answer.ID == "" {
		return Match{Ignored: true}, true, nil
	}
	if answered {
		if r, err := d.get(tx, people, answer.ID); err != nil || r != nil {
			if r != nil {
				m.People = []Person{r.person(filter.UserID)}
			}
			return m, true, err
		}
	}
	for _, address := range []string{folded, untagged(folded)} {
		if address == "" {
			continue
		}
		if colleagues, err := d.linked(tx, users, d.vault.hash(address)); err != nil || len(colleagues) > 0 {
			return Match{Colleague: true}, false, err
		}
		rows, err := d.linked(tx, people, d.vault.hash(address))
		if err != nil {
			return m, false, err
		}
		for i := range rows {
			m.People = append(m.People, rows[i].person(filter.UserID))
		}
		if len(m.People) > 0 {
			break
		}
	}
	return m, false, nil
}

func (d *Directory) personIn(tx *bbolt.Tx, id string) (Person, error) {
	r, err := d.get(tx, people, id)
	if err != nil || r == nil {
		return Person{ID: id}, err
	}
	return r.person(""), nil
}

// resolving is one Resolve under way.
type resolving struct {
	d      *Directory
	ctx    context.Context
	source Source
	filter Filter
	now    time.Time
	epoch  epoch
	usable bool // the copy can be read, and was made through the filter
	found  map[string]Match
}

// fresh reports whether the copy is not older than a match is believed.
func (r *resolving) fresh() (bool, error) {
	s, err := r.d.state()
	return err == nil && r.now.Sub(s.RefreshedAt).Abs() < matchAge, kept(err)
}

func (r *resolving) addresses(addresses []string) error {
	var unknown []string
	fresh, err := r.fresh()
	if err != nil {
		return err
	}
	for _, address := range addresses {
		folded := Fold(address)
		var m Match
		told := false
		if r.usable {
			err := r.d.view(func(tx *bbolt.Tx) (err error) {
				m, told, err = r.d.known(tx, r.filter, folded)
				return err
			})
			if kept(err) != nil {
				return err
			}
		}
		look, looked := r.d.looks.of(folded, r.now)
		switch {
		case m.Ignored, m.Colleague, m.settled() && (fresh || looked && look.found):
			r.found[folded] = m
		case told && m.settled():
			still, err := r.still(folded, m)
			if err != nil {
				return err
			}
			if !still {
				unknown = append(unknown, folded)
			}
		case !m.settled() && r.usable && looked && !look.found:
			if look.filtered {
				r.found[folded] = Match{Filtered: true}
			}
		default:
			unknown = append(unknown, folded)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return r.askAddresses(unknown)
}

// still asks whether the person whom the rep chose for an address is there yet.
func (r *resolving) still(folded string, m Match) (bool, error) {
	shown, err := r.ask(r.filter, "Id", []string{m.People[0].ID})
	if err != nil || len(shown) == 0 {
		return false, err
	}
	r.found[folded] = m
	r.d.looks.note(folded, look{at: r.now, found: true})
	return true, r.learn(nil, shown)
}

// askAddresses looks addresses up in Salesforce, and makes the copy say the same.
func (r *resolving) askAddresses(unknown []string) error {
	shown, err := r.ask(r.filter, "Email", asked(unknown))
	if err != nil {
		return err
	}
	var missing []string
	for _, address := range unknown {
		if of := who(shown, address); len(of) > 0 {
			r.found[address] = Match{People: of}
			r.d.looks.note(address, look{at: r.now, found: true})
		} else {
			missing = append(missing, address)
		}
	}
	if err := r.learn(unknown, shown); err != nil {
		return err
	}
	var concealed []*row
	if r.filter.Hides() && len(missing) > 0 {
		if concealed, err = r.ask(Filter{}, "Email", asked(missing)); err != nil {
			return err
		}
	}
	for _, address := range missing {
		filtered := len(who(concealed, address)) > 0
		if filtered {
			r.found[address] = Match{Filtered: true}
		}
		if r.usable {
			r.d.looks.note(address, look{at: r.now, filtered: filtered})
		}
	}
	return nil
}

// who are the people with an address, else with the one without its tag.
func who(all []*row, folded string) (people []Person) {
	for _, address := range []string{folded, untagged(folded)} {
		for _, f := range all {
			if address != "" && Fold(f.Email) == address {
				people = append(people, f.person(""))
			}
		}
		if len(people) > 0 {
			break
		}
	}
	return people
}

// ask looks people up in Salesforce, through a filter.
func (r *resolving) ask(filter Filter, by string, values []string) (all []*row, err error) {
	if len(values) == 0 {
		return nil, nil
	}
	s, err := r.d.state()
	if err != nil {
		s = &state{}
	}
	if kept(err) != nil {
		return nil, err
	}
	for _, l := range filter.people() {
		some := values
		if by == "Id" {
			some = slices.DeleteFunc(slices.Clone(values), func(id string) bool { return !strings.HasPrefix(id, l.prefix) })
		}
		if len(some) == 0 || l.lent && l.condition != "" && r.usable && s.LeadsLeftOut {
			continue
		}
		_, err := l.read(r.ctx, r.source, narrowing{by: by, values: some}, func(rows []answer, _ int) error {
			for i := range rows {
				all = append(all, l.row(&rows[i]))
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("directory: looking people up: %w", err)
		}
	}
	return all, nil
}

// learn makes the copy say of the addresses what a live query said.
func (r *resolving) learn(addresses []string, shown []*row) error {
	if !r.usable {
		return nil
	}
	return kept(r.d.write(r.epoch, func(w *writer) error {
		for _, f := range shown {
			if err := w.put(people, f); err != nil {
				return err
			}
		}
		for _, address := range addresses {
			rows, err := r.d.linked(w.tx, people, r.d.vault.hash(address))
			if err != nil {
				return err
			}
			for _, held := range rows {
				if slices.ContainsFunc(shown, func(f *row) bool { return f.ID == held.ID }) {
					continue
				}
				if err := w.drop(people, held.ID); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// ids tells which of the ids are people whom the filter hides: naming one by id must not
// get around it; and which have another id by now. An id that nobody has is left for
// Salesforce to refuse.
func (r *resolving) ids(ids []string) error {
	fresh, err := r.fresh()
	if err != nil {
		return err
	}
	var unknown []string
	for _, id := range ids {
		now, err := r.d.Current(id)
		if kept(err) != nil {
			return err
		}
		p, err := r.d.Person(cmp.Or(now, id))
		if kept(err) != nil && !errors.Is(err, ErrLocked) {
			return err
		}
		if now != "" && now != id {
			p.ID = now
			r.found[id] = Match{People: []Person{p}}
			continue
		}
		look, looked := r.d.looks.of(id, r.now)
		switch {
		case r.usable && p.ID != "" && (fresh || looked):
		case looked && r.usable:
			if look.filtered {
				r.found[id] = Match{Filtered: true}
			}
		default:
			unknown = append(unknown, id)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return r.askIDs(unknown)
}

func (r *resolving) askIDs(ids []string) error {
	shown, err := r.ask(r.filter, "Id", ids)
	if err != nil {
		return err
	}
	all := shown
	if r.filter.Hides() {
		if all, err = r.ask(Filter{}, "Id", ids); err != nil {
			return err
		}
	}
	has := func(people []*row, id string) bool {
		return slices.ContainsFunc(people, func(f *row) bool { return f.ID == id })
	}
	var gone []string
	for _, id := range ids {
		filtered := has(all, id) && !has(shown, id)
		if filtered {
			r.found[id] = Match{Filtered: true}
		}
		if !has(all, id) {
			gone = append(gone, id)
		}
		r.d.looks.note(id, look{at: r.now, found: has(shown, id), filtered: filtered})
	}
	if err := r.learn(nil, shown); err != nil {
		return err
	}
	for _, object := range []listing{contacts(), leads()} {
		moved, err := whereTo(r.ctx, r.source, object.object, withPrefix(gone, object.prefix))
		if err != nil {
			return err
		}
		for from, to := range moved {
			r.found[from] = Match{People: []Person{{ID: to}}}
		}
		if len(moved) > 0 && r.usable {
			if err := kept(r.d.write(r.epoch, func(w *writer) error { return w.move(moved) })); err != nil {
				return err
			}
		}
	}
	return nil
}

func withPrefix(ids []string, prefix string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !strings.HasPrefix(id, prefix) })
}

// Person is the contact or lead with an id, the zero one where the copy has none.
func (d *Directory) Person(id string) (p Person, err error) {
	if d.vault.locked() {
		return p, ErrLocked
	}
	err = d.view(func(tx *bbolt.Tx) error {
		r, err := d.get(tx, people, id)
		if r != nil {
			user := ""
			if user, err = userOf(tx); err == nil {
				p = r.person(user)
			}
		}
		return err
	})
	return p, err
}

// Record is the record with an id, the zero one where the copy has none.
func (d *Directory) Record(id string) (e Entry, err error) {
	if d.vault.locked() {
		return e, ErrLocked
	}
	err = d.view(func(tx *bbolt.Tx) error {
		r, err := d.get(tx, records, id)
		if r != nil {
			e = r.entry()
		}
		return err
	})
	return e, err
}

// Name gives what a person or record is called, "" where the copy does not know it.
func (d *Directory) Name(id string) (name string, err error) {
	if d.vault.locked() {
		return "", nil
	}
	err = d.view(func(tx *bbolt.Tx) error {
		for _, t := range []*table{people, records} {
			r, err := d.get(tx, t, current(tx, id))
			if err != nil || r != nil {
				if r != nil {
					name = r.Name
				}
				return err
			}
		}
		return nil
	})
	return name, err
}

// Choose picks who an address is, the zero Person for nobody: the contact, else the
// lead. Several contacts, or no contact and several leads, are ambiguous.
func Choose(people []Person) (chosen Person, ambiguous bool) {
	var contacts, leads []Person
	for _, p := range people {
		if p.Object == "Lead" {
			leads = append(leads, p)
		} else {
			contacts = append(contacts, p)
		}
	}
	candidates := contacts
	if len(contacts) == 0 {
		candidates = leads
	}
	switch len(candidates) {
	case 0:
		return Person{}, false
	case 1:
		return candidates[0], false
	}
	return Person{}, true
}
