package crm

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"fieldpost/outbox"
	"fieldpost/sfclient"
)

// Facts are what an org allows the rep, as of ReadAt: the parts of describe that
// shape a record. They are stored as JSON so that records can be made, previewed
// and refused without a network.
type Facts struct {
	ReadAt time.Time `json:"read_at"`
	// LookedAt is when what changes during a day was read last.
	LookedAt time.Time `json:"looked_at"`
	Task     Object    `json:"task"`
	Event    Object    `json:"event"`
	// ClosedStatus is the org's first closed Task status (salesforce.md 3.3).
	ClosedStatus string `json:"closed_status"`
	// KeyField is the unique external id on Activity, "" where the org has none
	// that is usable on both objects (salesforce.md 3.4).
	KeyField string `json:"key_field,omitempty"`
	// TimeZone is the rep's zone in Salesforce.
	TimeZone string `json:"time_zone,omitempty"`
	// ObjectsModified is the moment from which to ask whether the list of the org's objects
	// changed, zero for in any case.
	ObjectsModified time.Time `json:"objects_modified,omitzero"`
	// Prefixes tells the object that an id names by its first three characters.
	Prefixes map[string]string `json:"prefixes"`
	// Labels tell what the org calls its objects.
	Labels map[string]string `json:"labels,omitempty"`
	// Searchable lists the objects that type-ahead may offer (Allow Search).
	Searchable []string `json:"searchable,omitempty"`
	// CreatablePeople are those of Contact and Lead that the rep may create.
	CreatablePeople []string `json:"creatable_people,omitempty"`
	// Member is what the rep belongs to.
	Member Membership `json:"member"`
	// Edition is the org's ("Enterprise Edition"), "" where it is not told.
	Edition string `json:"edition,omitempty"`
	Sandbox bool   `json:"sandbox,omitempty"`
	// Allowances are the limits that decide whether activities can be written, nil where
	// the rep may not read them.
	Allowances map[string]sfclient.Limit `json:"allowances,omitempty"`
}

// The names of Facts.Allowances (salesforce.md 7.4).
const (
	DailyRequests = "DailyApiRequests"
	DataStorage   = "DataStorageMB"
)

// Object is what the rep may do with Task or Event.
type Object struct {
	// Seen is false for an object that the rep has no access to.
	Seen       bool `json:"seen,omitempty"`
	Createable bool `json:"createable,omitempty"`
	Updateable bool `json:"updateable,omitempty"`
	Deletable  bool `json:"deletable,omitempty"`
	// Modified is the moment from which to ask whether the describe changed.
	Modified time.Time        `json:"modified"`
	Fields   map[string]Field `json:"fields"`
}

// Field is one field the rep can see.
type Field struct {
	Label      string  `json:"label"`
	Type       string  `json:"type,omitempty"`
	Length     int     `json:"length,omitempty"`
	Createable bool    `json:"createable,omitempty"`
	Updateable bool    `json:"updateable,omitempty"`
	Values     []Value `json:"values,omitempty"`
	Restricted bool    `json:"restricted,omitempty"`
	// Required: a new record must bring a value, for the org gives none by itself.
	Required bool `json:"required,omitempty"`
	// ReferenceTo lists the objects a reference may point to.
	ReferenceTo []string `json:"reference_to,omitempty"`
	// Key: Salesforce refuses a second record with the same value (salesforce.md 3.4).
	Key bool `json:"key,omitempty"`
}

// Value is one value of a picklist: Value is written, Label is shown.
type Value struct {
	Value   string `json:"value"`
	Label   string `json:"label,omitempty"`
	Default bool   `json:"default,omitempty"`
}

// Writes reports whether the rep may set the field on a new record.
func (o Object) Writes(field string) bool { return o.Fields[field].Createable }

// lengths are those of the standard fields (salesforce.md 3.1), for a describe that
// does not tell.
var lengths = map[string]int{"Subject": 255, "Location": 255, "CallObject": 255, "Description": 32000}

// lengthOf is how many characters a text field takes, 0 where nobody knows.
func (o Object) lengthOf(field string) int {
	if length := o.Fields[field].Length; length > 0 {
		return length
	}
	return lengths[field]
}

// Value gives the org's own spelling of the first wanted value that the picklist
// field has, or "".
func (o Object) Value(field string, wanted []string) string {
	for _, want := range wanted {
		for _, has := range o.Fields[field].Values {
			if strings.EqualFold(has.Value, want) {
				return has.Value
			}
		}
	}
	return ""
}

// The ways of delivery (DESIGN "Delivery").
const (
	// ModeKey: the org refuses a second record with the same key by itself.
	ModeKey = "key"
	// ModeMarker: the record carries a marker that a query finds.
	ModeMarker = "marker"
)

// The names under which status and doctor show the ways of delivery.
const (
	ByKey         = "key"
	ByTaskMarker  = "task_marker"
	ByEventMarker = "event_marker"
)

// Delivery names the way of delivery of an object's records (DESIGN "Delivery").
func (f *Facts) Delivery(object string) string {
	switch {
	case f.KeyField != "":
		return ByKey
	case object == "Task" && f.Marks():
		return ByTaskMarker
	}
	return ByEventMarker
}

// Marks reports whether a Task can carry its marker where a query finds it
// (CallObject, salesforce.md 3.1).
func (f *Facts) Marks() bool { return f.Task.Writes("CallObject") }

// Shared reports whether activities take several contacts (salesforce.md section 4).
func (f *Facts) Shared() bool { return f.Task.Writes("TaskWhoIds") && f.Event.Writes("EventWhoIds") }

// Mode is the safest way of delivery that the org allows.
func (f *Facts) Mode() string {
	if f.KeyField != "" {
		return ModeKey
	}
	return ModeMarker
}

// Same reports whether the org allows the same as before, whenever it was read.
func (f *Facts) Same(other *Facts) bool {
	return reflect.DeepEqual(f.lasting(), other.lasting())
}

// lasting are the facts without what differs from reading to reading.
func (f *Facts) lasting() Facts {
	kept := *f
	kept.ReadAt, kept.LookedAt, kept.ObjectsModified = time.Time{}, time.Time{}, time.Time{}
	kept.Task.Modified, kept.Event.Modified = time.Time{}, time.Time{}
	kept.Member.PermissionsAt = time.Time{}
	kept.Allowances = nil
	return kept
}

// UseKey takes the field of this name for the key, if it is usable on both objects.
func (f *Facts) UseKey(name string) {
	f.KeyField = ""
	if f.Task.Fields[name].Key && f.Event.Fields[name].Key {
		f.KeyField = name
	}
}

// object is Task or Event, by name.
func (f *Facts) object(name string) *Object {
	if name == "Event" {
		return &f.Event
	}
	return &f.Task
}

// standard are the prefixes that are the same in every org, for one that does not
// list its objects.
var standard = map[string]string{
	"001": "Account", "003": "Contact", "006": "Opportunity", "00Q": "Lead", "500": "Case", "701": "Campaign", "800": "Contract",
}

// ObjectOf names the object of a record id, or "" where it is unknown.
func (f *Facts) ObjectOf(id string) string {
	if len(id) < 3 {
		return ""
	}
	return cmp.Or(f.Prefixes[id[:3]], standard[id[:3]])
}

// Object tells an object's own spelling and what its ids begin with, "" where the org has
// none of this name (in any case) that activities may be related to.
func (f *Facts) Object(name string) (object, prefix string) {
	for _, offered := range f.Task.Fields["WhatId"].ReferenceTo {
		if !strings.EqualFold(offered, name) {
			continue
		}
		for _, prefix := range slices.Sorted(maps.Keys(f.Prefixes)) {
			if f.Prefixes[prefix] == offered {
				return offered, prefix
			}
		}
	}
	return "", ""
}

// LabelOf is what the org calls an object, its API name where that is not known.
func (f *Facts) LabelOf(object string) string { return cmp.Or(f.Labels[object], object) }

// FieldLabel is what the org calls a field of Task or Event, its API name where that is
// not known.
func (f *Facts) FieldLabel(object, field string) string {
	return cmp.Or(f.object(object).Fields[field].Label, field)
}

// NameFields puts what the org calls a field beside its API name, where a problem names
// fields.
func (f *Facts) NameFields(object string, problem *outbox.Problem) {
	named, told := problem.Args["field"]
	if !told {
		return
	}
	fields := strings.Split(named, ", ")
	for i, field := range fields {
		if label := f.object(object).Fields[field].Label; label != "" && label != field {
			fields[i] = label + " (" + field + ")"
		}
	}
	problem.Args = maps.Clone(problem.Args)
	problem.Args["field"] = strings.Join(fields, ", ")
}

// closedStatus is the one to write, "" to leave it to the org. Where the statuses
// could not be read, the one that every org begins with is looked for among those
// that describe lists.
func (f *Facts) closedStatus() string {
	return cmp.Or(f.ClosedStatus, f.Task.Value("Status", []string{"Completed"}))
}

// Relatable lists the objects that a share's Related To may name: those that
// allow activities and can be searched (salesforce.md section 5).
func (f *Facts) Relatable() []string {
	var objects []string
	for _, object := range f.Task.Fields["WhatId"].ReferenceTo {
		if slices.Contains(f.Searchable, object) {
			objects = append(objects, object)
		}
	}
	return objects
}

// isCustom reports whether an object is the org's own.
func isCustom(object string) bool { return strings.HasSuffix(object, "__c") }
