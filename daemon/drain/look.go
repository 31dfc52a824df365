package drain

import (
	"context"
	"strings"
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
	"fieldpost/sfclient"
)

// aroundDay is how far from its day a record is searched for: days are told in one zone
// and kept in another.
const aroundDay = 36 * time.Hour

// looks are the ages of a doubtful call at which its record is searched for:
// Salesforce may work on a call for ten minutes, so only the last one proves
// that the record is not there (salesforce.md 6.5, reliability.md section 2).
var looks = []time.Duration{30 * time.Second, 2 * time.Minute, provenAge}

const provenAge = 10*time.Minute + 30*time.Second

// NextLook is how long to wait before a record is searched for whose call is so
// old; 0 where a search now proves that it is not there.
func NextLook(age time.Duration) time.Duration {
	for _, look := range looks {
		if age < look {
			return max(look-age, time.Millisecond) // what is stored is that exact
		}
	}
	return 0
}

// look searches for the records of doubtful items. Those found are delivered; those
// that Salesforce provably does not have come back as absent, to be sent; the rest
// waits for its next look.
func (d *Drain) look(ctx context.Context, facts *crm.Facts, doubtful []outbox.Work) (absent []outbox.Work, s settlement) {
	var due []outbox.Work
	for _, w := range doubtful {
		if d.ages.likely(&w) < looks[0] {
			s.add(d.stillDoubtful(&w))
			continue
		}
		due = append(due, w)
	}
	if len(due) == 0 {
		return nil, s
	}
	records, err := d.search(ctx, facts, due)
	if err != nil {
		d.met(crm.JudgeCall(err), err)
		for _, w := range due {
			s.unsent = append(s.unsent, w.ID)
		}
		return nil, s
	}
	d.met(crm.Call{}, nil)
	for _, w := range due {
		record, there := records[w.ID]
		switch {
		case there:
			s.add(outbox.Outcome{
				ID: w.ID, To: outbox.Delivered, Answered: true, Existing: true, Record: &record,
				Notes: []outbox.Note{{Code: "reconciled"}},
			})
		case NextLook(d.ages.sure(&w)) == 0:
			d.ages.settled(w.ID)
			absent = append(absent, w)
		default:
			s.add(d.stillDoubtful(&w))
		}
	}
	return absent, s
}

// stillDoubtful lets an item wait for its next look.
func (d *Drain) stillDoubtful(w *outbox.Work) outbox.Outcome {
	return outbox.Outcome{ID: w.ID, To: outbox.Waiting, NextAt: d.Now().Add(NextLook(d.ages.sure(w)))}
}

// search finds the records of the work, by item id: by the key, where the org has
// the field; tasks by their CallObject, where it can be written; the rest by
// comparing the last line of the Description, which cannot be filtered (salesforce.md
// 6.6), among what lies on the same days: those are what the activity says, while
// the time of a claim is only as good as the laptop's clock. A record may have been written by a way of
// delivery that the org no longer has, so each way is searched.
func (d *Drain) search(ctx context.Context, facts *crm.Facts, work []outbox.Work) (map[string]outbox.Record, error) {
	f := &finder{drain: d, owner: sfclient.Quote(d.Org.UserID()), found: map[string]outbox.Record{}}
	for _, object := range []string{"Task", "Event"} {
		if err := f.object(ctx, facts, object, work); err != nil {
			return nil, err
		}
	}
	return f.found, nil
}

// finder searches for the records of doubtful items.
type finder struct {
	drain *Drain
	owner string
	found map[string]outbox.Record
}

func (f *finder) object(ctx context.Context, facts *crm.Facts, object string, work []outbox.Work) error {
	var ids, markers []string
	var days span
	marked := object == "Task" && facts.Marks()
	for _, w := range work {
		if crm.ObjectFor(&w.Activity) != object {
			continue
		}
		ids, markers = append(ids, w.ID), append(markers, crm.Marker(w.ID))
		days.take(&w)
		marked = marked && w.Doubt.Mode == crm.ModeMarker
	}
	if len(ids) == 0 {
		return nil
	}
	if facts.KeyField != "" {
		if err := f.by(ctx, object, facts.KeyField, "", ids); err != nil {
			return err
		}
	}
	if object == "Task" && facts.Marks() {
		if err := f.by(ctx, object, "CallObject", "OwnerId = "+f.owner+" AND ", markers); err != nil {
			return err
		}
	}
	if marked {
		return nil
	}
	return f.collect(ctx, "SELECT Id, Description FROM "+object+" WHERE OwnerId = "+f.owner+" AND "+days.where(object), object)
}

// span is the time in which the records of some work lie.
type span struct{ from, to time.Time }

// take widens the span to the work, and to what it said before it was edited.
func (s *span) take(w *outbox.Work) {
	for _, a := range []*activity.Activity{&w.Activity, w.Sent} {
		if a == nil {
			continue
		}
		at := startOf(a, w.CapturedAt)
		if s.from.IsZero() || at.Before(s.from) {
			s.from = at
		}
		if at.After(s.to) {
			s.to = at
		}
	}
}

func startOf(a *activity.Activity, captured time.Time) time.Time {
	moment := a.OccurredAt
	if a.Kind == activity.Meeting {
		moment = a.Start
		if first, _, err := a.Days(); a.AllDay && err == nil {
			return first
		}
	}
	if t, err := moment.Time(); err == nil {
		return t
	}
	return captured
}

// where is the span as a condition on an object's own time.
func (s *span) where(object string) string {
	field, layout := "ActivityDate", time.DateOnly
	if object == "Event" {
		field, layout = "StartDateTime", "2006-01-02T15:04:05Z"
	}
	from, to := s.from.Add(-aroundDay).UTC().Format(layout), s.to.Add(aroundDay).UTC().Format(layout)
	return field + " >= " + from + " AND " + field + " <= " + to
}

// by finds records by the values of a field that can be filtered, among those that
// the condition narrows it to.
func (f *finder) by(ctx context.Context, object, field, condition string, values []string) error {
	query := "SELECT Id, " + field + " FROM " + object + " WHERE " + condition + field + " IN "
	for soql := range sfclient.InQueries(query, values, "") {
		if err := f.collect(ctx, soql, object); err != nil {
			return err
		}
	}
	return nil
}

// collect takes each row that names an item, by any of its texts.
func (f *finder) collect(ctx context.Context, soql, object string) error {
	rows := f.drain.Salesforce.Query(ctx, soql, 0)
	for row, err := range sfclient.Decode[map[string]any](rows) {
		if err != nil {
			return err
		}
		id, _ := row["Id"].(string)
		for field, value := range row {
			text, _ := value.(string)
			if field == "Id" || text == "" {
				continue
			}
			f.found[strings.TrimPrefix(lastLine(text), crm.Marker(""))] = outbox.Record{ID: id, Object: object}
		}
	}
	return nil
}

func lastLine(text string) string {
	text = strings.TrimRight(text, " \r\n")
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}
