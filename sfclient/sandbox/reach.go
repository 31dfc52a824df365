package sandbox

import (
	"slices"
	"strings"
	"time"

	"fieldpost/sfclient/sandbox/soql"
)

// A binder holds a query against what the rep may see of the org.
type binder struct {
	*org
	now time.Time // in the user's zone
}

// A reach is a field path that leads somewhere from a record.
type reach struct {
	field *Field
	get   func(*record) any
}

// source finds the object of a FROM.
func (b *binder) source(q *soql.Query) (*table, *soql.Error) {
	if t := b.seen(q.From); t != nil {
		return t, b.refuseCors(t, q.FromAt)
	}
	return nil, &soql.Error{Code: "INVALID_TYPE", Message: "sObject type '" + q.From + "' is not supported. If you are attempting to use a custom object, " +
		"be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.", At: q.FromAt}
}

// reach resolves "Name", "Account.Name", "Owner.Profile.Name".
func (b *binder) reach(t *table, path string, at int) (reach, *soql.Error) {
	first, rest, nested := strings.Cut(path, ".")
	if !nested {
		f, known := t.view.field(path)
		if !known {
			return reach{}, noSuchColumn(path, t.view.name, at)
		}
		return reach{f, func(r *record) any { return r.get(f.column) }}, nil
	}
	f, known := t.view.parent(first)
	if !known {
		if strings.EqualFold(first, t.view.name) {
			return b.reach(t, rest, at)
		}
		return reach{}, noRelation(first, path, at)
	}
	if f.isPolymorphic() {
		return b.reachName(f, rest, at)
	}
	target := b.seen(f.References[0])
	if target == nil {
		return reach{}, noRelation(first, path, at)
	}
	beyond, err := b.reach(target, rest, at)
	if err != nil {
		return reach{}, err
	}
	return reach{beyond.field, func(r *record) any {
		if parent, found := b.follow(r, f); found {
			return beyond.get(parent)
		}
		return nil
	}}, nil
}

// follow gives the record that a reference points to, if the rep may see it.
func (o *org) follow(r *record, f *Field) (*record, bool) {
	id, _ := r.get(f.column).(string)
	target, found := o.find(id)
	return target, found && target.table.view != nil && o.visible(target)
}

// reachName resolves what is common to all objects that a polymorphic reference may
// point to: Salesforce's "Name" object.
func (b *binder) reachName(f *Field, name string, at int) (reach, *soql.Error) {
	common := []string{"Id", "Name", "Type", "FirstName", "LastName", "Email", "Phone", "Title", "Username", "Alias", "IsActive"}
	i := slices.IndexFunc(common, func(each string) bool { return strings.EqualFold(each, name) })
	if i < 0 {
		return reach{}, noSuchColumn(name, "Name", at)
	}
	shared := text(common[i], 255, "FGNS")
	switch common[i] {
	case "Id":
		shared.Type = "id"
	case "IsActive":
		shared.Type = "boolean"
	}
	return reach{&shared, func(r *record) any {
		target, found := b.follow(r, f)
		switch {
		case !found:
			return nil
		case shared.Name == "Type":
			return target.table.view.name
		case shared.Name == "Name":
			return target.value(target.table.view.nameField())
		}
		return target.value(shared.Name)
	}}, nil
}

// zoned is the time as the user's clock shows it, UTC where the zone is unknown.
func (o *org) zoned(user *record) time.Time {
	zone, err := time.LoadLocation(user.text("TimeZoneSidKey"))
	if err != nil {
		zone = time.UTC
	}
	return o.now().In(zone)
}
