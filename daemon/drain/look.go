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

// beforeClaim is how much earlier than the claim a record may be dated: the
// laptop's clock and Salesforce's differ.
const beforeClaim = 15 * time.Minute

// look searches for the records of doubtful items by their marker. Those found
// are delivered; those that Salesforce provably does not have come back as absent,
// to be sent; the rest waits for its next look.
func (d *Drain) look(ctx context.Context, doubtful []outbox.Work) (absent []outbox.Work, s settlement) {
	var due []outbox.Work
	for _, w := range doubtful {
		at, proven := NextLook(w.Doubt.Since, w.Doubt.Looks)
		if !proven && at.After(d.Now()) {
			s.add(outbox.Outcome{ID: w.ID, To: outbox.Waiting, NextAt: at})
			continue
		}
		due = append(due, w)
	}
	if len(due) == 0 {
		return nil, s
	}
	records, err := d.search(ctx, due)
	if err != nil {
		d.met(crm.JudgeCall(err), err)
		for _, w := range due {
			s.unsent = append(s.unsent, w.ID)
		}
		return nil, s
	}
	for _, w := range due {
		if record, there := records[crm.Marker(w.ID)]; there {
			s.add(outbox.Outcome{
				ID: w.ID, To: outbox.Delivered, Answered: true, Record: &record,
				Notes: []outbox.Note{{Code: "reconciled"}},
			})
			continue
		}
		at, proven := NextLook(w.Doubt.Since, w.Doubt.Looks+1)
		if proven {
			absent = append(absent, w)
			continue
		}
		s.add(outbox.Outcome{ID: w.ID, To: outbox.Waiting, Looked: true, NextAt: at})
	}
	return absent, s
}

// search finds the records that carry the markers of the work: tasks by
// CallObject, which can be filtered; what else was written since by comparing
// the Description here, which cannot (salesforce.md 6.6).
func (d *Drain) search(ctx context.Context, work []outbox.Work) (map[string]outbox.Record, error) {
	records := map[string]outbox.Record{}
	var markers []string
	earliest := work[0].Doubt.Since
	for _, w := range work {
		if w.Doubt.Since.Before(earliest) {
			earliest = w.Doubt.Since
		}
		if w.Activity.Kind == activity.Share {
			markers = append(markers, crm.Marker(w.ID))
		}
	}
	owner := sfclient.Quote(d.Org.UserID())
	for soql := range sfclient.InQueries("SELECT Id, CallObject FROM Task WHERE OwnerId = "+owner+" AND CallObject IN :values", markers) {
		err := d.collect(ctx, soql, "Task", records)
		if err != nil {
			return nil, err
		}
	}
	since := " WHERE OwnerId = " + owner + " AND CreatedDate >= " + earliest.Add(-beforeClaim).UTC().Format("2006-01-02T15:04:05Z")
	for _, object := range []string{"Task", "Event"} {
		if err := d.collect(ctx, "SELECT Id, Description FROM "+object+since, object, records); err != nil {
			return nil, err
		}
	}
	return records, nil
}

func (d *Drain) collect(ctx context.Context, soql, object string, into map[string]outbox.Record) error {
	for row, err := range sfclient.Decode[found](d.Salesforce.Query(ctx, soql, 0)) {
		if err != nil {
			return err
		}
		marker := row.CallObject
		if marker == "" {
			marker = lastLine(row.Description)
		}
		if strings.HasPrefix(marker, crm.Marker("")) {
			into[marker] = outbox.Record{ID: row.ID, Object: object}
		}
	}
	return nil
}

func lastLine(text string) string {
	text = strings.TrimRight(text, " \r\n")
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}
