package daemon

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/doctor"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
	"fieldpost/sfclient"
)

// WriteTest creates, reads and deletes one Task and one Event, made as delivery makes
// them but for a person, and tells what differed. A record that could not be deleted is
// named, and so is one of which it is not known whether it was created. The error says why Salesforce could not be asked at all.
func (d *Daemon) WriteTest(ctx context.Context, p *words.Printer) ([]apitype.Check, error) {
	facts, err := d.org.Facts(ctx)
	if err != nil {
		return nil, troubled(err)
	}
	var checks []doctor.Check
	for _, kind := range []activity.Kind{activity.Share, activity.Meeting} {
		checks = append(checks, d.tryWriting(ctx, facts, d.sample(p, kind))...)
	}
	return told(p, checks), nil
}

// sample is the activity that a test writes.
func (d *Daemon) sample(p *words.Printer, kind activity.Kind) crm.Item {
	now := d.home.Now().Truncate(time.Minute)
	a := &activity.Activity{
		Kind: kind, Subject: p.Text("doctor.write.subject"), OccurredAt: activity.MomentOf(now),
		Channel: activity.Link, Body: p.Text("doctor.write.body"), URL: "https://example.com/fieldpost-test",
	}
	if kind == activity.Meeting {
		*a = activity.Activity{
			Kind: kind, Subject: a.Subject, Notes: a.Body, Location: "fieldpost",
			Start: activity.MomentOf(now.Add(-time.Hour)), End: activity.MomentOf(now.Add(-30 * time.Minute)),
		}
	}
	return crm.Item{ID: testID(), Activity: a, CapturedAt: now}
}

// testID looks like an item's id and is none: what carries it was a test.
func testID() string {
	var random [11]byte
	_, _ = rand.Read(random[:]) // never fails
	return "fieldpost-test-" + hex.EncodeToString(random[:])[:21]
}

func (d *Daemon) tryWriting(ctx context.Context, facts *crm.Facts, item crm.Item) []doctor.Check {
	// It is for nobody, which delivery refuses and a test wants.
	record, _ := crm.Preview(item, facts, d.org.Rules())
	code := "write_" + strings.ToLower(record.Object)
	client := d.session.client
	args := outbox.Args{"object": facts.LabelOf(record.Object)}
	id, err := client.Create(ctx, record.Object, record.Fields)
	if err != nil {
		checks := []doctor.Check{d.refusedWrite(code, facts, record.Object, err)}
		if sfclient.Doubtful(err) {
			checks = append(checks, doctor.Check{Code: "write_doubt", Result: doctor.Warning, Who: outbox.You, Args: args})
		}
		return checks
	}
	args["id"] = id
	var actual map[string]any
	readErr := client.Retrieve(ctx, record.Object, id, nil, &actual)
	deleteErr := client.Delete(context.WithoutCancel(ctx), record.Object, id)
	var checks []doctor.Check
	if deleteErr != nil && !gone(deleteErr) {
		checks = append(checks, doctor.Check{Code: "write_left", Result: doctor.Warning, Who: outbox.You, Args: args})
	}
	if readErr != nil {
		return append(checks, d.refusedWrite(code, facts, record.Object, readErr))
	}
	var differs []string
	for _, field := range crm.Differences(record, actual) {
		differs = append(differs, facts.FieldLabel(record.Object, field))
	}
	switch {
	case len(differs) > 0:
		args["fields"] = strings.Join(differs, ", ")
		checks = append(checks, doctor.Check{Code: code, Result: doctor.Warning, Who: outbox.Admin, Args: args})
	case len(checks) == 0:
		checks = append(checks, doctor.Check{Code: code, Result: doctor.OK, Args: args})
	}
	return checks
}

func (d *Daemon) refusedWrite(code string, facts *crm.Facts, object string, err error) doctor.Check {
	problem := crm.JudgeCall(err).Problem
	facts.NameFields(object, &problem)
	return doctor.Check{Code: code, Result: doctor.Failed, Who: problem.Who, Problem: &problem}
}
