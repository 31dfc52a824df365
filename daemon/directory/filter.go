package directory

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fieldpost/sfclient"
)

// Filter narrows whom a rep may relate: the settings contacts.scope, contacts.where and
// leads.where (CONTRACT section 3). The zero Filter hides nobody.
type Filter struct {
	// UserID is the rep, whose copy no other user's is; Own lets only the rep's own people
	// through.
	UserID string `json:"user_id,omitempty"`
	Own    bool   `json:"own,omitempty"`
	// Contacts is a further SOQL condition, "" for none.
	Contacts string `json:"contacts,omitempty"`
	// Leads is the one for leads; nil lets Contacts count for them too, where Lead knows
	// its fields, and leaves leads out where it does not.
	Leads *string `json:"leads,omitempty"`
}

// Hides reports whether the filter keeps anybody from the rep.
func (f Filter) Hides() bool {
	return f.Own || f.Contacts != "" || f.Leads != nil && *f.Leads != ""
}

// A ConditionError says that Salesforce cannot follow a condition of the settings, in
// Salesforce's own words.
type ConditionError struct {
	// Setting is contacts.where or leads.where.
	Setting string
	Answer  *sfclient.Error
}

func (e *ConditionError) Error() string { return "directory: " + e.Setting + ": " + e.Answer.Error() }

// Problem names the sentence in daemon/words.
func (e *ConditionError) Problem() (code string, args map[string]string) {
	return "condition_refused", map[string]string{"setting": e.Setting, "message": e.Answer.Message}
}

// Try asks Salesforce whether it can follow the conditions. The error is a
// *ConditionError, or what kept Salesforce from being asked.
func Try(ctx context.Context, source Source, filter Filter) error {
	for _, q := range filter.people(&load{}) {
		q.keep, q.limit = func(*row) {}, " LIMIT 1"
		if _, err := q.read(ctx, source, nil); err != nil {
			return err
		}
	}
	return nil
}

// people are the queries that list contacts and leads through the filter.
func (f Filter) people(into *load) []peopleQuery {
	owner := ""
	if f.Own {
		owner = f.UserID
	}
	contacts := peopleQuery{soql: soqlContacts, keep: into.contact, owner: owner, where: f.Contacts, setting: "contacts.where"}
	leads := peopleQuery{soql: soqlLeads, keep: into.lead, owner: owner, where: f.Contacts, setting: "contacts.where", lent: true}
	if f.Leads != nil {
		leads.where, leads.setting, leads.lent = *f.Leads, "leads.where", false
	}
	return []peopleQuery{contacts, leads}
}

// key is what people are looked up by.
type key string

const (
	byAddress key = "Email"
	byID      key = "Id"
)

// peopleQuery lists contacts or leads.
type peopleQuery struct {
	by                        key
	soql, owner, where, limit string
	keep                      func(*row)
	// setting names where the condition comes from; a lent one is that of the contacts.
	setting string
	lent    bool
}

// read lists who fits the filter, those with one of the values where some are given.
// left tells that the object is left out because a lent condition names fields that it
// has not. An object that the rep may not see has nobody.
func (q peopleQuery) read(ctx context.Context, source Source, values []string) (left bool, err error) {
	err = q.try(ctx, source, values)
	if !sfclient.Declined(err) {
		return false, err
	}
	bare := q
	bare.soql = withoutAccount(q.soql) // the rep may not see accounts
	if bare.soql != q.soql {
		if again := bare.try(ctx, source, values); !sfclient.Declined(again) {
			return false, again
		}
	}
	var own *sfclient.Error
	if q.where == "" || !errors.As(err, &own) {
		return false, unlessHidden(err)
	}
	bare.where, bare.limit, bare.keep = "", " LIMIT 1", func(*row) {}
	switch hidden := bare.try(ctx, source, nil); {
	case hidden != nil:
		return false, unlessHidden(hidden)
	case q.lent:
		return true, nil
	}
	return false, &ConditionError{Setting: q.setting, Answer: own}
}

func (q peopleQuery) try(ctx context.Context, source Source, values []string) error {
	soql := q.soql
	if q.by == byID { // people without an address have an id
		soql = strings.Replace(soql, "Email != null", "Id != null", 1)
	}
	if q.owner != "" {
		soql += " AND OwnerId = " + sfclient.Quote(q.owner)
	}
	if q.where != "" {
		soql += " AND (" + q.where + ")"
	}
	queries := slices.Values([]string{soql + q.limit})
	if values != nil {
		queries = sfclient.InQueries(soql+" AND "+string(q.by)+" IN ", values, q.limit)
	}
	for each := range queries {
		if err := read(ctx, source, each, q.keep); err != nil {
			return err
		}
	}
	return nil
}
