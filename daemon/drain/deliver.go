package drain

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/pacing"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
	"fieldpost/sfclient"
)

// settlement is what a step learned of the work it claimed.
type settlement struct {
	outcomes []outbox.Outcome
	// unsent were certainly not sent: as if never claimed.
	unsent []string
}

func (s *settlement) add(o ...outbox.Outcome) { s.outcomes = append(s.outcomes, o...) }

func (s *settlement) merge(other settlement) {
	s.outcomes = append(s.outcomes, other.outcomes...)
	s.unsent = append(s.unsent, other.unsent...)
}

func (s *settlement) store(box Outbox) error {
	if len(s.outcomes) > 0 {
		if err := box.Settle(s.outcomes); err != nil {
			return err
		}
		s.outcomes = nil
	}
	if len(s.unsent) > 0 {
		if err := box.Unclaim(s.unsent); err != nil {
			return err
		}
		s.unsent = nil
	}
	return nil
}

// letter is work with the record it becomes.
type letter struct {
	work   outbox.Work
	record *crm.Record
	// absent: an earlier doubt is settled, the record is not there.
	absent bool
}

// outcome starts the outcome of a letter.
func (l *letter) outcome(to outbox.State) outbox.Outcome {
	return outbox.Outcome{ID: l.work.ID, To: to, Absent: l.absent}
}

// deliver does what the work asks for and tells what became of each item.
func (d *Drain) deliver(ctx context.Context, facts *crm.Facts, work []outbox.Work) settlement {
	var s settlement
	var fresh, doubtful, changes []outbox.Work
	for _, w := range work {
		switch {
		case w.Pending != outbox.PendingCreate:
			changes = append(changes, w)
		case w.Doubt != nil && (facts.Mode() != crm.ModeKey || w.Doubt.Mode != crm.ModeKey || calledOff(&w)):
			// Only a key on both calls makes Salesforce itself refuse the second; and what was
			// cancelled meanwhile is not to be made now.
			doubtful = append(doubtful, w)
		default:
			fresh = append(fresh, w)
		}
	}
	absent, looked := d.look(ctx, facts, doubtful)
	s.merge(looked)
	absent = slices.DeleteFunc(absent, func(w outbox.Work) bool {
		if calledOff(&w) {
			s.add(outbox.Outcome{ID: w.ID, To: outbox.Discarded, Absent: true, Notes: []outbox.Note{{Code: outbox.NoteNeverSent}}})
		}
		return calledOff(&w)
	})
	letters, refused := d.write(ctx, facts, fresh, absent)
	s.merge(refused)
	s.merge(d.post(ctx, facts, letters))
	for _, w := range changes {
		s.merge(d.change(ctx, facts, w))
	}
	return s
}

// calledOff reports that a meeting's calendar has cancelled it.
func calledOff(w *outbox.Work) bool { return w.Activity.Cancelled && w.Activity.UID != "" }

// write turns work into letters: the people are looked up and the records made.
// absent is work whose doubt is settled.
func (d *Drain) write(ctx context.Context, facts *crm.Facts, fresh, absent []outbox.Work) ([]letter, settlement) {
	var s settlement
	all := append(append([]outbox.Work{}, absent...), fresh...)
	if len(all) == 0 {
		return nil, s
	}
	people, err := d.resolve(ctx, all...)
	if err != nil {
		d.met(crm.JudgeCall(err), err)
		for _, w := range all {
			s.unsent = append(s.unsent, w.ID)
		}
		return nil, s
	}
	rules := d.Org.Rules()
	letters := make([]letter, 0, len(all))
	for i, w := range all {
		l := letter{work: w, absent: i < len(absent)}
		l.record, err = crm.Build(ItemOf(&w, people, d.Org), facts, rules)
		var refused *crm.Refused
		switch {
		case errors.As(err, &refused):
			o := l.outcome(outbox.NeedsAttention)
			o.Problem = &refused.Problem
			s.add(o)
		case err != nil:
			o := l.outcome(outbox.NeedsAttention)
			o.Problem = &outbox.Problem{Code: "unreadable", Who: outbox.You, Args: outbox.Args{"message": err.Error()}}
			s.add(o)
		default:
			letters = append(letters, l)
		}
	}
	return letters, s
}

// ItemOf is work with its people looked up, ready for crm. people are keyed by the
// folded address or the id.
func ItemOf(w *outbox.Work, people map[string]directory.Match, names Names) crm.Item {
	item := crm.Item{ID: w.ID, Activity: &w.Activity, CapturedAt: w.CapturedAt}
	for _, p := range w.Activity.People {
		r := resolved(p, people, names)
		if w.Source == outbox.FromFile && p.ID == "" && names.Inside(p.Email) {
			// A mail or an invitation names whoever was there: colleagues are no customers, even
			// where the org keeps contacts of them. Whom a rep names by hand is meant.
			r = crm.Resolved{Person: p, Aside: crm.Colleague}
		}
		item.People = append(item.People, r)
	}
	if related := w.Activity.RelatedTo; related != nil {
		item.RelatedID = names.Current(activity.LongID(related.ID))
		item.RelatedName = cmp.Or(related.Name, names.Name(item.RelatedID))
	}
	return item
}

// resolved tells who a person of an activity is.
func resolved(p activity.Person, people map[string]directory.Match, names Names) crm.Resolved {
	r := crm.Resolved{Person: p}
	if p.ID == "" {
		match := people[directory.Fold(p.Email)]
		var found directory.Person
		found, r.Ambiguous = directory.Choose(match.People)
		r.ID, r.Name, r.Filtered, r.Aside = found.ID, found.Name, match.Filtered, aside(match)
		return r
	}
	r.ID = activity.LongID(p.ID)
	switch match := people[r.ID]; {
	case match.Filtered:
		r.ID, r.Filtered = "", true
		return r
	case len(match.People) > 0: // merged or converted
		r.ID = match.People[0].ID
	}
	r.Name = names.Name(r.ID)
	return r
}

func aside(match directory.Match) crm.Aside {
	switch {
	case match.Colleague:
		return crm.Colleague
	case match.Ignored:
		return crm.Ignored
	}
	return ""
}

// resolve looks the people of the work up.
func (d *Drain) resolve(ctx context.Context, work ...outbox.Work) (map[string]directory.Match, error) {
	return d.Org.Resolve(ctx, AddressesOf(work...), IDsOf(work...))
}

// IDsOf lists the ids of a work's people who are named by id.
func IDsOf(work ...outbox.Work) []string {
	var ids []string
	for i := range work {
		for _, p := range work[i].Activity.People {
			if p.ID != "" {
				ids = append(ids, activity.LongID(p.ID))
			}
		}
	}
	return ids
}

// AddressesOf lists the addresses of a work's people that are to be looked up, each once.
func AddressesOf(work ...outbox.Work) []string {
	seen := map[string]bool{}
	var addresses []string
	for i := range work {
		for _, p := range work[i].Activity.People {
			if p.ID == "" && !seen[directory.Fold(p.Email)] {
				seen[directory.Fold(p.Email)] = true
				addresses = append(addresses, p.Email)
			}
		}
	}
	return addresses
}

// post sends up to 200 letters in one call. A call that is refused as a whole is
// split in halves until the guilty row stands alone.
func (d *Drain) post(ctx context.Context, facts *crm.Facts, letters []letter) settlement {
	var s settlement
	if len(letters) == 0 {
		return s
	}
	rows := make([]sfclient.Row, len(letters))
	for i := range letters {
		rows[i] = sfclient.Row{Object: letters[i].record.Object, Fields: letters[i].record.Fields}
	}
	results, err := d.Salesforce.CreateAll(ctx, rows)
	if err != nil {
		return d.failed(ctx, facts, letters, err)
	}
	d.met(crm.Call{}, nil)
	for i := range letters {
		if results[i].Err == nil {
			s.add(d.delivered(&letters[i], results[i].ID))
		} else {
			s.merge(d.row(ctx, facts, &letters[i], results[i].Err))
		}
	}
	return s
}

func (d *Drain) delivered(l *letter, id string) outbox.Outcome {
	o := l.outcome(outbox.Delivered)
	o.Answered, o.Notes = true, l.record.Notes
	o.Record = &outbox.Record{ID: id, Object: l.record.Object}
	return o
}

// failed settles a call that failed as a whole.
func (d *Drain) failed(ctx context.Context, facts *crm.Facts, letters []letter, err error) settlement {
	var s settlement
	call := crm.JudgeCall(err)
	ofARow := call.Course == crm.Attention || call.Course == crm.Repair
	if ofARow && len(letters) > 1 {
		half := len(letters) / 2
		s.merge(d.post(ctx, facts, letters[:half]))
		s.merge(d.post(ctx, facts, letters[half:]))
		return s
	}
	if ofARow {
		return d.row(ctx, facts, &letters[0], err)
	}
	d.met(call, err)
	for i := range letters {
		if call.Unsent {
			s.unsent = append(s.unsent, letters[i].work.ID)
			continue
		}
		o := letters[i].outcome(outbox.Waiting)
		o.Doubtful = call.Doubtful
		if call.Doubtful {
			o.NextAt = d.doubtfulUntil(facts, &letters[i].work)
		}
		s.add(o)
	}
	return s
}

// doubtfulUntil is when a doubtful item is looked at again: with a key the call
// is simply repeated, without one the marker is searched for.
func (d *Drain) doubtfulUntil(facts *crm.Facts, w *outbox.Work) time.Time {
	if facts.Mode() == crm.ModeKey {
		return d.Now().Add(pacing.Pause(w.Attempts+1, d.Chance()))
	}
	d.ages.doubt(w.ID)
	return d.Now().Add(looks[0])
}

// row settles one row that Salesforce refused.
func (d *Drain) row(ctx context.Context, facts *crm.Facts, l *letter, err error) settlement {
	var s settlement
	answer, own := crm.AnswerOf(err)
	if own {
		if id, ours := facts.DuplicateOf(answer); ours {
			s.merge(d.duplicate(ctx, facts, l, id))
			return s
		}
	}
	verdict := crm.JudgeCall(err)
	facts.NameFields(l.record.Object, &verdict.Problem)
	o := l.outcome(outbox.NeedsAttention)
	o.Answered, o.Problem = true, &verdict.Problem
	switch {
	case verdict.Course == crm.Again, verdict.Course == crm.Pause, verdict.Course == crm.Blocked:
		o.To, o.NextAt = outbox.Waiting, d.Now().Add(pacing.RowPause(l.work.Attempts+1, d.Chance()))
	case verdict.Doubtful:
		o.To, o.Doubtful, o.NextAt = outbox.Waiting, true, d.doubtfulUntil(facts, &l.work)
	case verdict.Course == crm.Repair && l.work.Attempts == 0 && d.outdated(ctx, facts):
		o.To = outbox.Waiting
	}
	if verdict.Course == crm.Pause || verdict.Course == crm.Blocked {
		d.met(verdict, err)
	}
	s.add(o)
	return s
}

// outdated reads the org's facts again and reports whether these are still the same;
// where they cannot be read, they may not be.
func (d *Drain) outdated(ctx context.Context, facts *crm.Facts) bool {
	err := d.Org.Reread(ctx)
	if err != nil {
		d.met(crm.JudgeCall(err), err)
		return true
	}
	now, err := d.Org.Facts(ctx)
	return err != nil || !now.Same(facts)
}

// duplicate settles a row that was in Salesforce already under our key.
func (d *Drain) duplicate(ctx context.Context, facts *crm.Facts, l *letter, id string) settlement {
	var s settlement
	if id == "" {
		soql := "SELECT Id FROM " + l.record.Object + " WHERE " + facts.KeyField + " = " + sfclient.Quote(l.work.ID)
		for row, err := range sfclient.Decode[struct{ ID string }](d.Salesforce.Query(ctx, soql, 0)) {
			if err == nil {
				id = row.ID
			}
			break
		}
	}
	if id == "" {
		o := l.outcome(outbox.Waiting)
		o.Answered, o.Doubtful, o.NextAt = true, true, d.Now().Add(pacing.Pause(l.work.Attempts+1, d.Chance()))
		s.add(o)
		return s
	}
	o := d.delivered(l, id)
	o.Existing = true
	o.Notes = append(o.Notes, outbox.Note{Code: "reconciled"})
	s.add(o)
	return s
}

// met tells the gate and the log what a call met.
func (d *Drain) met(call crm.Call, err error) {
	var changed bool
	if err == nil {
		changed = d.gate.open()
	} else {
		changed = d.gate.close(call)
	}
	if !changed {
		return
	}
	now := d.gate.connection()
	d.Log.Info("connection changed", "state", now.State, "problem", code(now.Problem))
	if d.OnConnection != nil {
		d.OnConnection(now)
	}
}
