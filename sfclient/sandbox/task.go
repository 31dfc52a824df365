package sandbox

// completeTask holds the rules of salesforce.md sections 3.1, 3.3 and 4.
func (t *tx) completeTask(d *draft) *apiError {
	if d.before == nil && nothingGiven(d) && !t.system {
		return missing("Subject")
	}
	if err := t.completePeople(d); err != nil {
		return err
	}
	if d.names("TaskSubtype") && d.text("TaskSubtype") == "Cadence" && !t.system {
		// Only Salesforce's own cadences may; by which code it refuses others is assumed.
		return refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Task Subtype: bad value for restricted picklist field: Cadence", "TaskSubtype")
	}
	status := t.statusOf(d.text("Status"))
	d.set("IsClosed", status.Closed)
	d.set("IsHighPriority", d.text("Priority") == "High")
	switch {
	case !status.Closed:
		d.set("CompletedDateTime", nil)
	case d.value("CompletedDateTime") == nil:
		d.set("CompletedDateTime", t.stamp)
	}
	return nil
}

func nothingGiven(d *draft) bool {
	for _, given := range d.given {
		if given {
			return false
		}
	}
	return true
}

func (o *org) statusOf(name string) TaskStatus {
	for _, status := range o.rules.TaskStatuses {
		if status.Name == name {
			return status
		}
	}
	return TaskStatus{}
}

// completePeople settles who an activity is about: WhoId, the list of all people
// where the org has Shared Activities, and the account behind them.
func (t *tx) completePeople(d *draft) *apiError {
	if t.rules.SharedActivities {
		if err := t.completeWhoIDs(d); err != nil {
			return err
		}
	}
	who, what := d.text("WhoId"), d.text("WhatId")
	if t.objectOf(who) == "Lead" && what != "" && !t.system {
		return integrity("cannot specify whatID with lead whoID", "WhatId")
	}
	d.set("AccountId", t.accountBehind(what, who))
	return nil
}

// accountBehind is the account of the related record, if that is an account, an
// opportunity or a custom child of an account, else the contact's (salesforce.md
// section 3.3). A case has an account too but does not count.
func (o *org) accountBehind(what, who string) any {
	if r, found := o.find(what); found && r.table.object != nil {
		switch object := r.table.object; {
		case object.name == "Account":
			return r.id()
		case object.name == "Opportunity" && r.value("AccountId") != nil:
			return r.value("AccountId")
		case object.custom && r.value("Account__c") != nil:
			return r.value("Account__c")
		}
	}
	if r, found := o.find(who); found {
		return r.value("AccountId")
	}
	return nil
}
