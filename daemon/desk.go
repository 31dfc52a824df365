package daemon

import (
	"bytes"
	"context"
	"encoding/json"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/localapi"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// Desk does on an open home what a client asks of a running daemon, for commands
// that work while none runs. It speaks the client's shapes.
type Desk struct {
	Home  *Home
	Words *words.Printer
}

// CaptureJSON captures the activity or the array of activities in data.
func (d *Desk) CaptureJSON(ctx context.Context, data []byte) ([]apitype.Outcome, error) {
	entries, _, err := capture.DecodeActivities(data)
	if err != nil {
		return nil, err
	}
	captured, err := d.Home.Intake.Each(ctx, outbox.FromCLI, entries)
	if err != nil {
		return nil, err
	}
	outcomes := make([]apitype.Outcome, len(captured))
	for i, c := range captured {
		outcomes[i] = d.outcome(c.Receipt, c.Err)
	}
	return outcomes, nil
}

// CaptureFiles captures files, each whole or not at all.
func (d *Desk) CaptureFiles(ctx context.Context, files []client.File) ([]apitype.Outcome, error) {
	var outcomes []apitype.Outcome
	for _, f := range files {
		first := len(outcomes)
		drafts, err := d.Home.Reader().Read(f.Name, int64(len(f.Data)), bytes.NewReader(f.Data))
		var receipts []outbox.Receipt
		if err == nil {
			receipts, err = d.Home.Intake.All(ctx, drafts)
		}
		if err != nil {
			outcomes = append(outcomes, d.outcome(outbox.Receipt{}, err))
		}
		for _, r := range receipts {
			outcomes = append(outcomes, d.outcome(r, nil))
		}
		for i := range outcomes[first:] {
			outcomes[first+i].File = f.Name
		}
	}
	return outcomes, nil
}

// Foresee tells what files would be captured as, and what that would become.
func (d *Desk) Foresee(_ context.Context, files []client.File) ([]apitype.Foreseen, error) {
	var all []apitype.Foreseen
	for _, f := range files {
		entries, err := d.Home.Foresee(d.Words, f.Name, f.Data)
		if _, refused := Explain(d.Words, err); err != nil && !refused {
			return nil, err
		}
		if err != nil {
			entries = []apitype.Foreseen{{Refused: d.outcome(outbox.Receipt{}, err).Problem}}
		}
		for i := range entries {
			entries[i].File = f.Name
		}
		all = append(all, entries...)
	}
	return all, nil
}

func (d *Desk) outcome(r outbox.Receipt, err error) apitype.Outcome {
	if err == nil {
		return apitype.Outcome{Receipt: apitype.ReceiptOf(r)}
	}
	told, known := Explain(d.Words, err)
	if !known {
		d.Home.Log.Error("an activity could not be made durable", "error", err)
		told = localapi.Told{Code: "not_durable", Explained: d.Words.Explain("not_durable", nil)}
	}
	return apitype.Outcome{Problem: &apitype.Error{
		Status: localapi.StatusOf(told.Code), Code: told.Code, Field: told.Field, Title: told.Title, Detail: told.Detail, Remedy: told.Remedy,
	}}
}

// List gives a page of the outbox.
func (d *Desk) List(_ context.Context, q outbox.Query) (apitype.Items, error) {
	items, next, err := d.Home.Outbox.List(q)
	return apitype.ItemsOf(d.Words, items, next), err
}

// Get gives one item with its story.
func (d *Desk) Get(_ context.Context, id string) (apitype.Item, error) {
	item, err := d.Home.Outbox.Get(id)
	return apitype.ItemOf(d.Words, item), err
}

// Preview tells what an item becomes in Salesforce, and why.
func (d *Desk) Preview(_ context.Context, id string) (apitype.Preview, error) {
	return d.Home.Preview(d.Words, id)
}

// Org tells what is known of the rep's org.
func (d *Desk) Org(ctx context.Context) (apitype.Org, error) { return d.Home.Org(ctx) }

// People finds people of the copy by what is typed.
func (d *Desk) People(_ context.Context, text string, limit int) (apitype.People, error) {
	return d.Home.People(text, limit)
}

// Records finds records of the copy by what is typed.
func (d *Desk) Records(_ context.Context, text, object string, limit int) (apitype.Records, error) {
	return d.Home.Records(text, object, limit)
}

// Unresolved lists who waits to be resolved.
func (d *Desk) Unresolved(context.Context) (apitype.UnresolvedList, error) {
	return d.Home.Unresolved()
}

// Resolve takes an answer who an address is.
func (d *Desk) Resolve(ctx context.Context, id string, asked apitype.ResolveRequest) (apitype.Item, error) {
	return d.after(ctx, id, d.Home.Resolve(ctx, id, asked))
}

// Answers lists what the rep answered.
func (d *Desk) Answers(context.Context) (apitype.Answers, error) { return d.Home.Answers() }

// Unanswer forgets an answer.
func (d *Desk) Unanswer(_ context.Context, address string) (apitype.Answers, error) {
	if err := d.Home.Unanswer(address); err != nil {
		return apitype.Answers{}, err
	}
	return d.Home.Answers()
}

// Card tells a person with what was logged to them.
func (d *Desk) Card(_ context.Context, named string) (apitype.Card, error) {
	return d.Home.Card(d.Words, named)
}

// Suggest lists what an activity with a person may be related to.
func (d *Desk) Suggest(_ context.Context, named string, kind activity.Kind) (apitype.Suggestions, error) {
	return d.Home.Suggest(d.Words, named, kind)
}

// Retry makes an item due now.
func (d *Desk) Retry(ctx context.Context, id string) (apitype.Item, error) {
	return d.after(ctx, id, d.Home.Outbox.Retry(id))
}

// Hold keeps an item until it is released.
func (d *Desk) Hold(ctx context.Context, id string) (apitype.Item, error) {
	return d.after(ctx, id, d.Home.Outbox.Hold(id))
}

// Release lets a held item go.
func (d *Desk) Release(ctx context.Context, id string) (apitype.Item, error) {
	return d.after(ctx, id, d.Home.Outbox.Release(id))
}

// Restore brings a discarded item back.
func (d *Desk) Restore(ctx context.Context, id string) (apitype.Item, error) {
	return d.after(ctx, id, d.Home.Outbox.Restore(id))
}

// Discard takes an item out.
func (d *Desk) Discard(ctx context.Context, id string) (apitype.Item, error) {
	return d.after(ctx, id, d.Home.Outbox.Discard(id))
}

func (d *Desk) after(ctx context.Context, id string, err error) (apitype.Item, error) {
	if err != nil {
		return apitype.Item{}, err
	}
	return d.Get(ctx, id)
}

// RetryAll makes all with the code due.
func (d *Desk) RetryAll(_ context.Context, code string) (int, error) {
	return d.Home.Outbox.RetryAll(code)
}

// ReleaseAll lets all held with the code go.
func (d *Desk) ReleaseAll(_ context.Context, code string) (int, error) {
	return d.Home.Outbox.ReleaseAll(code)
}

// Edit changes the fields of an item that patch names.
func (d *Desk) Edit(ctx context.Context, id string, delivered bool, patch map[string]any) (apitype.Item, error) {
	data, err := json.Marshal(patch)
	if err != nil {
		return apitype.Item{}, err
	}
	return d.after(ctx, id, d.Home.Edit(id, delivered, data))
}

// Check reads every record of the outbox.
func (d *Desk) Check(ctx context.Context) (apitype.OutboxCheck, error) { return d.Home.Check(ctx) }

// Compact gives disk space back.
func (d *Desk) Compact(ctx context.Context) (apitype.Compacted, error) { return d.Home.Compact(ctx) }

// Recover opens what a lost keychain sealed, with the company's identity.
func (d *Desk) Recover(ctx context.Context, identity string) (apitype.Recovered, error) {
	return d.Home.Recover(ctx, identity)
}

// Claim takes what was captured signed out for who is signed in.
func (d *Desk) Claim(ctx context.Context) (int, error) { return d.Home.Claim(ctx) }

// Forget erases a person or record.
func (d *Desk) Forget(ctx context.Context, asked apitype.ForgetRequest) (apitype.Forgotten, error) {
	return d.Home.Forget(ctx, asked)
}

// Export gives everything that is not delivered.
func (d *Desk) Export(ctx context.Context) (apitype.Export, error) { return d.Home.Export(ctx) }

// Import takes exported items in, all at once: there is no way to go to tell of.
func (d *Desk) Import(ctx context.Context, items []outbox.Exported, _ func(done int)) (apitype.Imported, error) {
	return d.Home.Import(ctx, items)
}

// Close closes the home.
func (d *Desk) Close() error { return d.Home.Close() }
