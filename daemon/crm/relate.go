package crm

import (
	"cmp"
	"slices"
	"strconv"
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
	// Ambiguous is true where the address fits several records, Filtered where it fits
	// somebody whom the settings hide from the rep.
	Ambiguous, Filtered bool
	// Aside tells why nobody is looked for, "" where somebody is.
	Aside Aside
}

// Aside is why a person of an activity is named and never related.
type Aside string

// Why a person stands aside.
const (
	Colleague Aside = "colleague" // a user of the rep's own org
	Ignored   Aside = "ignored"   // the rep said that it is nobody to relate
)

// maxContacts is how many contacts one activity takes (salesforce.md section 4).
const maxContacts = 50

// relate sets WhoId, TaskWhoIds or EventWhoIds, and WhatId, by CONTRACT section 6:
// contacts first, a lead only where there is no contact, and never a lead
// together with a Related To (salesforce.md section 0, rule 10).
func (b *builder) relate() error {
	refused := b.checkRelated()
	contacts, leads, nobody, aside := b.sorted()
	related := b.item.Activity.RelatedTo
	if len(contacts) == 0 && len(leads) == 0 && related == nil || len(nobody) > 0 && len(contacts)+len(leads) == 0 {
		refused = cmp.Or(refused, b.unreachable(nobody))
	}
	rest := append(slices.Clone(leads), nobody...)
	switch {
	case len(contacts) > 0:
		rest = append(b.relateContacts(contacts), rest...)
	case len(leads) > 0:
		b.set("WhoId", leads[0].ID, "lead", "person", leads[0].told())
		rest = append(leads[1:], nobody...)
	}
	b.nameInText(append(rest, aside...))
	b.relateRecord(len(contacts) == 0 && len(leads) > 0)
	return refused
}

// sorted splits the people into contacts, leads, those not found and those who stand
// aside, each id once.
func (b *builder) sorted() (contacts, leads, nobody, aside []Resolved) {
	seen := map[string]bool{}
	for _, r := range b.item.People {
		switch {
		case slices.ContainsFunc(b.rules.Own, func(own string) bool { return strings.EqualFold(own, r.Person.Email) }):
		case r.Aside != "":
			aside = append(aside, r)
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
	return contacts, leads, nobody, aside
}

// relateContacts sets the contacts and returns those that found no place.
func (b *builder) relateContacts(contacts []Resolved) (left []Resolved) {
	b.set("WhoId", contacts[0].ID, "contact", "person", contacts[0].told())
	field := b.name + "WhoIds"
	switch {
	case len(contacts) == 1:
		return nil
	case !b.rules.Multiple:
		b.because(field, "one_by_setting")
		return contacts[1:]
	case !b.object.Writes(field):
		b.because(field, "one_by_org")
		return contacts[1:]
	}
	related := contacts[:min(len(contacts), maxContacts)]
	ids := make([]string, len(related))
	for i, c := range related {
		ids[i] = c.ID
	}
	b.set(field, ids, "contacts", "n", strconv.Itoa(len(ids)))
	return contacts[len(related):]
}

// told is a person as the text names them: the name that the activity gives or
// Salesforce has, and the address; the id where there is neither.
func (r *Resolved) told() string {
	name, address := cmp.Or(r.Person.Name, r.Name), r.Person.Email
	if name != "" && address != "" {
		return name + " <" + address + ">"
	}
	return cmp.Or(address, name, r.Person.ID)
}

// nameInText names the people who are not related in the text and in the history; those of
// a blind copy in the history alone, which stays on the laptop.
func (b *builder) nameInText(people []Resolved) {
	for _, r := range people {
		told := r.told()
		if !r.Person.Bcc {
			b.also = append(b.also, told)
		}
		code := "person_left_out"
		switch {
		case r.Aside != "":
			code = "person_" + string(r.Aside)
		case r.Filtered:
			code = "person_filtered"
		case r.ID == "":
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
		b.set("WhatId", cmp.Or(b.item.RelatedID, activity.LongID(related.ID)), "related_to", "record", cmp.Or(b.item.RelatedName, related.ID))
		return
	}
	b.whatRef = cmp.Or(b.item.RelatedName, related.ID)
	b.because("WhatId", "not_with_lead", "record", b.whatRef)
	b.note("related_to_named", "record", b.whatRef)
}

// checkRelated refuses a Related To that the settings or the org do not allow.
func (b *builder) checkRelated() error {
	related := b.item.Activity.RelatedTo
	if related == nil {
		return nil
	}
	kind := b.item.Activity.Kind
	if RelatedTo(kind, related.ID, b.facts, b.rules) == "" {
		return nil
	}
	object := cmp.Or(b.facts.ObjectOf(related.ID), related.ID[:3])
	return refuse("related_to_not_allowed", outbox.You, outbox.Args{
		"object": b.facts.LabelOf(object), "allowed": strings.Join(b.rules.relatable(kind, b.facts), ", "),
	})
}

// Why a Related To is refused.
const (
	// RelatedOfMeeting: meetings never take custom objects (CONTRACT section 3).
	RelatedOfMeeting = "meeting"
	// RelatedNotListed: the settings do not list the object.
	RelatedNotListed = "not_listed"
	// RelatedNoActivities: the object does not take activities (any more).
	RelatedNoActivities = "no_activities"
	// RelatedUnknown: the id names no object of this org.
	RelatedUnknown = "unknown"
)

// RelatedTo tells why an activity of this kind may not be related to the record, ""
// where it may.
func RelatedTo(kind activity.Kind, id string, facts *Facts, rules *Rules) (why string) {
	object := facts.ObjectOf(id)
	targets := facts.targets(kind)
	switch {
	case kind == activity.Meeting && (isCustom(object) || object == "" && CustomID(id)):
		return RelatedOfMeeting
	case object == "":
		return RelatedUnknown
	case !rules.lists(object):
		return RelatedNotListed
	case len(targets) > 0 && !slices.Contains(targets, object):
		return RelatedNoActivities
	}
	return ""
}

// CustomID reports whether an id is that of an object of the org's own, as far as its
// prefix tells (salesforce.md, key prefixes).
func CustomID(id string) bool { return strings.HasPrefix(id, "a") }

// targets lists the objects that the Related To of a share or a meeting may name.
func (f *Facts) targets(kind activity.Kind) []string {
	if kind == activity.Meeting {
		return f.Event.Fields["WhatId"].ReferenceTo
	}
	return f.Task.Fields["WhatId"].ReferenceTo
}

func (r *Rules) lists(object string) bool {
	return slices.ContainsFunc(r.RelatedTo, func(o string) bool { return strings.EqualFold(o, object) })
}

// relatable names what an activity of this kind may be related to, as the org calls it.
func (r *Rules) relatable(kind activity.Kind, facts *Facts) []string {
	var names []string
	for _, object := range r.RelatedTo {
		if kind != activity.Meeting || !isCustom(object) {
			names = append(names, facts.LabelOf(object))
		}
	}
	return names
}

// unreachable says why nobody can be related.
func (b *builder) unreachable(nobody []Resolved) error {
	if len(nobody) == 0 {
		return refuse("no_recipient", outbox.You, nil)
	}
	if i := slices.IndexFunc(nobody, func(r Resolved) bool { return r.Ambiguous }); i >= 0 {
		return refuse("ambiguous_person", outbox.You, outbox.Args{"address": nobody[i].Person.Email})
	}
	if i := slices.IndexFunc(nobody, func(r Resolved) bool { return r.Filtered }); i >= 0 {
		return refuse("person_filtered", outbox.Admin, outbox.Args{"address": cmp.Or(nobody[i].Person.Email, nobody[i].told())})
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
