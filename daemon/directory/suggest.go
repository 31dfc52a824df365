package directory

import (
	"slices"
	"strings"

	"go.etcd.io/bbolt"
)

// Why a record is suggested.
const (
	ByRole    = "role"     // the person has a role in the opportunity
	ByAccount = "account"  // an open opportunity of the person's account
	Employer  = "employer" // the person's account
)

// Suggestion is a record that an activity with a person may be related to.
type Suggestion struct {
	Entry
	// Why is one of ByRole, ByAccount and Employer; Role is what the person is in the
	// opportunity, as the org calls it.
	Why, Role string
}

// mostOfAccount is how many opportunities of one account are suggested: a rep who has more
// open there searches by name.
const mostOfAccount = 10

// Suggest lists what an activity with a person may be related to: the open opportunities in
// which the person has a role, the primary ones first, then those of the person's account,
// then the account. Empty for a lead, and for whom the copy does not know.
func (d *Directory) Suggest(personID string) (all []Suggestion, err error) {
	if d.vault.locked() {
		return nil, ErrLocked
	}
	err = d.view(func(tx *bbolt.Tx) error {
		all = nil
		p, err := d.get(tx, people, current(tx, personID))
		if err != nil || p == nil || p.Object != "Contact" {
			return err
		}
		add := func(r *row, why, role string) {
			known := slices.ContainsFunc(all, func(s Suggestion) bool { return s.ID == r.ID })
			if !r.Closed && !known {
				all = append(all, Suggestion{Entry: r.entry(), Why: why, Role: role})
			}
		}
		if err := d.byRole(tx, p, add); err != nil {
			return err
		}
		return d.ofAccount(tx, p, add)
	})
	return all, err
}

func (d *Directory) byRole(tx *bbolt.Tx, p *row, add func(r *row, why, role string)) error {
	of, err := d.linked(tx, roles, []byte(p.ID))
	if err != nil {
		return err
	}
	slices.SortStableFunc(of, func(a, b row) int {
		switch {
		case a.Primary == b.Primary:
			return 0
		case a.Primary:
			return -1
		}
		return 1
	})
	for _, role := range of {
		deal, err := d.get(tx, records, role.OpportunityID)
		if err != nil {
			return err
		}
		if deal != nil {
			add(deal, ByRole, role.Role)
		}
	}
	return nil
}

func (d *Directory) ofAccount(tx *bbolt.Tx, p *row, add func(r *row, why, role string)) error {
	deals, err := d.linked(tx, records, []byte(p.AccountID))
	if err != nil {
		return err
	}
	deals = slices.DeleteFunc(deals, func(r row) bool { return r.Closed })
	slices.SortFunc(deals, func(a, b row) int { return strings.Compare(a.Name, b.Name) })
	for i := range deals[:min(len(deals), mostOfAccount)] {
		add(&deals[i], ByAccount, "")
	}
	account, err := d.get(tx, records, p.AccountID)
	if err == nil && account != nil {
		add(account, Employer, "")
	}
	return err
}
