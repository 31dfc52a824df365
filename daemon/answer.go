package daemon

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
	"fieldpost/sfclient"
)

// answering is an answer on its way: it is checked, and Salesforce is asked where it must.
type answering struct {
	home    *Home
	account *outbox.Account
	asked   apitype.ResolveRequest
	// org is who Salesforce is asked through, nil while nobody can be.
	org *org
}

// Resolve remembers who an address of an item is, or that it is nobody, and makes due what
// waited for it. It needs no network, but for a person whom the copy does not know and for
// one to be created. Errors name the field: *codedError, outbox.ErrNotFound.
func (h *Home) Resolve(ctx context.Context, id string, asked apitype.ResolveRequest) error {
	return h.resolve(ctx, id, asked, nil)
}

// Resolve is Home.Resolve with Salesforce at hand; what it made due is sent.
func (d *Daemon) Resolve(ctx context.Context, id string, asked apitype.ResolveRequest) error {
	if err := d.home.resolve(ctx, id, asked, d.org); err != nil {
		return err
	}
	d.feed.Status()
	return d.drain.Flush()
}

func (h *Home) resolve(ctx context.Context, id string, asked apitype.ResolveRequest, o *org) error {
	account, err := h.whoAnswers()
	if err != nil {
		return err
	}
	item, err := h.Outbox.Get(id)
	if err != nil {
		return err
	}
	names := slices.ContainsFunc(item.Activity.People, func(p activity.Person) bool {
		return p.ID == "" && directory.Fold(p.Email) == directory.Fold(asked.Address)
	})
	if !names {
		return &codedError{code: "resolve_address", field: "address", args: map[string]string{"address": asked.Address}}
	}
	a := &answering{home: h, account: account, asked: asked, org: o}
	if err := a.give(ctx); err != nil {
		return err
	}
	h.Directory.ForgetMisses()
	_, err = h.tryResolved()
	return err
}

// give takes the one answer that the request holds.
func (a *answering) give(ctx context.Context) error {
	given := 0
	for _, has := range []bool{a.asked.ID != "", a.asked.Ignore != "", a.asked.Create != nil} {
		if has {
			given++
		}
	}
	switch {
	case given != 1:
		return &codedError{code: "resolve_how", field: "id"}
	case a.asked.Create != nil:
		return a.create(ctx, a.asked.Create)
	case a.asked.ID != "":
		return a.pick(ctx)
	}
	switch a.asked.Ignore {
	case apitype.IgnorePerson:
		return a.remember(a.asked.Address, "")
	case apitype.IgnoreDomain:
		return a.remember("@"+directory.DomainOf(a.asked.Address), "")
	}
	return &codedError{code: "resolve_ignore", field: "ignore"}
}

func (a *answering) remember(address, id string) error {
	return a.home.Directory.Remember(a.account.UserID, directory.Answer{Address: address, ID: id})
}

// pick takes the person whom the rep chose. Scope and conditions bind the choice too.
func (a *answering) pick(ctx context.Context) error {
	id := activity.LongID(a.asked.ID)
	if !activity.ValidID(a.asked.ID) || !activity.IsPerson(id) {
		return &codedError{code: "resolve_id", field: "id", args: map[string]string{"id": a.asked.ID}}
	}
	person, err := a.home.Directory.Person(id)
	if err != nil {
		return err
	}
	if person.ID == "" {
		if a.org == nil {
			return &codedError{code: "resolve_unknown", field: "id", args: map[string]string{"id": id}}
		}
		found, err := a.org.Resolve(ctx, nil, []string{id})
		if err != nil {
			return troubled(err)
		}
		if person, err = a.home.Directory.Person(id); err != nil {
			return err
		}
		if found[id].Filtered || person.ID == "" {
			return &codedError{code: "resolve_unknown", field: "id", args: map[string]string{"id": id}}
		}
	}
	return a.remember(a.asked.Address, id)
}

// create makes a contact or lead with the address, unless somebody has it by now: a request
// whose answer was lost may be made again.
func (a *answering) create(ctx context.Context, person *apitype.NewPerson) error {
	if a.org == nil {
		return &codedError{code: "resolve_needs_daemon", field: "create"}
	}
	fields := map[string]any{"LastName": strings.TrimSpace(person.LastName), "Email": a.asked.Address}
	switch person.Object {
	case "Contact":
		if person.AccountID != "" {
			if !activity.ValidID(person.AccountID) {
				return &codedError{code: "resolve_account", field: "create.account_id"}
			}
			fields["AccountId"] = activity.LongID(person.AccountID)
		}
	case "Lead":
		if strings.TrimSpace(person.Company) == "" {
			return &codedError{code: "resolve_company", field: "create.company"}
		}
		fields["Company"] = strings.TrimSpace(person.Company)
	default:
		return &codedError{code: "resolve_object", field: "create.object"}
	}
	if fields["LastName"] == "" {
		return &codedError{code: "resolve_last_name", field: "create.last_name"}
	}
	if first := strings.TrimSpace(person.FirstName); first != "" {
		fields["FirstName"] = first
	}
	there, err := a.there(ctx)
	if err != nil || there {
		return err
	}
	results, err := a.org.client.CreateAll(ctx, []sfclient.Row{{Object: person.Object, Fields: fields}})
	if err == nil {
		err = results[0].Err
	}
	if err != nil {
		return a.notCreated(err)
	}
	if there, err = a.there(ctx); err == nil && !there {
		err = a.remember(a.asked.Address, results[0].ID) // made, but kept from the rep's own eyes
	}
	return err
}

// there asks Salesforce whether exactly somebody has the address now.
func (a *answering) there(ctx context.Context) (bool, error) {
	a.home.Directory.ForgetMisses()
	found, err := a.org.Resolve(ctx, []string{a.asked.Address}, nil)
	if err != nil {
		return false, troubled(err)
	}
	match := found[directory.Fold(a.asked.Address)]
	if match.Filtered {
		return false, &codedError{code: "resolve_filtered", field: "address", args: map[string]string{"address": a.asked.Address}}
	}
	return len(match.People) > 0, nil
}

func (a *answering) notCreated(err error) error {
	call := crm.JudgeCall(err)
	if call.Doubtful {
		return errors.Join(&codedError{code: "create_doubtful"}, err)
	}
	return &troubleError{call.Problem, err}
}

// whoAnswers is the rep who is signed in, whose answers are theirs alone.
func (h *Home) whoAnswers() (*outbox.Account, error) {
	if err := h.locked(); err != nil {
		return nil, err
	}
	account, _, err := h.Outbox.Current()
	if err == nil && account == nil {
		err = &codedError{code: "signed_out"}
	}
	return account, err
}

// Answers lists what the rep answered about addresses.
func (h *Home) Answers() (apitype.Answers, error) {
	list := apitype.Answers{Items: []apitype.Answer{}}
	account, err := h.whoAnswers()
	if err != nil {
		return list, err
	}
	all, err := h.Directory.Answers(account.UserID)
	for _, a := range all {
		list.Items = append(list.Items, apitype.Answer{Address: a.Address, Ignored: a.ID == "", ID: a.ID, Name: h.Name(a.ID)})
	}
	return list, err
}

// Unanswer forgets what the rep answered about an address: it is asked again.
func (h *Home) Unanswer(address string) error {
	account, err := h.whoAnswers()
	if err != nil {
		return err
	}
	err = h.Directory.Unanswer(account.UserID, address)
	if errors.Is(err, directory.ErrNoAnswer) {
		return errors.Join(&codedError{code: "nothing_answered", field: "address", args: map[string]string{"address": address}}, err)
	}
	return err
}
