package orgbundle

// reportName is the report's name in its address.
const reportName = "fieldpost_per_rep_and_week"

// report counts what fieldpost logged in the last 90 days, per rep and week, found by
// what it leaves on a record. Without a key field that is the marker in CallObject,
// which events do not have. The Description, which has it always, cannot be
// filtered.
func (in *Input) report() []component {
	kinds := "te" // tasks and events
	mark := group("criteriaItems", text("column", "Activity."+in.KeyField), text("operator", "notEqual"), text("value", ""))
	if in.KeyField == "" {
		kinds = "t"
		mark = group("criteriaItems", text("column", "CALLOBJECT"), text("operator", "startsWith"), text("value", "fieldpost:"))
	}
	body := group("Report")
	for _, column := range []string{"SUBJECT", "STATUS", "ACCOUNT", "CONTACT", "LEAD", "TASK"} {
		body.children = append(body.children, group("columns", text("field", column)))
	}
	body.children = append(
		body.children,
		group("filter", mark),
		text("format", "Summary"),
		grouped("ASSIGNED", "Day"),
		grouped("DUE_DATE", "Week"),
		text("name", in.say("Logged by fieldpost per rep and week", "fieldpost par commercial et par semaine")),
		group("params", text("name", "closed"), text("value", "all")),
		group("params", text("name", "type"), text("value", kinds)),
		group("params", text("name", "co"), text("value", "1")),
		text("reportType", "Activity"),
		text("scope", "organization"),
		flag("showDetails", false),
		group("timeFrameFilter", text("dateColumn", "DUE_DATE"), text("interval", "INTERVAL_LAST90")),
	)
	return []component{
		{"Report", name, "reports/" + name + ".reportFolder", group("ReportFolder", text("name", name))},
		{"Report", name + "/" + reportName, "reports/" + name + "/" + reportName + ".report", body},
	}
}

// grouped is a level of the report. The granularity is asked for with every column
// and counts for dates.
func grouped(column, granularity string) node {
	return group("groupingsDown", text("dateGranularity", granularity), text("field", column), text("sortOrder", "Asc"))
}
