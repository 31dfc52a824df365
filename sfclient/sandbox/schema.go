package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// objects are all definitions that follow from the rules, before anybody's
// permissions.
func (r *Rules) objects() []*sobject {
	objects := append(standardObjects(), setupObjects()...)
	objects = append(objects, taskObject(r), eventObject(r))
	if r.SharedActivities {
		objects = append(objects, relationObjects("Task")...)
		objects = append(objects, relationObjects("Event")...)
	}
	for i, custom := range r.CustomObjects {
		objects = append(objects, customObject(i, custom))
	}
	for i, custom := range r.manyObjects() {
		objects = append(objects, customObject(manyFrom+i, custom))
	}
	for _, object := range objects {
		r.extend(object)
	}
	return objects
}

func customObject(i int, custom CustomObject) *sobject {
	prefix := fmt.Sprintf("a%c%c", base62[i/62%62], base62[i%62])
	object := newObject(prefix, custom.Name, owned(
		text("Name", 80, "CFGNSU"), reference("Account__c", "CFGNSU", "Account"))...)
	object.custom, object.searchable = true, custom.AllowSearch
	if custom.Label != "" {
		object.label, object.plural = custom.Label, plural(custom.Label)
	}
	return object
}

// extend adds the fields that the org made for itself and makes mandatory what the
// org wants to be.
func (r *Rules) extend(object *sobject) {
	object.fields = append(object.fields, r.ExtraFields[object.name]...)
	for _, name := range r.Required {
		field, ours := fieldOf(name, object.name)
		if !ours {
			continue
		}
		i := slices.IndexFunc(object.fields, func(f Field) bool { return f.Name == field })
		if i < 0 {
			object.fields = append(object.fields, text(field, 255, "CFGNSU"))
			i = len(object.fields) - 1
		}
		object.fields[i].Nillable = false
	}
}

// viewOf is the object as the rep's permissions show it, nil without access. A
// field that is hidden is simply not there.
func (r *Rules) viewOf(object *sobject) *sobject {
	if slices.Contains(r.HiddenObjects, object.name) {
		return nil
	}
	if object.name == corsObject && !r.ModifyAllData && r.CorsRefusal == CorsInvalidType {
		return nil
	}
	hidden := r.Hidden
	if r.Key == KeyHidden {
		hidden = append(slices.Clone(hidden), "Activity."+r.KeyField)
	}
	fields := slices.Clone(object.fields)
	fields = slices.DeleteFunc(fields, func(f Field) bool { return listed(hidden, object.name, f.Name) })
	frozen := slices.Contains(r.FrozenObjects, object.name) || !object.createable
	for i := range fields {
		if frozen || listed(r.ReadOnly, object.name, fields[i].Name) {
			fields[i].Createable, fields[i].Updateable = false, false
		}
	}
	view := object.with(fields)
	view.createable = !frozen
	return view
}

func listed(names []string, object, field string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		named, ours := fieldOf(name, object)
		return ours && strings.EqualFold(named, field)
	})
}

// fieldOf takes "Task.Type" or "Activity.Type" apart and tells whether it is about
// the object.
func fieldOf(name, object string) (field string, ours bool) {
	owner, field, _ := strings.Cut(name, ".")
	return field, owner == object || owner == "Activity" && (object == "Task" || object == "Event")
}
