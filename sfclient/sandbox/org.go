package sandbox

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// An org is the state behind the port: rules, definitions, records. It knows
// nothing of HTTP and is guarded by the sandbox's lock.
type org struct {
	id        string
	pod       string
	now       func() time.Time
	rules     Rules
	admin     *record // the user who sets things up
	rep       *record
	tables    map[string]*table // by object name in lower case
	prefixes  map[string]*table // by key prefix
	order     []string          // object names in the order of definition
	modified  time.Time         // when any definition last changed
	concealed map[string]bool   // ids (15 characters) that the rep cannot see
	protected map[string]bool   // ids that the rep can see but not touch
	locked    map[string]bool   // ids that somebody else is writing
}

func newOrg(pod string, now func() time.Time) *org {
	o := &org{
		id: newID("00D", pod, 1), pod: pod, now: now, rules: defaultRules(),
		tables: map[string]*table{}, prefixes: map[string]*table{},
		concealed: map[string]bool{}, protected: map[string]bool{}, locked: map[string]bool{},
	}
	o.rebuild(now().Truncate(time.Second))
	return o
}

// rebuild makes the definitions follow the rules. A definition that changed gets
// the time given; what the rep may see of it does not count, as in Salesforce,
// where a permission does not touch the date (salesforce.md section 5).
func (o *org) rebuild(changed time.Time) {
	for _, t := range o.tables {
		t.view = nil
	}
	o.order = o.order[:0]
	for _, object := range o.rules.objects() {
		o.define(object, changed)
	}
	for _, t := range o.tables {
		if t.object != nil && !slices.Contains(o.order, t.object.name) {
			t.object = nil
			o.modified = changed
		}
	}
}

func (o *org) define(object *sobject, changed time.Time) {
	name := strings.ToLower(object.name)
	t, known := o.tables[name]
	if !known {
		t = newTable()
		o.tables[name], o.prefixes[object.prefix] = t, t
	}
	before := t.object
	t.define(object)
	if !reflect.DeepEqual(before, t.object) {
		t.modified, o.modified = changed, changed
	}
	t.view = o.rules.viewOf(t.object)
	o.order = append(o.order, object.name)
}

// changeRules lets the caller set rules and rebuilds what depends on them. The
// time of a changed definition lies in the future by up to a second, for a describe
// date has no fractions and must not hide a change made in the same second.
func (o *org) changeRules(change func(*Rules)) {
	statuses, origins := slices.Clone(o.rules.TaskStatuses), slices.Clone(o.rules.CorsOrigins)
	edition, shared := o.rules.Edition, o.rules.SharedActivities
	change(&o.rules)
	o.rebuild(o.now().Add(time.Second).Truncate(time.Second))
	if !slices.Equal(statuses, o.rules.TaskStatuses) {
		o.fillTaskStatus()
	}
	if !slices.Equal(origins, o.rules.CorsOrigins) {
		o.fillCors()
	}
	if edition != o.rules.Edition {
		o.tellEdition()
	}
	if o.rules.SharedActivities && !shared {
		o.linkEverybody()
	}
}

// table gives an object's table, nil if the org has no such object.
func (o *org) table(name string) *table {
	t := o.tables[name]
	if t == nil {
		t = o.tables[strings.ToLower(name)]
	}
	if t == nil || t.object == nil {
		return nil
	}
	return t
}

// seen gives an object's table if the rep has access to it.
func (o *org) seen(name string) *table {
	if t := o.table(name); t != nil && t.view != nil {
		return t
	}
	return nil
}

// find looks a record up by its id, deleted ones included.
func (o *org) find(id string) (*record, bool) {
	if len(id) < shortID {
		return nil, false
	}
	t := o.prefixes[id[:3]]
	if t == nil {
		return nil, false
	}
	return t.find(id)
}

// objectOf tells what an id names, "" for nothing that the org knows.
func (o *org) objectOf(id string) string {
	if len(id) < shortID {
		return ""
	}
	if t := o.prefixes[id[:3]]; t != nil && t.object != nil {
		return t.object.name
	}
	return ""
}

// visible reports whether the rep may see the record.
func (o *org) visible(r *record) bool {
	if r.table.object != nil && r.table.object.name == corsObject && !o.rules.ModifyAllData {
		return false
	}
	return !o.concealed[r.id()[:shortID]]
}

const stampLayout = "2006-01-02T15:04:05.000-0700"

// stamp writes a time as Salesforce reads it back: whole seconds, UTC, an offset
// without a colon. Such texts sort as the times do.
func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(stampLayout) }
