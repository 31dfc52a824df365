package doctor

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"fieldpost/daemon/config"
	"fieldpost/daemon/crm"
	"fieldpost/outbox"
)

// Org is what is known of the rep's org, and what the settings want of it.
type Org struct {
	// Facts are nil where the org was not read yet.
	Facts    *crm.Facts
	Settings config.Settings
	Access   crm.Access
	// Condition is a condition of the settings that Salesforce cannot follow, nil for none.
	Condition *outbox.Problem
	// LeadsLeftOut: contacts.where names fields that a lead has not.
	LeadsLeftOut bool
	// Usage is the daily allowance as the last calls told it, zero for not within the hour.
	Usage Usage
	// Live is what was asked of the org for this examination, nil where it could not be.
	Live *Live
}

// Usage is how much of the org's daily allowance of calls is used.
type Usage struct{ Used, Max int }

// Live is what the org was asked just now.
type Live struct {
	// Origins are the allowed origins of the org's CORS list, nil where the rep may not
	// read it (salesforce.md section 9).
	Origins []string
	// Alike are records of the last days that look like ours and are not: another tool
	// logs the same activities.
	Alike []string
}

func (o Org) checks() []Check {
	if o.Facts == nil {
		return []Check{skipped("org")}
	}
	checks := []Check{
		ok("org", outbox.Args{"time": o.Facts.ReadAt.Local().Format("2006-01-02 15:04")}),
		o.edition(), o.access(), o.object("tasks", &o.Facts.Task), o.object("events", &o.Facts.Event),
	}
	checks = append(checks, o.objects()...)
	checks = append(checks, o.keyField(), when(o.Facts.Shared(), "shared_activities", Warning, outbox.Admin, nil))
	checks = append(checks, o.types()...)
	checks = append(checks, o.fields()...)
	return append(checks, o.people(), when(!o.LeadsLeftOut, "leads", Warning, outbox.Admin, nil), o.allowance(), o.cors(), o.otherLogger())
}

// withoutAPI are the editions to which the API is an extra; the seed asks for Enterprise
// or Unlimited.
var withoutAPI = []string{"Professional Edition", "Group Edition", "Team Edition", "Essentials Edition", "Starter Edition", "Personal Edition", "Contact Manager Edition", "Base Edition"}

func (o Org) edition() Check {
	if o.Facts.Edition == "" {
		return skipped("edition")
	}
	good := !slices.Contains(withoutAPI, o.Facts.Edition)
	return when(good, "edition", Warning, outbox.Admin, outbox.Args{"edition": o.Facts.Edition})
}

func (o Org) access() Check {
	args := outbox.Args{"groups": strings.Join(o.Settings.Access.Groups, ", ")}
	switch {
	case len(o.Settings.Access.Groups) == 0:
		return ok("access", outbox.Args{"groups": "–"})
	case o.Access == crm.AccessDenied:
		return problem("access", &outbox.Problem{Code: "access_denied", Who: outbox.Admin, Args: args})
	case o.Access == crm.AccessUnknown:
		return problem("access", &outbox.Problem{Code: "access_unknown", Who: outbox.Admin, Args: args})
	}
	return ok("access", args)
}

// object tells the rights on Task or Event: without creating nothing is logged, without
// editing nothing is corrected or withdrawn.
func (o Org) object(code string, object *crm.Object) Check {
	switch {
	case !object.Seen || !object.Createable || !object.Writes("Subject"):
		return Check{Code: code, Result: Failed, Who: outbox.Admin}
	case !object.Updateable:
		return Check{Code: code, Result: Warning, Who: outbox.Admin}
	}
	return ok(code, nil)
}

// objects are the records that activities are logged to: contacts, leads and what
// Related To may name.
func (o Org) objects() []Check {
	var checks []Check
	var good []string
	for _, object := range []string{"Contact", "Lead"} {
		if _, seen := o.Facts.Labels[object]; seen {
			good = append(good, o.Facts.LabelOf(object))
			continue
		}
		checks = append(checks, Check{Code: "object", Result: Warning, Who: outbox.Admin, Args: outbox.Args{"object": object}})
	}
	offered := o.Facts.Relatable()
	wanted := o.Settings.RelatedTo.Objects
	if !o.Facts.Task.Createable {
		wanted = nil // the check of tasks says it
	}
	for _, object := range wanted {
		if slices.ContainsFunc(offered, func(has string) bool { return strings.EqualFold(has, object) }) {
			good = append(good, o.Facts.LabelOf(object))
			continue
		}
		checks = append(checks, Check{Code: "related_object", Result: Warning, Who: outbox.Admin, Args: outbox.Args{"object": object}})
	}
	return append(checks, ok("object", outbox.Args{"objects": strings.Join(good, ", ")}))
}

func (o Org) keyField() Check {
	return when(o.Facts.KeyField != "", "key_field", Warning, outbox.Admin, outbox.Args{
		"field": o.Settings.Salesforce.KeyField, "task": o.Facts.Delivery("Task"), "event": o.Facts.Delivery("Event"),
	})
}

// types names each value that the settings want first and that the org has in no form.
func (o Org) types() []Check {
	var checks []Check
	missing := func(code string, object *crm.Object, wanted []string) {
		if object.Createable && len(wanted) > 0 && object.Value("Type", wanted) == "" {
			checks = append(checks, Check{Code: code, Result: Warning, Who: outbox.Admin, Args: outbox.Args{"value": wanted[0]}})
		}
	}
	for _, channel := range slices.Sorted(maps.Keys(o.Settings.Share.Types)) {
		missing("task_type", &o.Facts.Task, o.Settings.Share.Types[channel])
	}
	missing("event_type", &o.Facts.Event, o.Settings.Meeting.Type)
	switch {
	case len(checks) > 0:
	case !o.Facts.Task.Createable:
		checks = append(checks, skipped("task_type"))
	default:
		checks = append(checks, ok("task_type", nil))
	}
	return checks
}

// fields are the constants that the rep may not write, and what the org requires and
// nothing fills: a record without it is refused.
func (o Org) fields() []Check {
	var checks []Check
	for _, of := range []struct {
		object    *crm.Object
		setting   string
		constants map[string]any
	}{
		{&o.Facts.Task, "share.fields", o.Settings.Share.Fields},
		{&o.Facts.Event, "meeting.fields", o.Settings.Meeting.Fields},
	} {
		for _, field := range slices.Sorted(maps.Keys(of.constants)) {
			if !of.object.Writes(field) || o.Facts.Own(field) {
				checks = append(checks, Check{Code: "constant", Result: Warning, Who: outbox.Admin, Args: outbox.Args{"field": field, "setting": of.setting}})
			}
		}
		for _, field := range of.object.Missing(of.constants) {
			if crm.Fills(field) {
				continue
			}
			label := of.object.Fields[field].Label
			checks = append(checks, Check{Code: "required_field", Result: Failed, Who: outbox.Admin, Args: outbox.Args{
				"field": field, "label": label, "setting": of.setting,
			}})
		}
	}
	if len(checks) == 0 {
		checks = append(checks, ok("required_field", nil))
	}
	return checks
}

func (o Org) people() Check { return problem("conditions", o.Condition) }

// nearlyUsed is the share of the daily allowance from which on reads stop.
const nearlyUsed = 90

func (o Org) allowance() Check {
	usage := o.Usage
	if limit, told := o.Facts.Allowances[crm.DailyRequests]; usage.Max <= 0 && told {
		usage = Usage{Used: limit.Max - limit.Remaining, Max: limit.Max}
	}
	if usage.Max <= 0 {
		return skipped("allowance")
	}
	used := 100 * usage.Used / usage.Max
	return when(used < nearlyUsed, "allowance", Warning, outbox.Wait, outbox.Args{"used": strconv.Itoa(used), "max": strconv.Itoa(usage.Max)})
}

// cors tells whether the pages that may capture are also allowed in the org. fieldpost
// itself needs no such entry, and who may not read the list is told so, never stopped.
func (o Org) cors() Check {
	origins := slices.DeleteFunc(slices.Clone(o.Settings.Web.AllowedOrigins), func(origin string) bool { return !strings.HasPrefix(origin, "https://") })
	args := outbox.Args{"origins": strings.Join(origins, ", ")}
	switch {
	case o.Live == nil || len(origins) == 0:
		return skipped("cors")
	case o.Live.Origins == nil:
		return Check{Code: "cors_unverified", Result: Warning, Who: outbox.Admin, Args: args}
	}
	var absent []string
	for _, origin := range origins {
		if !slices.ContainsFunc(o.Live.Origins, func(has string) bool { return covers(has, origin) }) {
			absent = append(absent, origin)
		}
	}
	if len(absent) > 0 {
		args["origins"] = strings.Join(absent, ", ")
	}
	return when(len(absent) == 0, "cors", Warning, outbox.Admin, args)
}

// covers reports whether an entry of the CORS list lets an origin in; its star stands in
// front of a second-level domain alone (salesforce.md section 9).
func covers(entry, origin string) bool {
	entry, origin = strings.ToLower(entry), strings.ToLower(origin)
	before, domain, starred := strings.Cut(entry, "*")
	return entry == origin || starred && strings.HasPrefix(origin, before) && strings.HasSuffix(origin, domain)
}

func (o Org) otherLogger() Check {
	if o.Live == nil {
		return skipped("other_logger")
	}
	shown := o.Live.Alike[:min(len(o.Live.Alike), 3)]
	return when(len(o.Live.Alike) == 0, "other_logger", Warning, outbox.Admin, outbox.Args{
		"n": strconv.Itoa(len(o.Live.Alike)), "records": strings.Join(shown, ", "),
	})
}
