package crm

import (
	"cmp"
	"slices"
	"strings"

	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// Resolved says who one person of an activity is in Salesforce.
type Resolved struct {
	Person activity.Person
	// ID is the contact or lead, "" where there is none; Name is its name there, as far
	// as it is known.
	ID, Name string
	// Ambiguous is true where the address fits several records.
	Ambiguous bool
}

// maxContacts is how many contacts one activity takes (salesforce.md section 4).
const maxContacts = 50

// relate sets WhoId, TaskWhoIds or EventWhoIds, and WhatId, by CONTRACT section 6:
// contacts first, a lead only where there is no contact, and never a lead
// together with a Related To (salesforce.md section 0, rule 10).
func (b *builder) relate() error {
	if err := b.checkRelated(); err != nil {
		return err
	}
	contacts, leads, nobody := b.sorted()
	related := b.item.Activity.RelatedTo
	if len(contacts) == 0 && len(leads) == 0 && related == nil || len(nobody) > 0 && len(contacts)+len(leads) == 0 {
		return b.unreachable(nobody)
	}
	rest := append(slices.Clone(leads), nobody...)
	switch {
	case len(contacts) > 0:
		rest = append(b.relateContacts(contacts), rest...)
	case len(leads) > 0:
		b.fields["WhoId"] = leads[0].ID
		rest = append(leads[1:], nobody...)
	}
	b.nameInText(rest)
	b.relateRecord(len(contacts) == 0 && len(leads) > 0)
	return nil
}

// sorted splits the people into contacts, leads and those not found, each id once.
func (b *builder) sorted() (contacts, leads, nobody []Resolved) {
	seen := map[string]bool{}
	for _, r := range b.item.People {
		switch {
		case slices.ContainsFunc(b.rules.Own, func(own string) bool { return strings.EqualFold(own, r.Person.Email) }):
		case r.ID == "":
			nobody = append(nobody, r)
		case seen[r.ID[:15]]:
		case activity.IsLead(r.ID):
			leads = append(leads, r)
		default:
			contacts = append(contacts, r)
		}
		if r.ID != "" {
			seen[r.ID[:15]] = true
		}
	}
	return contacts, leads, nobody
}

// relateContacts sets the contacts and returns those that found no place.
func (b *builder) relateContacts(contacts []Resolved) (left []Resolved) {
	b.fields["WhoId"] = contacts[0].ID
	object, field := b.facts.Task, "TaskWhoIds"
	if b.item.Activity.Kind == activity.Meeting {
		object, field = b.facts.Event, "EventWhoIds"
	}
	if len(contacts) == 1 || !b.rules.Multiple || !object.Writes(field) {
		return contacts[1:]
	}
	related := contacts[:min(len(contacts), maxContacts)]
	ids := make([]string, len(related))
	for i, c := range related {
		ids[i] = c.ID
	}
	b.fields[field] = ids
	return contacts[len(related):]
}

// nameInText names the people who are not related in the text and in the history.
func (b *builder) nameInText(people []Resolved) {
	for _, r := range people {
		told, name := r.Person.Email, cmp.Or(r.Person.Name, r.Name)
		switch {
		case name != "" && told != "":
			told = name + " <" + told + ">"
		case told == "":
			told = name
		}
		if told == "" {
			continue
		}
		b.also = append(b.also, told)
		code := "person_left_out"
		if r.ID == "" {
			code = "person_not_found"
		}
		b.note(code, "people", told)
	}
}

func (b *builder) relateRecord(withLead bool) {
	related := b.item.Activity.RelatedTo
	if related == nil {
		return
	}
	if !withLead {
		b.fields["WhatId"] = related.ID
		return
	}
	b.whatRef = cmp.Or(b.item.RelatedName, related.ID)
	b.note("related_to_named", "record", b.whatRef)
}

// checkRelated refuses a Related To that the settings or the org do not allow.
func (b *builder) checkRelated() error {
	related := b.item.Activity.RelatedTo
	if related == nil {
		return nil
	}
	object := b.facts.ObjectOf(related.ID)
	if RelatedAllowed(b.item.Activity.Kind, object, b.facts, b.rules) {
		return nil
	}
	if object == "" {
		object = related.ID[:3]
	}
	return refuse("related_to_not_allowed", outbox.You, outbox.Args{"object": object, "allowed": strings.Join(b.rules.RelatedTo, ", ")})
}

// RelatedAllowed reports whether an activity of this kind may be related to a
// record of the object. Meetings never take custom objects (CONTRACT section 3).
func RelatedAllowed(kind activity.Kind, object string, facts *Facts, rules *Rules) bool {
	if kind == activity.Meeting && isCustom(object) {
		return false
	}
	listed := slices.ContainsFunc(rules.RelatedTo, func(o string) bool { return strings.EqualFold(o, object) })
	where := facts.Task
	if kind == activity.Meeting {
		where = facts.Event
	}
	targets := where.Fields["WhatId"].ReferenceTo
	return listed && (len(targets) == 0 || slices.Contains(targets, object))
}

// unreachable says why nobody can be related.
func (b *builder) unreachable(nobody []Resolved) error {
	if len(nobody) == 0 {
		return refuse("no_recipient", outbox.You, nil)
	}
	if i := slices.IndexFunc(nobody, func(r Resolved) bool { return r.Ambiguous }); i >= 0 {
		return refuse("ambiguous_person", outbox.You, outbox.Args{"address": nobody[i].Person.Email})
	}
	args := outbox.Args{"address": nobody[0].Person.Email}
	if r := b.item.Activity.RelatedTo; r != nil {
		args["record"] = cmp.Or(b.item.RelatedName, r.ID)
	}
	return refuse("unresolved_person", outbox.You, args)
}

func refuse(code string, who outbox.Who, args outbox.Args) error {
	return &Refused{Problem: outbox.Problem{Code: code, Who: who, Args: args}}
}
