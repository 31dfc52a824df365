package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"fieldpost/sfclient"
)

// Org is Salesforce as far as reading facts goes.
type Org interface {
	Describe(ctx context.Context, object string, since time.Time) (*sfclient.Object, error)
	DescribeGlobal(ctx context.Context) ([]sfclient.ObjectSummary, error)
	Query(ctx context.Context, soql string, batch int) iter.Seq2[json.RawMessage, error]
}

// minKeyLength is the least length of a key field: an item's id has 36 characters.
const minKeyLength = 36

// ReadFacts asks the org what the rep may write: five calls. keyField is the
// configured name of the unique external id on Activity. What the rep may not
// see (an object, the statuses, the own user) is left empty rather than failing
// the rest.
func ReadFacts(ctx context.Context, org Org, userID, keyField string, now time.Time) (*Facts, error) {
	facts := &Facts{ReadAt: now, Prefixes: map[string]string{}}
	var task, event *sfclient.Object
	for name, into := range map[string]**sfclient.Object{"Task": &task, "Event": &event} {
		described, err := org.Describe(ctx, name, time.Time{})
		if unlessDeclined(err) != nil {
			return nil, fmt.Errorf("crm: reading %s: %w", name, err)
		}
		if *into = described; described == nil {
			*into = &sfclient.Object{}
		}
	}
	facts.Task, facts.Event = objectOf(task), objectOf(event)
	if usableKey(task, keyField) && usableKey(event, keyField) {
		facts.KeyField = keyField
	}
	global, err := org.DescribeGlobal(ctx)
	if err != nil && !sfclient.Declined(err) {
		return nil, fmt.Errorf("crm: reading the org's objects: %w", err)
	}
	for _, o := range global {
		if o.KeyPrefix != "" {
			facts.Prefixes[o.KeyPrefix] = o.Name
		}
		if o.Queryable && o.Searchable {
			facts.Searchable = append(facts.Searchable, o.Name)
		}
	}
	if facts.ClosedStatus, err = closedStatus(ctx, org); err != nil {
		return nil, fmt.Errorf("crm: reading the closed status: %w", err)
	}
	if facts.TimeZone, err = timeZone(ctx, org, userID); err != nil {
		return nil, fmt.Errorf("crm: reading the rep's time zone: %w", err)
	}
	return facts, nil
}

// closedStatus is the first closed one in the org's own order (salesforce.md 3.3).
func closedStatus(ctx context.Context, org Org) (string, error) {
	type status struct {
		APIName   string `json:"ApiName"`
		IsClosed  bool
		SortOrder int
	}
	first := status{}
	rows := org.Query(ctx, "SELECT ApiName, MasterLabel, IsClosed, IsDefault, SortOrder FROM TaskStatus", 0)
	for s, err := range sfclient.Decode[status](rows) {
		if err != nil {
			return "", unlessDeclined(err)
		}
		if s.IsClosed && (first.APIName == "" || s.SortOrder < first.SortOrder) {
			first = s
		}
	}
	return first.APIName, nil
}

func timeZone(ctx context.Context, org Org, userID string) (string, error) {
	type user struct{ TimeZoneSidKey string }
	rows := org.Query(ctx, "SELECT Id, TimeZoneSidKey FROM User WHERE Id = "+sfclient.Quote(userID), 0)
	for u, err := range sfclient.Decode[user](rows) {
		return u.TimeZoneSidKey, unlessDeclined(err)
	}
	return "", nil
}

// unlessDeclined lets what the rep may not see be missing.
func unlessDeclined(err error) error {
	if sfclient.Declined(err) {
		return nil
	}
	return err
}

func objectOf(described *sfclient.Object) Object {
	o := Object{Fields: map[string]Field{}}
	for _, f := range described.Fields {
		field := Field{
			Label: f.Label, Length: f.Length, Createable: f.Createable, Updateable: f.Updateable,
			Restricted: f.RestrictedPicklist, ReferenceTo: f.ReferenceTo,
		}
		for _, v := range f.PicklistValues {
			if v.Active {
				field.Values = append(field.Values, v.Value)
			}
		}
		o.Fields[f.Name] = field
	}
	return o
}

// usableKey asks all that makes a second POST with the same key fail
// (salesforce.md 3.4).
func usableKey(o *sfclient.Object, name string) bool {
	for _, f := range o.Fields {
		if f.Name == name {
			return f.ExternalID && f.Unique && f.IDLookup && f.Createable && f.Type == "string" && f.Length >= minKeyLength
		}
	}
	return false
}
