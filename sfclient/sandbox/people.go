package sandbox

import (
	"fmt"
	"slices"
)

// Shared Activities (salesforce.md section 4): an activity's people are a list,
// the primary one first, and each has a row in the relation objects. The list is
// the truth; the rows follow it.

const maxContacts = 50

func (t *tx) completeWhoIDs(d *draft) *apiError {
	list := d.object.name + "WhoIds"
	people := settlePeople(d, list)
	if err := t.checkPeople(d, list, people); err != nil {
		return err
	}
	d.set(list, nil)
	d.set("WhoId", nil)
	if len(people) > 0 {
		d.set(list, people)
		d.set("WhoId", people[0])
	}
	d.set("WhoCount", float64(len(people)))
	d.set("WhatCount", float64(len(listOf(d.text("WhatId")))))
	return nil
}

// settlePeople puts WhoId and the list together, whichever of them the write names.
func settlePeople(d *draft, list string) []string {
	primary := d.text("WhoId")
	people, _ := d.value(list).([]string)
	switch {
	case d.names(list) && len(people) > 0:
		if d.before != nil && !d.names("WhoId") && !slices.Contains(people, primary) {
			primary = people[0]
		}
	case d.names(list):
		people = nil // null drops all but WhoId
	case d.names("WhoId") && d.before != nil:
		former, _ := valueAt(d.before.values, columnOf(d.object, "WhoId")).(string)
		people = slices.DeleteFunc(slices.Clone(people), func(id string) bool { return id == former })
	}
	return distinct(append(listOf(primary), people...))
}

func columnOf(object *sobject, field string) int {
	f, _ := object.field(field)
	return f.column
}

func (t *tx) checkPeople(d *draft, list string, people []string) *apiError {
	if t.system || !d.names(list) {
		return nil
	}
	who, _ := d.object.field("WhoId")
	leads := 0
	for _, id := range people {
		if err := t.checkLink(who, id); err != nil {
			err.fields = []string{list}
			return err
		}
		if t.objectOf(id) == "Lead" {
			leads++
		}
	}
	switch {
	case leads > 0 && len(people) > 1:
		return integrity("An activity is related to one lead or to several contacts, not to both", list)
	case len(people) > maxContacts:
		return integrity(fmt.Sprintf("An activity is related to %d contacts at most", maxContacts), list)
	}
	return nil
}

// linkPeople makes the relation rows say what the activity says.
func (t *tx) linkPeople(r *record) {
	activity := r.table.object.name
	if !t.rules.SharedActivities || activity != "Task" && activity != "Event" {
		return
	}
	people, _ := r.value(activity + "WhoIds").([]string)
	if people == nil {
		people = listOf(r.text("WhoId"))
	}
	t.syncLinks(t.table(activity+"Relation"), r, append(slices.Clone(people), listOf(r.text("WhatId"))...))
	t.syncLinks(t.table(activity+"WhoRelation"), r, people)
}

func (t *tx) unlinkPeople(r *record) {
	for _, suffix := range []string{"Relation", "WhoRelation"} {
		if links := t.table(r.table.object.name + suffix); links != nil {
			t.syncLinks(links, r, nil)
		}
	}
}

func (t *tx) syncLinks(links *table, activity *record, wanted []string) {
	var have []string
	for _, link := range slices.Clone(t.linksOf(links, activity)) {
		id := link.text("RelationId")
		if slices.Contains(wanted, id) {
			have = append(have, id)
			continue
		}
		t.bin(link)
	}
	for _, id := range wanted {
		if !slices.Contains(have, id) {
			t.addLink(links, activity, id)
		}
	}
}

func (t *tx) linksOf(links *table, activity *record) []*record {
	column := columnOf(links.object, activity.table.object.name+"Id")
	return links.indexes[column][activity.id()]
}

func (t *tx) addLink(links *table, activity *record, id string) {
	d := t.draftOf(links, nil)
	object := t.objectOf(id)
	d.set(activity.table.object.name+"Id", activity.id())
	d.set("RelationId", id)
	d.set("IsWhat", object != "Contact" && object != "Lead")
	d.set("Type", object)
	t.commitInsert(links, d)
}

// insertLink is POST TaskRelation: one more person for an activity.
func (t *tx) insertLink(links *table, d *draft, activity string) (string, *apiError) {
	if err := t.checkLinks(d); err != nil {
		return "", err
	}
	target, found := t.find(d.text(activity + "Id"))
	if !found || d.text("RelationId") == "" {
		return "", missing(activity+"Id", "RelationId")
	}
	people, _ := target.value(activity + "WhoIds").([]string)
	if err := t.update(target, whoIDs(activity, append(slices.Clone(people), d.text("RelationId")))); err != nil {
		return "", err
	}
	for _, link := range t.linksOf(links, target) {
		if link.text("RelationId") == d.text("RelationId") {
			return link.id(), nil
		}
	}
	return "", integrity("Relation ID: id value of incorrect type: "+d.text("RelationId"), "RelationId")
}

func (t *tx) removeLink(link *record, activity string) *apiError {
	target, found := t.find(link.text(activity + "Id"))
	if !found {
		return noResource()
	}
	people, _ := target.value(activity + "WhoIds").([]string)
	rest := slices.DeleteFunc(slices.Clone(people), func(id string) bool { return id == link.text("RelationId") })
	return t.update(target, whoIDs(activity, rest))
}

func whoIDs(activity string, people []string) map[string]any {
	if len(people) == 0 {
		return map[string]any{"WhoId": nil, activity + "WhoIds": nil}
	}
	return map[string]any{activity + "WhoIds": toAny(people)}
}

// linkEverybody gives the activities of before Shared Activities their rows.
func (o *org) linkEverybody() {
	t := o.beginSystem()
	for _, activity := range []string{"Task", "Event"} {
		for _, r := range o.table(activity).rows {
			if !r.deleted() {
				t.linkPeople(r)
			}
		}
	}
}

func listOf(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// distinct drops repeated ids and keeps the order.
func distinct(ids []string) []string {
	var kept []string
	for _, id := range ids {
		if !slices.Contains(kept, id) {
			kept = append(kept, id)
		}
	}
	return kept
}
