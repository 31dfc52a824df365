package sandbox

import "strings"

// An sobject is one object's definition: what it is called and which fields it
// has. It is rebuilt when the rules change and never altered afterwards.
type sobject struct {
	name, label, plural, prefix string
	custom, searchable          bool
	createable                  bool
	fields                      []Field
	byName                      map[string]int // lower case -> index in fields
	keyField                    string         // the field that names a record; "Name" if empty
}

// The columns that every object has, in the order of systemFields.
const (
	colID = iota
	colIsDeleted
	colCreatedDate
	colCreatedBy
	colModifiedDate
	colModifiedBy
	colModstamp
)

func systemFields() []Field {
	id := newField("Id", "id", "DFGS").labelled("Record ID")
	id.Length, id.IDLookup = longID, true
	return []Field{
		id,
		flag("IsDeleted", "DFGS").labelled("Deleted"),
		datetime("CreatedDate", "DFS"),
		reference("CreatedById", "DFGS", "User"),
		datetime("LastModifiedDate", "DFS"),
		reference("LastModifiedById", "DFGS", "User"),
		datetime("SystemModstamp", "DFS"),
	}
}

func newObject(prefix, name string, fields ...Field) *sobject {
	return &sobject{
		name: name, label: labelOf(name), plural: plural(labelOf(name)), prefix: prefix,
		createable: true, fields: append(systemFields(), fields...),
	}
}

func (o *sobject) search() *sobject   { o.searchable = true; return o }
func (o *sobject) readOnly() *sobject { o.createable = false; return o }

// named tells which field names a record where it is not Name.
func (o *sobject) named(field string) *sobject { o.keyField = field; return o }

func (o *sobject) nameField() string {
	if o.keyField != "" {
		return o.keyField
	}
	return "Name"
}

func (o *sobject) field(name string) (*Field, bool) {
	i, found := o.byName[name]
	if !found {
		if i, found = o.byName[strings.ToLower(name)]; !found {
			return nil, false
		}
	}
	return &o.fields[i], true
}

// with gives a copy of the object whose fields are those given.
func (o *sobject) with(fields []Field) *sobject {
	other := *o
	other.fields = fields
	other.byName = make(map[string]int, 2*len(fields))
	for i, f := range fields {
		other.byName[f.Name] = i
		other.byName[strings.ToLower(f.Name)] = i
	}
	return &other
}

// parent finds the reference field behind a relationship name such as "Account".
func (o *sobject) parent(relationship string) (*Field, bool) {
	for i := range o.fields {
		if f := &o.fields[i]; f.relationship != "" && strings.EqualFold(f.relationship, relationship) {
			return f, true
		}
	}
	return nil, false
}

func plural(label string) string {
	switch {
	case strings.HasSuffix(label, "y"):
		return strings.TrimSuffix(label, "y") + "ies"
	case strings.HasSuffix(label, "s"):
		return label + "es"
	}
	return label + "s"
}
