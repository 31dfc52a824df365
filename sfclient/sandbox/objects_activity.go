package sandbox

import "slices"

// The fields of Task and Event, property by property as salesforce.md sections 3.1
// and 3.2 list them.

func taskObject(rules *Rules) *sobject {
	fields := append(activityFields(rules, "Task", rules.TaskTypes),
		date("ActivityDate", "CFGNSU").labelled("Due Date Only"),
		picklist("Status", "CDFGSU", statusChoices(rules.TaskStatuses)...).or(defaultStatus(rules.TaskStatuses)),
		picklist("Priority", "CDFGSU", Choices("High", "Normal", "Low")...).or("Normal"),
		picklist("TaskSubtype", "CFGNS", Choices("Task", "Email", "ListEmail", "LinkedIn", "Cadence", "Call")...).restricted(),
		reference("OwnerId", "CDFGSU", "User", "Group"),
		text("CallObject", 255, "CFGNSU"), text("CallDisposition", 255, "CFGNSU"),
		picklist("CallType", "CFGNSU", Choices("Inbound", "Internal", "Outbound")...).restricted(),
		number("CallDurationInSeconds", "CFGNSU"),
		flag("IsClosed", "DFGS").labelled("Closed"), flag("IsHighPriority", "DFS").labelled("High Priority"),
		datetime("CompletedDateTime", "FNS"),
	)
	fields = append(fields, padding(rules.Padding)...)
	return newObject("00T", "Task", fields...).search().named("Subject")
}

func eventObject(rules *Rules) *sobject {
	fields := append(activityFields(rules, "Event", rules.EventTypes),
		datetime("StartDateTime", "CFNSU"), datetime("EndDateTime", "CFNSU"),
		number("DurationInMinutes", "CFGNSU"),
		datetime("ActivityDateTime", "CFNSU"), date("ActivityDate", "CFGNSU"),
		flag("IsAllDayEvent", "CDFGSU"), text("Location", 255, "CFGNSU"),
		picklist("ShowAs", "CDFGNSU", Choices("Busy", "OutOfOffice", "Free")...).restricted().or("Busy"),
		picklist("EventSubtype", "CFGNS", Choices("Event")...).restricted(),
		flag("IsPrivate", "CDFGSU").labelled("Private"),
		reference("OwnerId", "CDFGSU", "Calendar", "User"),
	)
	return newObject("00U", "Event", fields...).search().named("Subject")
}

// activityFields are those that Task and Event share, the custom ones included:
// they are defined on Activity and appear on both (salesforce.md section 3.3).
func activityFields(rules *Rules, object string, types []Choice) []Field {
	kind := picklist("Type", "CFGNSU", slices.Clone(types)...)
	kind.Restricted = rules.RestrictedTypes
	fields := []Field{
		text("Subject", 255, "CFNSU").as("combobox"), longText("Description", 32000), kind,
		reference("WhoId", "CFGNSU", "Contact", "Lead").labelled("Name ID").listedAs(object + "s"),
		reference("WhatId", "CFGNSU", rules.relatable()...).labelled("Related To ID").listedAs(object + "s"),
		reference("AccountId", "FGNS", "Account"), reference("RecordTypeId", "CFGNSU", "RecordType"),
		flag("IsReminderSet", "CDFSU"), datetime("ReminderDateTime", "CFNSU"), flag("IsArchived", "DFGS").labelled("Archived"),
	}
	if rules.KeyField != "" && rules.Key != KeyAbsent {
		key := text(rules.KeyField, 64, "CFGNSU").key()
		key.Unique = rules.Key != KeyNotUnique
		fields = append(fields, key)
	}
	if rules.SharedActivities {
		fields = append(fields, newField(object+"WhoIds", "junctionIdList", "CNU"),
			number("WhoCount", "FGNS"), number("WhatCount", "FGNS"))
	}
	return fields
}

// relationObjects link an activity with several people; an org has them where
// Shared Activities is on (salesforce.md section 4).
func relationObjects(activity string) []*sobject {
	prefixes := map[string][2]string{"Task": {"0RT", "0RW"}, "Event": {"0RE", "0RX"}}[activity]
	link := reference(activity+"Id", "CFGNS", activity).byIndex()
	return []*sobject{
		newObject(prefixes[0], activity+"Relation",
			link.listedAs(activity+"Relations"), reference("RelationId", "CFGNS", "Contact", "Lead", "Account", "Opportunity"),
			flag("IsWhat", "DFGS")).named("Id"),
		newObject(prefixes[1], activity+"WhoRelation",
			link.listedAs(activity+"WhoRelations"), reference("RelationId", "FGNS", "Contact", "Lead"),
			text("Type", 50, "FGNS")).readOnly().named("Id"),
	}
}

func statusChoices(statuses []TaskStatus) []Choice {
	choices := make([]Choice, len(statuses))
	for i, status := range statuses {
		choices[i] = Choice{Value: status.Name, Label: status.Label}
	}
	return choices
}

func defaultStatus(statuses []TaskStatus) any {
	for _, status := range statuses {
		if status.Default {
			return status.Name
		}
	}
	return nil
}
