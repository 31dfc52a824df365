package sandbox

// completeTask holds the rules of salesforce.md sections 3.1, 3.3 and 4.
func (t *tx) completeTask(d *draft) *apiError {
	if d.before == nil && nothingGiven(d) && !t.system {
		return missing("Subject")
	}
	if err := t.completePeople(d); err != nil {
		return err
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

// accountBehind is the account of the related record, else the contact's.
func (o *org) accountBehind(what, who string) any {
	for _, id := range []string{what, who} {
		r, found := o.find(id)
		if !found || r.table.object == nil {
			continue
		}
		if r.table.object.name == "Account" {
			return r.id()
		}
		for _, field := range []string{"AccountId", "Account__c"} {
			if account := r.value(field); account != nil {
				return account
			}
		}
	}
	return nil
}
