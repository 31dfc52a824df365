package daemon

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"

	"fieldpost/daemon/config"
	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/drain"
	"fieldpost/daemon/pacing"
	"fieldpost/outbox"
	"fieldpost/sfclient"
)

// keptFacts is the name under which the directory keeps the org's facts.
const keptFacts = "facts"

// org is the Salesforce org of the rep who is signed in: its facts and people, as
// kept on the laptop and as read again when they are old.
type org struct {
	home   *Home
	client *sfclient.Client
	usage  *usage
	// onPage is told of each page of people and records that was copied down.
	onPage func()

	// reading lets one reader at a time ask the org.
	reading sync.Mutex

	mu      sync.Mutex
	hinted  time.Time // when a rejection led to a look last
	refused *refusal
}

// refusal is a condition of the settings that Salesforce could not follow: it is not
// asked again until the settings change, a day is over or a person asks.
type refusal struct {
	filter directory.Filter
	at     time.Time
	err    *directory.ConditionError
}

// Facts gives the kept facts while they are fresh or the org cannot be asked, else
// fresh ones; an error where the rep may not use them.
func (o *org) Facts(ctx context.Context) (*crm.Facts, error) {
	facts, err := o.facts(ctx)
	if err == nil {
		err = o.barred()
	}
	return facts, err
}

// barred tells what keeps everything of this account from being sent until somebody
// acts; nil where nothing does.
func (o *org) barred() error {
	if err := o.home.barred(); err != nil {
		return err
	}
	if refused := o.condition(); refused != nil {
		return refused
	}
	return nil
}

// condition is the one in force that Salesforce could not follow, nil for none.
func (o *org) condition() *directory.ConditionError {
	filter := o.home.filter(o.UserID())
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refused == nil || !reflect.DeepEqual(o.refused.filter, filter) || o.home.Now().Sub(o.refused.at) >= pacing.RefreshAge {
		return nil
	}
	return o.refused.err
}

// judged remembers whether Salesforce could follow the conditions.
func (o *org) judged(filter directory.Filter, err error) {
	var refused *directory.ConditionError
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case errors.As(err, &refused):
		o.refused = &refusal{filter: filter, at: o.home.Now(), err: refused}
	case err == nil:
		o.refused = nil
	}
}

func (o *org) facts(ctx context.Context) (*crm.Facts, error) {
	account, err := o.account()
	if err != nil {
		return nil, err
	}
	kept, known := o.home.facts()
	if known && !o.old(kept) {
		return kept, nil
	}
	read, err := o.take(account, func(before *crm.Facts, settings *config.Settings) (*crm.Facts, error) {
		switch {
		case before == nil:
			return crm.ReadFacts(ctx, o.client, userOf(account), before, settings.Salesforce.KeyField, o.home.Now())
		case !o.old(before):
			return before, nil // another has read them meanwhile
		}
		return lookOf(account, settings).At(ctx, o.client, before, o.home.Now())
	})
	if err != nil && known {
		return kept, nil
	}
	return read, err
}

// old reports that one call must look what changed before facts serve for sending. To read
// them in full is the keeper's matter.
func (o *org) old(facts *crm.Facts) bool {
	return pacing.Reads{Looked: facts.LookedAt}.Old(o.home.Now())
}

func lookOf(account *outbox.Account, settings *config.Settings) crm.Look {
	return crm.Look{User: userOf(account), KeyField: settings.Salesforce.KeyField, Groups: settings.Access.Groups}
}

func (o *org) account() (*outbox.Account, error) {
	account, _, err := o.home.Outbox.Current()
	if err == nil && account == nil {
		err = drain.ErrSignedOut
	}
	return account, err
}

// read reads the facts in full.
func (o *org) read(ctx context.Context, account *outbox.Account) (*crm.Facts, error) {
	return o.take(account, func(before *crm.Facts, settings *config.Settings) (*crm.Facts, error) {
		return crm.ReadFacts(ctx, o.client, userOf(account), before, settings.Salesforce.KeyField, o.home.Now())
	})
}

// look asks in one call what changed since; forced asks also for what Salesforce does
// not date. Where nothing is known yet, everything is read.
func (o *org) look(ctx context.Context, forced bool) error {
	account, err := o.account()
	if err != nil {
		return err
	}
	if _, known := o.home.facts(); !known {
		_, err := o.read(ctx, account)
		return err
	}
	_, err = o.take(account, func(before *crm.Facts, settings *config.Settings) (*crm.Facts, error) {
		look := lookOf(account, settings)
		look.Forced = forced
		return look.At(ctx, o.client, before, o.home.Now())
	})
	return err
}

func userOf(account *outbox.Account) crm.User {
	return crm.User{OrgID: account.OrgID, UserID: account.UserID}
}

// take keeps what ask reads, if the account is still the one that it was read for.
// before are the facts known so far, nil for none.
func (o *org) take(account *outbox.Account, ask func(before *crm.Facts, settings *config.Settings) (*crm.Facts, error)) (*crm.Facts, error) {
	o.reading.Lock()
	defer o.reading.Unlock()
	before, known := o.home.facts()
	settings := o.home.Config.Settings()
	facts, err := ask(before, &settings)
	if err != nil {
		return nil, err
	}
	if err := o.home.keepFacts(account, facts); err != nil {
		return nil, err
	}
	if known && !before.Same(facts) {
		err = o.tryAgain() // what an administrator had to mend may be mended
	}
	return facts, err
}

// tryAgain lets go what waits for an administrator.
func (o *org) tryAgain() error {
	_, err := o.home.Outbox.RetryBy(outbox.Admin)
	return err
}

// Reread looks again because an answer hinted that the org changed, unless that was
// done within pacing.HintAge.
func (o *org) Reread(ctx context.Context) error {
	o.mu.Lock()
	now := o.home.Now()
	recent := now.Sub(o.hinted) < pacing.HintAge
	o.mu.Unlock()
	if recent {
		return nil
	}
	if err := o.look(ctx, true); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hinted = now
	return nil
}

// forget drops what is remembered of the user who was signed in before.
func (o *org) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hinted, o.refused = time.Time{}, nil
}

// Refresh reads the facts and copies people and records down.
func (o *org) Refresh(ctx context.Context) error {
	account, err := o.account()
	if err != nil {
		return err
	}
	if _, err := o.read(ctx, account); err != nil {
		return err
	}
	plan := o.plan(account.UserID)
	err = o.home.Directory.Sync(ctx, o.client, plan, o.home.Now())
	o.judged(plan.Filter, err)
	if errors.Is(err, directory.ErrForgotten) {
		return drain.ErrSignedOut
	}
	if err != nil {
		return err
	}
	_, err = o.home.tryResolved() // who was not found before may be known now
	return err
}

// plan is what of the org is copied down: people through the filter of the settings,
// accounts, opportunities, and what else activities may be related to.
func (o *org) plan(userID string) directory.Plan {
	plan := directory.Plan{Filter: o.home.filter(userID), Spare: func() bool { return !o.usage.scarce() }, OnPage: o.onPage}
	facts, known := o.home.facts()
	if !known {
		return plan
	}
	for _, name := range o.home.Config.Settings().RelatedTo.Objects {
		if object, prefix := facts.Object(name); prefix != "" {
			plan.Further = append(plan.Further, directory.Object{Name: object, Prefix: prefix})
		}
	}
	return plan
}

// reads fills in when the org was last read. A copy that cannot be used, for the settings
// changed since, counts as none.
func (o *org) reads(r pacing.Reads) pacing.Reads {
	r.Refreshed, r.Looked = time.Time{}, time.Time{}
	if facts, known := o.home.facts(); known {
		r.Looked = facts.LookedAt
	}
	stats, err := o.home.Directory.Stats(o.home.Now())
	if err != nil {
		return r
	}
	if usable, err := o.home.Directory.MadeBy(o.home.filter(o.UserID())); err == nil && (usable || o.condition() != nil) {
		r.Refreshed = stats.RefreshedAt
	}
	return r
}

// Rules are the settings that shape records.
func (o *org) Rules() *crm.Rules { return o.home.rules() }

// Resolve finds who has the addresses, and which of the ids may not be related.
func (o *org) Resolve(ctx context.Context, addresses, ids []string) (map[string]directory.Match, error) {
	filter := o.home.filter(o.UserID())
	found, err := o.home.Directory.Resolve(ctx, o.client, filter, addresses, ids, o.home.Now())
	if errors.Is(err, directory.ErrForgotten) {
		err = drain.ErrSignedOut
	}
	var refused *directory.ConditionError
	if errors.As(err, &refused) {
		o.judged(filter, err)
	}
	return found, err
}

// Name is what a person or record is called, as far as the copy knows.
func (o *org) Name(id string) string { return o.home.Name(id) }

// Inside reports whether an address is of the rep's own company.
func (o *org) Inside(address string) bool { return o.home.Inside(address) }

// Current is the id that a record has now, as far as the copy knows.
func (o *org) Current(id string) string { return o.home.Current(id) }

// UserID is the Salesforce id of the rep who is signed in.
func (o *org) UserID() string {
	account, err := o.account()
	if err != nil {
		return ""
	}
	return account.UserID
}
