package directory

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"fieldpost/sfclient"
)

// Resolve finds who has each of the addresses: first in the copy, then, for the
// rest, by live queries of contacts and leads. What those find is kept. The result is keyed by the folded address; an
// address nobody has is absent from it.
func (d *Directory) Resolve(ctx context.Context, source Source, addresses []string) (map[string][]Person, error) {
	found := map[string][]Person{}
	var unknown []string
	for _, address := range addresses {
		people, err := d.Lookup(address)
		if err != nil {
			return nil, err
		}
		if len(people) > 0 {
			found[Fold(address)] = people
		} else {
			unknown = append(unknown, Fold(address))
		}
	}
	people, err := ask(ctx, source, unknown)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		found[Fold(p.Email)] = append(found[Fold(p.Email)], p)
	}
	return found, d.learn(people)
}

func ask(ctx context.Context, source Source, addresses []string) ([]Person, error) {
	fresh := &load{}
	for _, from := range []struct {
		soql string
		keep func(*row)
	}{{soqlContacts, fresh.contact}, {soqlLeads, fresh.lead}} {
		for soql := range sfclient.InQueries(from.soql+" AND Email IN :values", addresses) {
			if err := list(ctx, source, soql, from.keep); err != nil {
				return nil, fmt.Errorf("directory: looking people up: %w", err)
			}
		}
	}
	return fresh.people, nil
}

// learn adds people found by a live query to the copy.
func (d *Directory) learn(people []Person) error {
	if len(people) == 0 {
		return nil
	}
	return d.db.Update(func(tx *bbolt.Tx) error {
		for i := range people {
			if err := putPerson(tx, &people[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Choose picks who an address is, the zero Person for nobody: the contact, else the lead. Several contacts,
// or no contact and several leads, are ambiguous.
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
