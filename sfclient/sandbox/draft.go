package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// A draft is a record as it would be once written.
type draft struct {
	object *sobject
	values []any
	given  []bool // by column: what this write names
	before *record
}

func (d *draft) value(field string) any {
	f, ok := d.object.field(field)
	if !ok {
		return nil
	}
	return valueAt(d.values, f.column)
}

func (d *draft) text(field string) string {
	s, _ := d.value(field).(string)
	return s
}

func (d *draft) truth(field string) bool { return d.value(field) == true }

func (d *draft) set(field string, value any) {
	if f, ok := d.object.field(field); ok {
		d.values[f.column] = value
	}
}

func (d *draft) names(field string) bool {
	f, ok := d.object.field(field)
	return ok && d.given[f.column]
}

func (t *tx) draftOf(tab *table, before *record) *draft {
	width := len(tab.columns)
	d := &draft{object: tab.object, values: make([]any, width), given: make([]bool, width), before: before}
	if before != nil {
		copy(d.values, before.values)
		return d
	}
	for i := range tab.object.fields {
		f := &tab.object.fields[i]
		d.values[f.column] = f.fallback
	}
	return d
}

// fill reads the fields of a request into the draft, in the order of their names, so
// that the same request always gets the same answer.
func (t *tx) fill(d *draft, view *sobject, fields map[string]any) *apiError {
	var refused []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name == "attributes" {
			continue
		}
		f, known := view.field(name)
		if !known {
			return noColumn(name, view.name)
		}
		if !t.writable(d, f) {
			refused = append(refused, f.Name)
			continue
		}
		value, err := f.convert(fields[name])
		if err == nil {
			err = t.accept(d, f, value)
		}
		if err != nil {
			return err
		}
	}
	return notWritable(refused)
}

func (t *tx) writable(d *draft, f *Field) bool {
	return t.system || d.before == nil && f.Createable || d.before != nil && f.Updateable
}

// accept puts one value into the draft. An absent value leaves a new record's
// default alone.
func (t *tx) accept(d *draft, f *Field, value any) *apiError {
	if value == nil && !f.Nillable && !t.system {
		if d.before != nil {
			return missing(f.Name)
		}
		return nil
	}
	d.values[f.column], d.given[f.column] = value, true
	return nil
}

func notWritable(fields []string) *apiError {
	if len(fields) == 0 {
		return nil
	}
	return refusal("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: "+strings.Join(fields, ", ")+
		". Please check the security settings of this field and verify that it is read/write for your profile or permission set.", fields...)
}
