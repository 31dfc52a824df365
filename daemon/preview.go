package daemon

import (
	"bytes"
	"errors"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/crm"
	"fieldpost/daemon/drain"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

// Preview tells what an item becomes in Salesforce and why, made as delivery makes it
// (drain.ItemOf, crm.Build) from the kept facts and the copy of the people alone: it
// needs no network. Whom the copy does not know is looked up only at delivery. Errors:
// outbox.ErrNotFound; an item whose content is sealed or gone.
func (h *Home) Preview(p *words.Printer, id string) (apitype.Preview, error) {
	item, err := h.Outbox.Get(id)
	if err != nil {
		return apitype.Preview{}, err
	}
	switch {
	case item.Sealed:
		return apitype.Preview{}, &codedError{code: "content_sealed"}
	case item.Purged:
		return apitype.Preview{}, &outbox.StateError{ID: id, State: item.State, Verb: "preview", Purged: true}
	}
	return h.preview(p, &item)
}

func (h *Home) preview(p *words.Printer, item *outbox.Item) (apitype.Preview, error) {
	facts, known := h.facts()
	if !known {
		problem := &outbox.Problem{Code: "org_not_read", Who: outbox.You}
		return previewOf(p, &crm.Record{Object: crm.ObjectFor(&item.Activity)}, problem, &crm.Facts{}), nil
	}
	record, problem, err := h.compose(item, facts)
	if err != nil {
		return apitype.Preview{}, err
	}
	return previewOf(p, record, problem, facts), nil
}

// newItem stands for the id of an item that does not exist yet.
const newItem = "…"

// Foresee tells what a file would be captured as, were it dropped now, and what that would
// become in Salesforce. Nothing is written. Errors: a refusal of the file.
func (h *Home) Foresee(p *words.Printer, name string, data []byte) ([]apitype.Foreseen, error) {
	drafts, err := h.Reader().Read(name, int64(len(data)), bytes.NewReader(data))
	if err == nil {
		drafts, err = h.Intake.Prepare(drafts)
	}
	if err != nil {
		return nil, err
	}
	all := make([]apitype.Foreseen, len(drafts))
	for i := range drafts {
		if all[i], err = h.foresee(p, &drafts[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (h *Home) foresee(p *words.Printer, d *outbox.Draft) (apitype.Foreseen, error) {
	item := outbox.Item{ID: newItem, Activity: d.Activity, Source: d.Source, State: outbox.Waiting, CapturedAt: h.Now(), History: d.Notes, Problem: d.Hold}
	if d.Hold != nil {
		item.State = outbox.Held
	}
	before, err := h.Outbox.Foresee(d)
	if err != nil {
		return apitype.Foreseen{}, err
	}
	preview, err := h.preview(p, &item)
	if err != nil {
		return apitype.Foreseen{}, err
	}
	told := apitype.Foreseen{Item: apitype.ItemOf(p, item), Preview: &preview, Changes: before.Changes}
	told.ID, told.Similar = before.ID, before.Similar
	return told, nil
}

func previewOf(p *words.Printer, record *crm.Record, problem *outbox.Problem, facts *crm.Facts) apitype.Preview {
	told := apitype.Preview{
		Object: record.Object, Fields: record.Fields, Rules: []apitype.Rule{},
		Problem: apitype.ProblemOf(p, problem), FactsReadAt: apitype.TimeOrNil(facts.ReadAt),
	}
	if told.Fields == nil {
		told.Fields = map[string]any{}
	}
	for _, reason := range record.Reasons {
		label := facts.FieldLabel(record.Object, reason.Field)
		told.Rules = append(told.Rules, apitype.RuleOf(p, reason.Field, label, reason.Rule, reason.Args))
	}
	return told
}

// compose makes the record of an item offline, and tells what keeps it from being sent.
func (h *Home) compose(item *outbox.Item, facts *crm.Facts) (*crm.Record, *outbox.Problem, error) {
	w := item.Work()
	account, _, err := h.Outbox.Current()
	if err != nil {
		return nil, nil, err
	}
	userID := ""
	if account != nil {
		userID = account.UserID
	}
	people, err := h.Directory.Known(h.filter(userID), drain.AddressesOf(w), drain.IDsOf(w))
	if err != nil {
		return nil, nil, err
	}
	record, err := crm.Preview(drain.ItemOf(&w, people, h), facts, h.rules())
	var refused *crm.Refused
	switch {
	case errors.As(err, &refused):
		return record, &refused.Problem, nil
	case err != nil:
		return nil, nil, err
	}
	if barred := h.barred(); barred != nil {
		call := crm.JudgeCall(barred)
		return record, &call.Problem, nil
	}
	return record, nil, nil
}

// Name is what a person or record is called, as far as the copy knows.
func (h *Home) Name(id string) string {
	name, err := h.Directory.Name(id)
	if err != nil {
		h.Log.Warn("the directory could not be read", "error", err)
	}
	return name
}

// Own reports whether an address is the rep's.
func (h *Home) Own(address string) bool { return capture.Own(h.OwnAddresses()).Is(address) }

// Inside reports whether an address is of the rep's own company.
func (h *Home) Inside(address string) bool { return capture.Own(h.OwnAddresses()).Inside(address) }

// Current is the id that a record has now, as far as the copy knows.
func (h *Home) Current(id string) string {
	now, err := h.Directory.Current(id)
	if err != nil {
		h.Log.Warn("the directory could not be read", "error", err)
		return id
	}
	return now
}
