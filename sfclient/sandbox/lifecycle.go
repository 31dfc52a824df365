package sandbox

import "time"

// What people do to leads and contacts behind an integration's back.

// ConvertLead turns a lead into a contact of a new account named after the lead's
// company, and moves its activities there.
func (s *Sandbox) ConvertLead(leadID string) (contactID, accountID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lead, found := s.org.find(leadID)
	if !found || s.org.objectOf(leadID) != "Lead" {
		return "", "", noResource()
	}
	if accountID, err = s.org.insert("Account", map[string]any{"Name": lead.text("Company")}); err != nil {
		return "", "", err
	}
	contact := map[string]any{"AccountId": accountID, "OwnerId": lead.text("OwnerId")}
	for _, field := range []string{"FirstName", "LastName", "Email", "Phone", "Title"} {
		contact[field] = lead.value(field)
	}
	if contactID, err = s.org.insert("Contact", contact); err != nil {
		return "", "", err
	}
	t := s.org.beginSystem()
	t.moveActivities(lead.id(), contactID)
	return contactID, accountID, asError(t.update(lead, map[string]any{
		"IsConverted": true, "ConvertedContactId": contactID, "ConvertedAccountId": accountID,
		"ConvertedDate": s.org.now().Format(time.DateOnly), "Status": "Qualified",
	}))
}

// MergeContacts folds contacts into a master: they go to the recycle bin, naming
// it, and their activities become the master's.
func (s *Sandbox) MergeContacts(masterID string, losers ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.org.beginSystem()
	for _, id := range losers {
		loser, found := s.org.find(id)
		if !found {
			return noResource()
		}
		t.moveActivities(id, masterID)
		if err := t.update(loser, map[string]any{"MasterRecordId": masterID}); err != nil {
			return err
		}
		t.bin(loser)
	}
	return nil
}

func (t *tx) moveActivities(from, to string) {
	for _, object := range []string{"Task", "Event"} {
		for _, r := range t.table(object).rows {
			if r.text("WhoId") == from && !r.deleted() {
				_ = t.update(r, map[string]any{"WhoId": to}) // a system update of a valid id cannot fail
			}
		}
	}
}
