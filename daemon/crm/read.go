package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"fieldpost/sfclient"
)

// Org is Salesforce as far as reading facts goes.
type Org interface {
	Describe(ctx context.Context, object string, since time.Time) (*sfclient.Object, error)
	DescribeGlobal(ctx context.Context) ([]sfclient.ObjectSummary, error)
	ReadTogether(ctx context.Context, subcalls []sfclient.Subcall) ([]sfclient.Subanswer, error)
	Get(ctx context.Context, path string, query url.Values, into any) error
	Limits(ctx context.Context) (map[string]sfclient.Limit, error)
}

// User names whose facts are read.
type User struct{ OrgID, UserID string }

// ReadFacts asks the org in full what the rep may write and belongs to: seven calls.
// keyField is the configured name of the unique external id on Activity. What the rep
// may not see (an object, the statuses, the groups) is left empty rather than failing
// the rest. before are the facts of this user known so far, nil for none: the limits and
// the custom permissions are taken from them where they cannot be read for a moment.
func ReadFacts(ctx context.Context, org Org, user User, before *Facts, keyField string, now time.Time) (*Facts, error) {
	facts := &Facts{ReadAt: now, LookedAt: now}
	if before != nil {
		facts.Allowances, facts.Member = before.Allowances, before.Member
	}
	for _, name := range []string{"Task", "Event"} {
		described, err := org.Describe(ctx, name, time.Time{})
		if unlessDeclined(err) != nil {
			return nil, fmt.Errorf("crm: reading %s: %w", name, err)
		}
		*facts.object(name) = objectOf(described)
	}
	facts.UseKey(keyField)
	global, err := org.DescribeGlobal(ctx)
	if unlessDeclined(err) != nil {
		return nil, fmt.Errorf("crm: reading the org's objects: %w", err)
	}
	facts.list(global)
	answers, err := org.ReadTogether(ctx, together(user))
	if err != nil {
		return nil, fmt.Errorf("crm: reading the rep's rights: %w", err)
	}
	if err := facts.take(answers); err != nil {
		return nil, err
	}
	facts.readLimits(ctx, org)
	facts.readPermissions(ctx, org, user, now)
	return facts, nil
}

// The names of what is read together.
const (
	describe    = "describe"
	statuses    = "statuses"
	rep         = "rep"
	groups      = "groups"
	permissions = "permissions"
	company     = "company"
	objects     = "objects"
)

// together are the reads that are made in one call (salesforce.md 3.3 and 7.5).
func together(user User) []sfclient.Subcall {
	id := sfclient.Quote(user.UserID)
	var subcalls []sfclient.Subcall
	for _, query := range []struct{ name, soql string }{
		{statuses, "SELECT ApiName, MasterLabel, IsClosed, IsDefault, SortOrder FROM TaskStatus"},
		{rep, "SELECT Id, TimeZoneSidKey FROM User WHERE Id = " + id},
		{groups, "SELECT Group.DeveloperName, Group.Name FROM GroupMember WHERE UserOrGroupId = " + id},
		{permissions, "SELECT PermissionSet.Name FROM PermissionSetAssignment WHERE AssigneeId = " + id},
		{company, "SELECT OrganizationType, IsSandbox FROM Organization"},
	} {
		subcalls = append(subcalls, sfclient.Subcall{Name: query.name, Path: "query?" + url.Values{"q": {query.soql}}.Encode()})
	}
	return subcalls
}

// take takes over what was read together. A read that the org declines leaves what it
// would have told unknown; another failure fails the whole.
func (f *Facts) take(answers []sfclient.Subanswer) error {
	f.Member.GroupsKnown, f.Member.SetsKnown = false, false
	f.Member.Groups, f.Member.PermissionSets = nil, nil
	for _, a := range answers {
		err := a.Err()
		switch object, isDescribe := strings.CutPrefix(a.Name, describe); {
		case err == nil:
			err = f.takeOne(a)
		case isDescribe && hidden(err):
			*f.object(object) = objectOf(nil)
		}
		if unlessDeclined(err) != nil {
			return fmt.Errorf("crm: reading %s: %w", a.Name, err)
		}
	}
	return nil
}

func (f *Facts) takeOne(a sfclient.Subanswer) error {
	if a.Unchanged() {
		return nil
	}
	switch a.Name {
	case statuses:
		rows, err := rowsOf[status](a)
		f.ClosedStatus = firstClosed(rows)
		return err
	case rep:
		rows, err := rowsOf[struct{ TimeZoneSidKey string }](a)
		for _, user := range rows {
			f.TimeZone = user.TimeZoneSidKey
		}
		return err
	case groups:
		rows, err := rowsOf[struct {
			Group *struct{ DeveloperName, Name string }
		}](a)
		for _, row := range rows {
			if row.Group != nil {
				f.Member.Groups = append(f.Member.Groups, row.Group.DeveloperName, row.Group.Name)
			}
		}
		f.Member.GroupsKnown = err == nil
		return err
	case permissions:
		rows, err := rowsOf[struct{ PermissionSet *struct{ Name string } }](a)
		for _, row := range rows {
			if row.PermissionSet != nil {
				f.Member.PermissionSets = append(f.Member.PermissionSets, row.PermissionSet.Name)
			}
		}
		f.Member.SetsKnown = err == nil
		return err
	case company:
		rows, err := rowsOf[struct {
			OrganizationType string
			IsSandbox        bool
		}](a)
		for _, org := range rows {
			f.Edition, f.Sandbox = org.OrganizationType, org.IsSandbox
		}
		return err
	case objects:
		var global struct {
			Objects []sfclient.ObjectSummary `json:"sobjects"`
		}
		if json.Unmarshal(a.Body, &global) != nil || len(global.Objects) == 0 {
			return garbled
		}
		f.list(global.Objects)
		f.ObjectsModified = a.LastModified()
	case describe + "Task", describe + "Event":
		described := &sfclient.Object{LastModified: a.LastModified()}
		if err := json.Unmarshal(a.Body, described); err != nil || len(described.Fields) == 0 {
			return garbled
		}
		*f.object(strings.TrimPrefix(a.Name, describe)) = objectOf(described)
	}
	return nil
}

// garbled: an answer of another shape than was asked for.
var garbled = &sfclient.ForeignError{Status: 200, Kind: sfclient.Garbled, ContentType: "application/json"}

// rowsOf reads the rows of a query. Each of those read together fits into one page.
func rowsOf[T any](a sfclient.Subanswer) ([]T, error) {
	var page struct {
		Records []T `json:"records"`
	}
	if json.Unmarshal(a.Body, &page) != nil {
		return nil, garbled
	}
	return page.Records, nil
}

type status struct {
	APIName   string `json:"ApiName"`
	IsClosed  bool
	SortOrder int
}

// firstClosed is the first closed one in the org's own order (salesforce.md 3.3).
func firstClosed(rows []status) string {
	first := status{}
	for _, s := range rows {
		if s.IsClosed && (first.APIName == "" || s.SortOrder < first.SortOrder) {
			first = s
		}
	}
	return first.APIName
}

// list takes over which objects there are.
func (f *Facts) list(global []sfclient.ObjectSummary) {
	f.Prefixes, f.Labels, f.Searchable, f.CreatablePeople = map[string]string{}, map[string]string{}, nil, nil
	for _, o := range global {
		f.Labels[o.Name] = o.Label
		if o.KeyPrefix != "" {
			f.Prefixes[o.KeyPrefix] = o.Name
		}
		if o.Createable && (o.Name == "Contact" || o.Name == "Lead") {
			f.CreatablePeople = append(f.CreatablePeople, o.Name)
		}
		if o.Queryable && o.Searchable {
			f.Searchable = append(f.Searchable, o.Name)
		}
	}
}

// readLimits keeps the limits that decide whether activities can be written. They only
// inform: one that cannot be read stands in nobody's way.
func (f *Facts) readLimits(ctx context.Context, org Org) {
	all, err := org.Limits(ctx)
	switch {
	case sfclient.Declined(err):
		f.Allowances = nil // the rep may not read them (salesforce.md 7.4)
		return
	case err != nil:
		return
	}
	f.Allowances = map[string]sfclient.Limit{}
	for _, name := range []string{DailyRequests, DataStorage} {
		if limit, told := all[name]; told {
			f.Allowances[name] = limit
		}
	}
}

// readPermissions reads the custom permissions of the app that the identity answer
// tells, none included (salesforce.md 1.6). A refusal of that answer leaves them unknown,
// an outage as they were: the gate must not fall shut for it.
func (f *Facts) readPermissions(ctx context.Context, org Org, user User, now time.Time) {
	var identity struct {
		UserID string         `json:"user_id"`
		Custom map[string]any `json:"custom_permissions"`
	}
	err := org.Get(ctx, "/id/"+user.OrgID+"/"+user.UserID, url.Values{"format": {"json"}}, &identity)
	var foreign *sfclient.ForeignError
	switch {
	case err == nil && identity.UserID != "":
		f.Member.Permissions, f.Member.PermissionsKnown = slices.Sorted(maps.Keys(identity.Custom)), true
		f.Member.PermissionsAt = now
	case sfclient.Declined(err), errors.As(err, &foreign) && (foreign.Status == 403 || foreign.Status == 404):
		f.Member.Permissions, f.Member.PermissionsKnown = nil, false
	}
}

// hidden reports an object that the rep does not see (any more).
func hidden(err error) bool {
	var own *sfclient.Error
	return errors.As(err, &own) && (own.Code == "NOT_FOUND" || own.Code == "INVALID_TYPE")
}

// unlessDeclined lets what the rep may not see be missing.
func unlessDeclined(err error) error {
	if sfclient.Declined(err) {
		return nil
	}
	return err
}

// objectOf takes over a describe; nil is an object that the rep does not see.
func objectOf(described *sfclient.Object) Object {
	o := Object{Fields: map[string]Field{}}
	if described == nil {
		return o
	}
	o.Seen, o.Createable, o.Updateable, o.Deletable = true, described.Createable, described.Updateable, described.Deletable
	o.Modified = described.LastModified
	for _, f := range described.Fields {
		field := Field{
			Label: f.Label, Type: f.Type, Length: f.Length, Createable: f.Createable, Updateable: f.Updateable,
			Required:   f.Createable && !f.Nillable && !f.DefaultedOnCreate && f.Type != "boolean", // a checkbox is false by itself
			Restricted: f.RestrictedPicklist, ReferenceTo: f.ReferenceTo, Key: usableKey(&f),
		}
		for _, v := range f.PicklistValues {
			if v.Active {
				field.Values = append(field.Values, Value{Value: v.Value, Label: v.Label, Default: v.DefaultValue})
			}
		}
		o.Fields[f.Name] = field
	}
	return o
}

// minKeyLength is the least length of a key field: an item's id has 36 characters.
const minKeyLength = 36

// usableKey asks all that makes a second POST with the same key fail
// (salesforce.md 3.4).
func usableKey(f *sfclient.Field) bool {
	return f.ExternalID && f.Unique && f.IDLookup && f.Createable && f.Type == "string" && f.Length >= minKeyLength
}
