package crm

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// finish puts the marker of the delivery mode and the admin's constants in, and
// leaves out what the org does not let the rep write.
func (b *builder) finish(constants map[string]any, setting string) {
	for _, field := range slices.Sorted(maps.Keys(constants)) {
		if b.facts.Own(field) {
			b.because(field, "own_field", "setting", setting)
			continue
		}
		b.set(field, constants[field], "constant", "setting", setting)
	}
	if b.facts.KeyField != "" {
		b.set(b.facts.KeyField, b.item.ID, "key")
	} else if b.name == "Task" {
		b.set("CallObject", Marker(b.item.ID), "marker")
	}
	for _, field := range slices.Sorted(maps.Keys(b.fields)) {
		if !b.object.Writes(field) {
			delete(b.fields, field)
			b.note("field_dropped", "field", b.label(field))
			b.because(field, "not_writable")
			continue
		}
		if text, ok := b.fields[field].(string); ok {
			b.fields[field] = b.fit(field, text)
		}
	}
	for _, field := range b.object.Missing(b.fields) {
		b.because(field, "required", "setting", setting)
	}
}

// ownFields are those that an activity decides, never a constant: whom and what it is
// related to, whose it is, when it was, and what carries the marker. By these a record
// is found again.
var ownFields = []string{
	"Id", "OwnerId", "Description", "WhoId", "WhatId", "TaskWhoIds", "EventWhoIds", "CallObject",
	"ActivityDate", "StartDateTime", "EndDateTime", "DurationInMinutes", "ActivityDateTime", "IsAllDayEvent", "attributes",
}

// Own reports a field that no constant of the settings may fill.
func (f *Facts) Own(field string) bool {
	return f.KeyField != "" && strings.EqualFold(field, f.KeyField) ||
		slices.ContainsFunc(ownFields, func(own string) bool { return strings.EqualFold(own, field) })
}

// Missing lists the fields that a new record must bring and these do not.
func (o Object) Missing(fields map[string]any) []string {
	var missing []string
	for name, field := range o.Fields {
		if _, given := fields[name]; field.Required && !given {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return missing
}

// Fills reports whether fieldpost itself fills a field of Task or Event wherever it may.
func Fills(field string) bool {
	switch field {
	case "Subject", "Description", "Status", "ActivityDate", "StartDateTime", "EndDateTime":
		return true
	}
	return false
}

// fit cuts a text to the field's length, in characters (salesforce.md section 8,
// STRING_TOO_LONG).
func (b *builder) fit(field, text string) string {
	limit := b.object.lengthOf(field)
	if limit == 0 || len(text) <= limit {
		return text
	}
	short, cut := cutTo(text, limit)
	if cut {
		b.cut(field, limit)
	}
	return short
}

func (b *builder) cut(field string, limit int) {
	b.note("text_cut", "field", b.label(field), "limit", strconv.Itoa(limit))
	b.because(field, "cut", "limit", strconv.Itoa(limit))
}

func (b *builder) label(field string) string { return cmp.Or(b.object.Fields[field].Label, field) }
