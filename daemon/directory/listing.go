package directory

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"fieldpost/sfclient"
)

// Source is Salesforce as the directory asks it.
type Source interface {
	QueryPages(ctx context.Context, soql string, batch int) iter.Seq2[sfclient.Page, error]
	QueryAllPages(ctx context.Context, soql string, batch int) iter.Seq2[sfclient.Page, error]
}

// pageRows asks for the largest pages there are (salesforce.md 7.1).
const pageRows = 2000

// listing is which rows of an object are copied, and how they are asked for.
type listing struct {
	object, prefix string
	table          *table
	fields         []string
	// optional are fields that not every rep may see, or not every object has.
	optional []string
	// where is what every row of it is.
	where []string
	// owner and condition are of the settings, "" for none; setting names where the
	// condition comes from. A lent one is that of the contacts.
	owner, condition, setting string
	lent                      bool
	// aside: the copy does without it where Salesforce declines to list it.
	aside bool
}

func contacts() listing {
	return listing{object: "Contact", prefix: "003", table: people, fields: []string{"Id", "Name", "Email", "OwnerId"}, optional: []string{"AccountId", "Account.Name"}}
}

func leads() listing {
	return listing{object: "Lead", prefix: "00Q", table: people, fields: []string{"Id", "Name", "Email", "Company", "OwnerId"}, where: []string{"IsConverted = false"}}
}

// standing are the listings that no setting narrows.
func standing() []listing {
	return []listing{
		{object: "Account", prefix: "001", table: records, fields: []string{"Id", "Name", "OwnerId"}},
		{
			object: "Opportunity", prefix: "006", table: records, fields: []string{"Id", "Name", "OwnerId", "IsClosed"},
			optional: []string{"AccountId", "Account.Name"},
		},
		{
			object: "OpportunityContactRole", prefix: "00K", table: roles, aside: true,
			fields: []string{"Id", "ContactId", "OpportunityId", "Role", "IsPrimary"}, where: []string{"Opportunity.IsClosed = false"},
		},
		{
			object: "User", prefix: "005", table: users, aside: true,
			fields: []string{"Id", "Name", "Email"}, where: []string{"IsActive = true", "UserType = 'Standard'"},
		},
	}
}

// Object is a further object that activities may be related to. Prefix is the first three
// letters of its ids.
type Object struct{ Name, Prefix string }

// nameFields are what the records of some objects are called by, where it is not Name.
var nameFields = map[string]string{
	"Case": "CaseNumber", "Contract": "ContractNumber", "Order": "OrderNumber", "Solution": "SolutionName",
}

func further(o Object) listing {
	name := "Name"
	if other := nameFields[o.Name]; other != "" {
		name = other
	}
	return listing{
		object: o.Name, prefix: o.Prefix, table: records, aside: true,
		fields: []string{"Id", name}, optional: []string{"OwnerId"},
	}
}

// answer is one row as Salesforce gives it.
type answer struct {
	ID                                                          string `json:"Id"`
	Name, CaseNumber, ContractNumber, OrderNumber, SolutionName string
	Email, Company                                              string
	OwnerID                                                     string `json:"OwnerId"`
	AccountID                                                   string `json:"AccountId"`
	Account                                                     *struct{ Name string }
	IsClosed                                                    bool
	ContactID                                                   string `json:"ContactId"`
	OpportunityID                                               string `json:"OpportunityId"`
	Role                                                        string
	IsPrimary                                                   bool
	Stamp                                                       string `json:"SystemModstamp"`
}

func (l listing) row(a *answer) *row {
	r := &row{
		ID: a.ID, Object: l.object, Name: a.Name + a.CaseNumber + a.ContractNumber + a.OrderNumber + a.SolutionName,
		Email: a.Email, Company: a.Company, AccountID: a.AccountID, OwnerID: a.OwnerID, Closed: a.IsClosed,
		ContactID: a.ContactID, OpportunityID: a.OpportunityID, Role: a.Role, Primary: a.IsPrimary,
	}
	if a.Account != nil {
		r.Company = a.Account.Name
	}
	return r
}

// narrowing asks for some of a listing's rows.
type narrowing struct {
	where []string
	// by names the field that has one of the values, "" for no such wish.
	by     string
	values []string
	tail   string // ORDER BY, LIMIT
	stamp  bool   // SystemModstamp is wanted as well
}

func ignore([]answer, int) error { return nil }

// read gives the rows page by page, with how many there are in all. left tells that the
// object is left out because a lent condition names fields that it has not. An object that
// the rep may not see has nobody: hidden.
func (l listing) read(ctx context.Context, source Source, n narrowing, keep func(rows []answer, total int) error) (found outcome, err error) {
	err = l.try(ctx, source, n, keep)
	if !sfclient.Declined(err) {
		return listed, err
	}
	bare := l
	bare.optional = nil
	if len(l.optional) > 0 {
		if again := bare.try(ctx, source, n, keep); !sfclient.Declined(again) {
			return listed, again
		}
	}
	var own *sfclient.Error
	if l.condition == "" || !errors.As(err, &own) {
		return hidden, l.unlessHidden(err)
	}
	bare.condition = ""
	switch shown := bare.try(ctx, source, narrowing{tail: " LIMIT 1"}, ignore); {
	case shown != nil:
		return hidden, l.unlessHidden(shown)
	case l.lent:
		return leftOut, nil
	}
	return listed, &ConditionError{Setting: l.setting, Answer: own}
}

// outcome is what became of a listing.
type outcome int

const (
	listed outcome = iota
	hidden
	leftOut
)

// unlessHidden lets an object that the rep may not see have nobody. Any other refusal says
// nothing about who is there.
func (l listing) unlessHidden(err error) error {
	if sfclient.Hidden(err) || l.aside && sfclient.Declined(err) {
		return nil
	}
	return err
}

func (l listing) try(ctx context.Context, source Source, n narrowing, keep func([]answer, int) error) error {
	queries := slices.Values([]string{l.soql(n)})
	if n.by != "" {
		by := n
		by.by, by.tail = "", ""
		joint := " WHERE "
		if len(l.conditions(n)) > 0 {
			joint = " AND "
		}
		queries = sfclient.InQueries(l.soql(by)+joint+n.by+" IN ", n.values, n.tail)
	}
	for soql := range queries {
		for page, err := range source.QueryPages(ctx, soql, pageRows) {
			if err != nil {
				return err
			}
			rows, err := sfclient.DecodePage[answer](page)
			if err != nil {
				return err
			}
			if err := keep(rows, page.Total); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l listing) soql(n narrowing) string {
	fields := slices.Concat(l.fields, l.optional)
	if n.stamp {
		fields = append(fields, "SystemModstamp")
	}
	soql := "SELECT " + strings.Join(fields, ", ") + " FROM " + l.object
	if all := l.conditions(n); len(all) > 0 {
		soql += " WHERE " + strings.Join(all, " AND ")
	}
	return soql + n.tail
}

func (l listing) conditions(n narrowing) []string {
	all := slices.Concat(l.where, n.where)
	if l.owner != "" {
		all = append(all, "OwnerId = "+sfclient.Quote(l.owner))
	}
	if l.condition != "" {
		all = append(all, "("+l.condition+")")
	}
	return all
}
