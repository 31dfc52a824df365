package daemon

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/drain"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
	"fieldpost/sfclient"
)

// settling is how long after a record was made the org's own automation may still
// change it without anybody having touched it.
const settling = 5 * time.Second

// A ChangedError says that a record is no longer as it was sent: it is not deleted.
type ChangedError struct {
	// By and At tell who changed it last; Fields, which of the fields that were sent.
	By     string
	At     time.Time
	Fields []string
}

func (e *ChangedError) Error() string { return "daemon: the record was changed in Salesforce" }

// Problem names the sentence in daemon/words.
func (e *ChangedError) Problem() (code string, args map[string]string) {
	fields := strings.Join(e.Fields, ", ")
	if fields == "" {
		fields = "–"
	}
	return "changed_in_salesforce", map[string]string{"by": e.By, "at": e.At.Local().Format("2006-01-02 15:04"), "fields": fields}
}

// Withdraw deletes the record of a delivered item, if nobody changed it since, and puts
// the item into the bin for good. Errors: *ChangedError, *outbox.StateError,
// outbox.ErrNotFound, or what kept Salesforce from being asked, told as a problem; the
// item is as it was then.
func (d *Daemon) Withdraw(ctx context.Context, id string) error {
	item, err := d.home.Outbox.Get(id)
	if err != nil {
		return err
	}
	if item.State != outbox.Delivered || item.Record == nil || item.Purged || item.Sealed {
		return &outbox.StateError{ID: id, State: item.State, Verb: "withdraw", Purged: item.Purged}
	}
	account, err := d.org.account()
	if err != nil {
		return troubled(err)
	}
	if !item.Account.Same(account) {
		return &codedError{code: "withdraw_other", args: map[string]string{"username": item.Account.Username}}
	}
	err = d.untouched(ctx, &item)
	if err == nil {
		err = d.session.client.Delete(ctx, item.Record.Object, item.Record.ID)
	}
	var changed *ChangedError
	switch {
	case err == nil, gone(err):
		return d.home.Outbox.Withdrawn(id)
	case errors.As(err, &changed):
		return err
	case crm.JudgeCall(err).Problem.Who == outbox.Wait && !errors.Is(err, drain.ErrSignedOut):
		return errors.Join(&codedError{code: "withdraw_later"}, err) // nobody withdraws it again by itself
	}
	return troubled(err)
}

// gone reports that there is no record to delete any more.
func gone(err error) bool {
	var own *sfclient.Error
	return errors.As(err, &own) && (own.Code == "ENTITY_IS_DELETED" || own.Status == http.StatusNotFound)
}

// untouched is a *ChangedError where a record is not as it was sent.
func (d *Daemon) untouched(ctx context.Context, item *outbox.Item) error {
	var actual map[string]any
	if err := d.session.client.Retrieve(ctx, item.Record.Object, item.Record.ID, nil, &actual); err != nil {
		return err
	}
	text := func(field string) string { value, _ := actual[field].(string); return value }
	created, _ := time.Parse(crm.ReadTime, text("CreatedDate"))
	modified, _ := time.Parse(crm.ReadTime, text("LastModifiedDate"))
	by := text("LastModifiedById")
	sent, err := d.drain.Record(ctx, item)
	var refused *crm.Refused
	if errors.As(err, &refused) {
		sent, err = &crm.Record{}, nil // the people have changed: the times alone decide
	}
	if err != nil {
		return err
	}
	updated := slices.ContainsFunc(item.History, func(n outbox.Note) bool { return n.Code == "updated" })
	fields := crm.Differences(sent, actual)
	byOthers := by != "" && !activity.SameID(by, item.Account.UserID)
	late := !updated && modified.Sub(created) > settling
	if len(fields) == 0 && !byOthers && !late {
		return nil
	}
	return &ChangedError{By: d.userName(ctx, by), At: modified, Fields: fields}
}

// userName tells who has a user id, the id itself where the org does not tell.
func (d *Daemon) userName(ctx context.Context, id string) string {
	rows := d.session.client.Query(ctx, "SELECT Name FROM User WHERE Id = "+sfclient.Quote(id), 0)
	for user, err := range sfclient.Decode[struct{ Name string }](rows) {
		if err == nil && user.Name != "" {
			return user.Name
		}
		break
	}
	return id
}
