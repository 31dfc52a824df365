package directory

import (
	"context"

	"fieldpost/sfclient"
)

// Filter narrows whom a rep may relate: the settings contacts.scope, contacts.where and
// leads.where (CONTRACT section 3). The zero Filter hides nobody.
type Filter struct {
	// UserID is the rep, whose copy no other user's is; Own lets only the rep's own people
	// through.
	UserID string `json:"user_id,omitempty"`
	Own    bool   `json:"own,omitempty"`
	// Contacts is a further SOQL condition, "" for none.
	Contacts string `json:"contacts,omitempty"`
	// Leads is the one for leads; nil lets Contacts count for them too, where Lead knows
	// its fields, and leaves leads out where it does not.
	Leads *string `json:"leads,omitempty"`
}

// Hides reports whether the filter keeps anybody from the rep.
func (f Filter) Hides() bool {
	return f.Own || f.Contacts != "" || f.Leads != nil && *f.Leads != ""
}

// A ConditionError says that Salesforce cannot follow a condition of the settings, in
// Salesforce's own words.
type ConditionError struct {
	// Setting is contacts.where or leads.where.
	Setting string
	Answer  *sfclient.Error
}

func (e *ConditionError) Error() string { return "directory: " + e.Setting + ": " + e.Answer.Error() }

// Problem names the sentence in daemon/words.
func (e *ConditionError) Problem() (code string, args map[string]string) {
	return "condition_refused", map[string]string{"setting": e.Setting, "message": e.Answer.Message}
}

// Try asks Salesforce whether it can follow the conditions. The error is a
// *ConditionError, or what kept Salesforce from being asked.
func Try(ctx context.Context, source Source, filter Filter) error {
	for _, l := range filter.people() {
		if _, err := l.read(ctx, source, narrowing{tail: " LIMIT 1"}, ignore); err != nil {
			return err
		}
	}
	return nil
}

// people are the listings of contacts and leads through the filter.
func (f Filter) people() []listing {
	contacts, leads := contacts(), leads()
	if f.Own {
		contacts.owner, leads.owner = f.UserID, f.UserID
	}
	contacts.condition, contacts.setting = f.Contacts, "contacts.where"
	leads.condition, leads.setting, leads.lent = f.Contacts, "contacts.where", true
	if f.Leads != nil {
		leads.condition, leads.setting, leads.lent = *f.Leads, "leads.where", false
	}
	return []listing{contacts, leads}
}
