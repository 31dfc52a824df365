package sandbox

import (
	"slices"
)

// check holds a draft against the org's rules and completes what the server
// derives. The order is Salesforce's as far as known: types first, then links,
// then what the object demands, the admin's rules last.
func (t *tx) check(tab *table, d *draft) *apiError {
	if !t.system {
		if err := t.checkLinks(d); err != nil {
			return err
		}
	}
	if err := t.complete(d); err != nil {
		return err
	}
	if t.system {
		return nil
	}
	for _, check := range []func(*draft) *apiError{t.checkRequired, t.checkOwner, t.checkValidation} {
		if err := check(d); err != nil {
			return err
		}
	}
	if err := t.checkUnique(tab, d); err != nil {
		return err
	}
	if err := t.checkLocks(d); err != nil {
		return err
	}
	return t.rowTrouble()
}

func (t *tx) checkRequired(d *draft) *apiError {
	var absent []string
	for i := range d.object.fields {
		if f := &d.object.fields[i]; f.required() && d.values[f.column] == nil {
			absent = append(absent, f.Name)
		}
	}
	if len(absent) > 0 {
		return missing(absent...)
	}
	return nil
}

func (t *tx) checkLinks(d *draft) *apiError {
	for i := range d.object.fields {
		f := &d.object.fields[i]
		if f.Type != "reference" || !d.given[f.column] || d.values[f.column] == nil {
			continue
		}
		if err := t.checkLink(f, d.values[f.column].(string)); err != nil {
			return err
		}
	}
	return nil
}

// checkLink refuses an id of a wrong object, of nothing, of a deleted record, and
// of one that the rep may not relate to.
func (t *tx) checkLink(f *Field, id string) *apiError {
	if !slices.Contains(f.References, t.objectOf(id)) {
		return integrity(f.Label+": id value of incorrect type: "+id, f.Name)
	}
	target, found := t.find(id)
	switch {
	case !found || !t.visible(target) || target.table.view == nil:
		return refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", f.Name)
	case target.deleted():
		return refusal("ENTITY_IS_DELETED", "entity is deleted", f.Name)
	case t.protected[id[:shortID]]:
		return refusal("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "insufficient access rights on cross-reference id: "+id, f.Name)
	case target.truth("IsConverted"):
		return refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", f.Name)
	}
	return nil
}

// checkOwner refuses people who left, groups that are no queues, and calendars that
// are not public (salesforce.md sections 3.1 and 3.2).
func (t *tx) checkOwner(d *draft) *apiError {
	owner, found := t.find(d.text("OwnerId"))
	if !found || !d.names("OwnerId") {
		return nil
	}
	switch object := owner.table.object.name; {
	case object == "User" && !owner.truth("IsActive"):
		return refusal("INACTIVE_OWNER_OR_USER",
			"operation performed with inactive user ["+owner.id()+"] as owner of "+d.object.label, "OwnerId")
	case object == "Group" && owner.text("Type") != "Queue", object == "Calendar" && owner.text("Type") != "Public":
		return integrity("Assigned To ID: id value of incorrect type: "+owner.id(), "OwnerId")
	}
	return nil
}

func (t *tx) checkValidation(d *draft) *apiError {
	if t.rules.CheckRecord == nil {
		return nil
	}
	message := t.rules.CheckRecord(d.object.name, fieldsOf(d.object, d.values))
	if message == "" {
		return nil
	}
	return refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION", message)
}

// checkUnique looks in the object's own table: Task and Event carry the key each
// for themselves.
func (t *tx) checkUnique(tab *table, d *draft) *apiError {
	for i := range d.object.fields {
		f := &d.object.fields[i]
		key, given := d.values[f.column].(string)
		if !f.Unique || !given {
			continue
		}
		for _, other := range tab.indexes[f.column][key] {
			if other != d.before {
				return refusal("DUPLICATE_VALUE", "duplicate value found: "+f.Name+" duplicates value on record with id: "+other.id())
			}
		}
	}
	return nil
}

// complete fills what the server derives and holds the object's own rules.
func (t *tx) complete(d *draft) *apiError {
	switch d.object.name {
	case "Task":
		return t.completeTask(d)
	case "Event":
		return t.completeEvent(d)
	case "Contact", "Lead", "User":
		d.set("Name", joinName(d.text("FirstName"), d.text("LastName")))
	case "Opportunity":
		won := d.text("StageName") == "Closed Won"
		d.set("IsWon", won)
		d.set("IsClosed", won || d.text("StageName") == "Closed Lost")
	}
	return nil
}

func joinName(first, last string) any {
	switch {
	case first == "" && last == "":
		return nil
	case first == "":
		return last
	case last == "":
		return first
	}
	return first + " " + last
}

// fieldsOf names a row's values; what is nil is left out.
func fieldsOf(object *sobject, values []any) map[string]any {
	fields := make(map[string]any, len(object.fields))
	for i := range object.fields {
		if v := valueAt(values, object.fields[i].column); v != nil {
			fields[object.fields[i].Name] = v
		}
	}
	return fields
}
