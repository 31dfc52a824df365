package sandbox

import (
	"fmt"
	"time"
)

// A Person is a contact or a lead to be added. Company matters for leads, Account
// for contacts; without an Owner the rep owns it.
type Person struct {
	FirstName, LastName, Email, Phone, Title, Company string
	Account, Owner                                    string // ids
}

// AddUser adds an active user and gives the id.
func (s *Sandbox) AddUser(username, firstName, lastName string) string {
	return s.add("User", map[string]any{
		"Username": username, "Email": username, "FirstName": firstName, "LastName": lastName,
	})
}

// AddAccount adds an account and gives its id.
func (s *Sandbox) AddAccount(name string) string {
	return s.add("Account", map[string]any{"Name": name})
}

// AddContact adds a contact and gives its id.
func (s *Sandbox) AddContact(p Person) string {
	fields := p.fields()
	fields["AccountId"] = p.Account
	return s.add("Contact", fields)
}

// AddLead adds a lead and gives its id.
func (s *Sandbox) AddLead(p Person) string {
	fields := p.fields()
	fields["Company"] = p.Company
	return s.add("Lead", fields)
}

// AddOpportunity adds an open opportunity and gives its id.
func (s *Sandbox) AddOpportunity(name, account string) string {
	return s.add("Opportunity", map[string]any{
		"Name": name, "AccountId": account, "StageName": "Proposal", "CloseDate": s.org.now().AddDate(0, 1, 0),
	})
}

func (p Person) fields() map[string]any {
	fields := map[string]any{
		"FirstName": p.FirstName, "LastName": p.LastName, "Email": p.Email, "Phone": p.Phone, "Title": p.Title,
	}
	if p.Owner != "" {
		fields["OwnerId"] = p.Owner
	}
	return fields
}

// add inserts what the adders above are made of. Texts longer than their field are
// the one way for it to fail, and then there is no id.
func (s *Sandbox) add(object string, fields map[string]any) string {
	id, err := s.Insert(object, fields)
	if err != nil {
		return ""
	}
	return id
}

func (o *org) insert(object string, fields map[string]any) (string, error) {
	t := o.table(object)
	if t == nil {
		return "", fmt.Errorf("the org has no object %q", object)
	}
	fields = plain(fields)
	if f, owned := t.object.field("OwnerId"); owned && fields[f.Name] == nil && o.rep != nil {
		fields[f.Name] = o.rep.id()
	}
	id, err := o.beginSystem().insert(t, fields)
	return id, asError(err)
}

// plain turns Go's values into those of JSON, as requests carry them.
func plain(fields map[string]any) map[string]any {
	plain := make(map[string]any, len(fields))
	for name, value := range fields {
		switch v := value.(type) {
		case int:
			plain[name] = float64(v)
		case time.Time:
			plain[name] = stamp(v)
		case []string:
			plain[name] = toAny(v)
		default:
			plain[name] = v
		}
	}
	return plain
}

func toAny(texts []string) []any {
	list := make([]any, len(texts))
	for i, each := range texts {
		list[i] = each
	}
	return list
}
