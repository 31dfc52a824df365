package sandbox

import (
	"strings"
	"time"
)

// A table holds one object's records. Columns are only ever added, so a record
// outlives changes of the rules that make and unmake fields.
type table struct {
	object   *sobject  // nil while the org lacks the object
	view     *sobject  // what the rep sees of it; nil without access
	modified time.Time // when the definition last changed
	columns  map[string]int
	rows     []*record // in insert order, the deleted ones included
	byID     map[string]*record
	indexes  map[int]index // by column
	last     uint64        // counts ids
}

// A record is one row. Its values are replaced as a whole, never changed in place.
type record struct {
	table  *table
	values []any
}

// An index finds the live records that hold a key.
type index map[string][]*record

func newTable() *table {
	t := &table{columns: map[string]int{}, byID: map[string]*record{}, indexes: map[int]index{}}
	for _, f := range systemFields() {
		t.column(f.Name)
	}
	return t
}

// column gives the place of a field's values, a new one for a new field.
func (t *table) column(field string) int {
	name := strings.ToLower(field)
	i, known := t.columns[name]
	if !known {
		i = len(t.columns)
		t.columns[name] = i
	}
	return i
}

// define gives the table its object as the org now has it.
func (t *table) define(object *sobject) {
	fields := make([]Field, len(object.fields))
	for i, f := range object.fields {
		f.column = t.column(f.Name)
		fields[i] = f
	}
	t.object = object.with(fields)
	for _, f := range t.object.fields {
		if (f.ExternalID || f.indexed) && t.indexes[f.column] == nil {
			t.buildIndex(f.column)
		}
	}
}

func (t *table) buildIndex(column int) {
	t.indexes[column] = index{}
	for _, r := range t.rows {
		t.indexes[column].add(r, column)
	}
}

func (t *table) find(id string) (*record, bool) {
	if len(id) < shortID {
		return nil, false
	}
	r, found := t.byID[id[:shortID]]
	return r, found
}

func (t *table) add(r *record) {
	t.rows = append(t.rows, r)
	t.byID[r.id()[:shortID]] = r
	t.reindex(r, nil, r.values)
}

// dropLast takes the youngest record back, as if it had never been.
func (t *table) dropLast(r *record) {
	t.rows = t.rows[:len(t.rows)-1]
	delete(t.byID, r.id()[:shortID])
	t.reindex(r, r.values, nil)
}

func (t *table) replace(r *record, values []any) {
	old := r.values
	r.values = values
	t.reindex(r, old, values)
}

func (t *table) reindex(r *record, before, after []any) {
	for column, keys := range t.indexes {
		if before != nil {
			keys.remove(r, before, column)
		}
		if after != nil {
			keys.add(r, column)
		}
	}
}

func (keys index) add(r *record, column int) {
	if key, ok := r.get(column).(string); ok && !r.deleted() {
		keys[key] = append(keys[key], r)
	}
}

func (keys index) remove(r *record, values []any, column int) {
	key, ok := valueAt(values, column).(string)
	if !ok {
		return
	}
	for i, other := range keys[key] {
		if other == r {
			keys[key] = append(keys[key][:i:i], keys[key][i+1:]...)
			break
		}
	}
	if len(keys[key]) == 0 {
		delete(keys, key)
	}
}

func (r *record) id() string         { return r.values[colID].(string) }
func (r *record) deleted() bool      { return r.values[colIsDeleted] == true }
func (r *record) get(column int) any { return valueAt(r.values, column) }

// value reads a field by name, nil for one that the object has not.
func (r *record) value(field string) any {
	column, known := r.table.columns[strings.ToLower(field)]
	if !known {
		return nil
	}
	return r.get(column)
}

func (r *record) text(field string) string {
	s, _ := r.value(field).(string)
	return s
}

func (r *record) truth(field string) bool { return r.value(field) == true }

// valueAt reads a row that may be older than the column.
func valueAt(values []any, column int) any {
	if column >= len(values) {
		return nil
	}
	return values[column]
}
