package directory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// Match says who has an address.
type Match struct {
	People []Person
	// Filtered: somebody has it, but the rep is not to relate them (Filter).
	Filtered bool
}

// Resolve finds who has each of the addresses: first in the copy, then, for the rest, by
// live queries of contacts and leads. What those find is kept. Where the filter hides
// people, one more query tells whether it does so here; whom it finds is not told and
// not kept. Of the ids (18 characters) only those that the filter hides are told. The
// result is keyed by the folded address or the id; an address nobody has is absent from
// it.
func (d *Directory) Resolve(ctx context.Context, source Source, filter Filter, addresses, ids []string, now time.Time) (map[string]Match, error) {
	epoch := d.epoch.Load()
	found, unknown, err := d.known(filter, addresses)
	if err != nil {
		return nil, err
	}
	usable, err := d.MadeBy(filter)
	if err != nil {
		return nil, err
	}
	if usable { // what is missing through another filter says nothing
		var missing map[string]miss
		unknown, missing = d.misses.fresh(unknown, now)
		for address, known := range missing {
			if known.filtered {
				found[address] = Match{Filtered: true}
			}
		}
	}
	people, err := d.ask(ctx, source, filter, byAddress, unknown)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		m := found[Fold(p.Email)]
		m.People = append(m.People, p)
		found[Fold(p.Email)] = m
	}
	if err := d.learn(epoch, filter, people); err != nil {
		return nil, err
	}
	if err := d.markFiltered(ctx, source, filter, found, unknown); err != nil {
		return nil, err
	}
	for _, address := range unknown {
		if match := found[address]; usable && len(match.People) == 0 {
			d.misses.note(address, match.Filtered, now)
		}
	}
	return found, d.markHidden(ctx, source, filter, found, ids)
}

// markHidden tells which of the ids are people whom the filter hides: naming one by id
// must not get around it. An id that nobody has is left for Salesforce to refuse.
func (d *Directory) markHidden(ctx context.Context, source Source, filter Filter, found map[string]Match, ids []string) error {
	if !filter.Hides() {
		return nil
	}
	usable, err := d.MadeBy(filter)
	if err != nil {
		return err
	}
	var unknown []string
	for _, id := range ids {
		if name, err := d.Name(id); err != nil || !usable || name == "" {
			unknown = append(unknown, id)
		}
	}
	shown, err := d.ask(ctx, source, filter, byID, unknown)
	if err != nil {
		return err
	}
	all, err := d.ask(ctx, source, Filter{}, byID, unknown)
	for _, p := range all {
		if !slices.ContainsFunc(shown, func(s Person) bool { return s.ID == p.ID }) {
			found[p.ID] = Match{Filtered: true}
		}
	}
	return err
}

// Known is Resolve without a network: what the copy knows.
func (d *Directory) Known(filter Filter, addresses []string) (map[string]Match, error) {
	found, _, err := d.known(filter, addresses)
	return found, err
}

// known looks in the copy, if it was made through this filter.
func (d *Directory) known(filter Filter, addresses []string) (found map[string]Match, unknown []string, err error) {
	found = map[string]Match{}
	usable, err := d.MadeBy(filter)
	if err != nil {
		return nil, nil, err
	}
	for _, address := range addresses {
		var people []Person
		if usable {
			if people, err = d.Lookup(address); err != nil {
				return nil, nil, err
			}
		}
		if len(people) > 0 {
			found[Fold(address)] = Match{People: people}
		} else {
			unknown = append(unknown, Fold(address))
		}
	}
	return found, unknown, nil
}

// markFiltered tells which of the addresses nobody was found for belong to somebody
// whom the filter hides.
func (d *Directory) markFiltered(ctx context.Context, source Source, filter Filter, found map[string]Match, addresses []string) error {
	var missing []string
	for _, address := range addresses {
		if len(found[address].People) == 0 {
			missing = append(missing, address)
		}
	}
	if !filter.Hides() || len(missing) == 0 {
		return nil
	}
	hidden, err := d.ask(ctx, source, Filter{}, byAddress, missing)
	for _, p := range hidden {
		found[Fold(p.Email)] = Match{Filtered: true}
	}
	return err
}

// ask looks people up in Salesforce.
func (d *Directory) ask(ctx context.Context, source Source, filter Filter, by key, values []string) ([]Person, error) {
	fresh := &load{}
	if len(values) == 0 {
		return nil, nil
	}
	withoutLeads, err := d.withoutLeads(filter)
	if err != nil {
		return nil, err
	}
	for _, q := range filter.people(fresh) {
		if q.lent && withoutLeads {
			continue
		}
		q.by = by
		if _, err := q.read(ctx, source, values); err != nil {
			return nil, fmt.Errorf("directory: looking people up: %w", err)
		}
	}
	return fresh.people, nil
}

// withoutLeads reports whether the copy made through this filter had to leave leads out.
func (d *Directory) withoutLeads(filter Filter) (bool, error) {
	usable, err := d.MadeBy(filter)
	if err != nil || !usable {
		return false, err
	}
	stats, err := d.Stats()
	return stats.LeadsLeftOut, err
}

// learn adds people found by a live query to the copy, if that was made through the
// same filter.
func (d *Directory) learn(epoch int64, filter Filter, people []Person) error {
	usable, err := d.MadeBy(filter)
	if err != nil || !usable || len(people) == 0 {
		return err
	}
	return d.keep(epoch, func(tx *bbolt.Tx) error {
		for i := range people {
			if err := putPerson(tx, &people[i]); err != nil {
				return err
			}
		}
		return nil
	})
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
