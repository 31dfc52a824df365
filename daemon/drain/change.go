package drain

import (
	"context"
	"errors"

	"fieldpost/daemon/crm"
	"fieldpost/outbox"
)

// change carries a pending update or delete of a delivered record out. Both may
// be repeated without harm, so a doubtful outcome is simply tried again. A record that a
// repeated call wrote stays until the first call cannot be carried out any more: deleted
// before, it would leave its key to that one, and nobody would know of what that writes.
func (d *Drain) change(ctx context.Context, facts *crm.Facts, w outbox.Work) settlement {
	var s settlement
	if w.Pending == outbox.PendingDelete && w.Doubted {
		if rest := provenAge - d.ages.sure(&w); rest > 0 {
			s.add(outbox.Outcome{ID: w.ID, To: outbox.Waiting, NextAt: d.Now().Add(rest)})
			return s
		}
	}
	l := letter{work: w, record: &crm.Record{Object: w.Record.Object}}
	err := d.apply(ctx, facts, &l)
	answer, own := crm.AnswerOf(err)
	var refused *crm.Refused
	gone := own && (answer.Code == "ENTITY_IS_DELETED" || answer.Code == "NOT_FOUND")
	switch {
	case err == nil, gone && w.Pending == outbox.PendingDelete:
		d.met(crm.Call{}, nil)
		s.add(d.changed(&l))
	case gone && w.DeleteSent: // it was cancelled, and takes place after all
		o := l.outcome(outbox.Waiting)
		o.Answered, o.Anew = true, true
		s.add(o)
	case errors.As(err, &refused):
		o := l.outcome(outbox.NeedsAttention)
		o.Problem = &refused.Problem
		s.add(o)
	case own:
		s.merge(d.row(ctx, facts, &l, err))
	default:
		call := crm.JudgeCall(err)
		d.met(call, err)
		s.unsent = append(s.unsent, w.ID)
	}
	return s
}

func (d *Drain) apply(ctx context.Context, facts *crm.Facts, l *letter) error {
	w := &l.work
	if w.Pending == outbox.PendingDelete {
		return d.Salesforce.Delete(ctx, w.Record.Object, w.Record.ID)
	}
	sent := *w
	sent.Activity = *w.Sent
	people, err := d.resolve(ctx, *w, sent)
	if err != nil {
		return err
	}
	now, err := crm.Build(ItemOf(w, people, d.Org), facts, d.Org.Rules())
	if err != nil {
		return err
	}
	before, err := crm.Preview(ItemOf(&sent, people, d.Org), facts, d.Org.Rules())
	var refused *crm.Refused
	if err != nil && !errors.As(err, &refused) { // what was sent may be one that is refused by now
		return err
	}
	fields := crm.Changed(before, now, facts)
	if len(fields) == 0 {
		return nil
	}
	l.record.Notes = now.Notes
	return d.Salesforce.Update(ctx, w.Record.Object, w.Record.ID, fields)
}

func (d *Drain) changed(l *letter) outbox.Outcome {
	o := l.outcome(outbox.Delivered)
	o.Answered, o.Notes = true, l.record.Notes
	note := "updated"
	if l.work.Pending == outbox.PendingDelete {
		note = "withdrawn"
	}
	o.Notes = append(o.Notes, outbox.Note{Code: note})
	return o
}
