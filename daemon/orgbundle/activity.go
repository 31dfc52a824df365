package orgbundle

import "strings"

// field is the unique external id that makes a second record of the same activity
// impossible (salesforce.md 3.4). Fields of Task and Event are made on Activity.
func (in *Input) field() component {
	return component{"CustomField", "Activity." + in.KeyField, "objects/Activity/fields/" + in.KeyField + ".field", group(
		"CustomField",
		text("fullName", in.KeyField),
		flag("caseSensitive", true),
		text("description", in.say("Written by fieldpost, so that no activity is logged twice.",
			"Écrit par fieldpost, pour qu’aucune activité ne soit enregistrée deux fois.")),
		flag("externalId", true),
		text("label", in.say("fieldpost key", "Clé fieldpost")),
		text("length", "64"),
		flag("required", false),
		text("type", "Text"),
		flag("unique", true),
	)}
}

// written are the standard fields that fieldpost writes and that an org can hide.
var written = map[string][]string{
	"Event": {"Description", "IsAllDayEvent", "Location", "Type", "WhatId", "WhoId"},
	"Task":  {"ActivityDate", "Description", "Type", "WhatId", "WhoId"},
}

// permissions is the permission set of the reps. Task and Event share the security of
// their fields, and one that is left out counts as hidden: each is named on both.
// Whether a rep may create them is no right on an object but one of the user's.
func (in *Input) permissions() component {
	set := group("PermissionSet", text("description", in.say("What a rep needs for fieldpost to log shares and meetings.",
		"Ce qu’il faut à un commercial pour que fieldpost enregistre partages et réunions.")))
	for _, object := range []string{"Event", "Task"} {
		fields := written[object]
		if in.KeyField != "" {
			fields = append([]string{in.KeyField}, fields...)
		}
		for _, field := range fields {
			set.children = append(set.children, group(
				"fieldPermissions",
				flag("editable", true), text("field", object+"."+field), flag("readable", true),
			))
		}
	}
	set.children = append(set.children, flag("hasActivationRequired", false), text("label", name))
	for _, right := range []string{"ApiEnabled", "EditEvent", "EditTask"} {
		set.children = append(set.children, group("userPermissions", flag("enabled", true), text("name", right)))
	}
	return component{"PermissionSet", name, "permissionsets/" + name + ".permissionset", set}
}

// taskTypes is the list of Task.Type. Deploying it replaces the org's: it holds all
// that the org has, in its order, and ours after them.
func (in *Input) taskTypes() component {
	set := group("StandardValueSet", flag("sorted", false))
	for _, v := range append(distinct(in.TaskTypes), in.added()...) {
		set.children = append(set.children, group(
			"standardValue",
			text("fullName", v.Value), flag("default", v.Default), text("label", v.Label),
		))
	}
	return component{"StandardValueSet", "TaskType", "standardValueSets/TaskType.standardValueSet", set}
}

// typesKnown reports whether the list of Task.Type can be written without taking a
// value from the org. A rep who may not see the field reads facts without values.
func (in *Input) typesKnown() bool { return in.FactsKnown && len(in.TaskTypes) > 0 }

// added are the wanted values that the org does not have.
func (in *Input) added() []TypeValue {
	var wanted []TypeValue
	for _, value := range in.WantedTypes {
		if value != "" && !has(in.TaskTypes, value) {
			wanted = append(wanted, TypeValue{Value: value, Label: value})
		}
	}
	return distinct(wanted)
}

// distinct leaves out what repeats an earlier value: an org tells values apart by
// more than their case, but takes no two that differ by it alone.
func distinct(values []TypeValue) []TypeValue {
	var kept []TypeValue
	for _, v := range values {
		if !has(kept, v.Value) {
			kept = append(kept, v)
		}
	}
	return kept
}

func has(values []TypeValue, value string) bool {
	for _, v := range values {
		if strings.EqualFold(v.Value, value) {
			return true
		}
	}
	return false
}
