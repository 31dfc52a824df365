package daemon

import (
	"context"
	"fmt"
	"sync"
	"time"

	"fieldpost/daemon/crm"
	"fieldpost/daemon/directory"
	"fieldpost/daemon/drain"
	"fieldpost/outbox"
	"fieldpost/sfclient"
)

// keptFacts is the name under which the directory keeps the org's facts.
const keptFacts = "facts"

const (
	// factsAge is how old facts, and the copy of people and records, may be before they
	// are read again in full.
	factsAge = 24 * time.Hour
	// lookAge is how old they may be before one call looks what changed.
	lookAge = time.Hour
	// hintAge is how long ago the last look must be before a rejection that hints at a
	// change leads to another: a day's calls are counted (60 at most, all in all).
	hintAge = time.Hour
)

// org is the Salesforce org of the rep who is signed in: its facts and people, as
// kept on the laptop and as read again when they are old.
type org struct {
	home   *Home
	client *sfclient.Client

	// reading lets one reader at a time ask the org.
	reading sync.Mutex

	mu     sync.Mutex
	hinted time.Time // when a rejection led to a look last
}

// Facts gives the kept facts while they are fresh or the org cannot be asked, else
// fresh ones; an error where the rep may not use them.
func (o *org) Facts(ctx context.Context) (*crm.Facts, error) {
	facts, err := o.facts(ctx)
	if err == nil {
		err = o.home.barred()
	}
	return facts, err
}

func (o *org) facts(ctx context.Context) (*crm.Facts, error) {
	account, err := o.account()
	if err != nil {
		return nil, err
	}
	kept, known := o.home.facts()
	if known && o.home.Now().Sub(kept.ReadAt) < factsAge {
		return kept, nil
	}
	fresh, err := o.read(ctx, account)
	if err != nil && known {
		return kept, nil
	}
	return fresh, err
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
	return o.take(account, func(keyField string) (*crm.Facts, error) {
		return crm.ReadFacts(ctx, o.client, userOf(account), keyField, o.home.Now())
	})
}

// look asks in one call what changed since; forced asks also for what Salesforce does
// not date. Where nothing is known yet, everything is read.
func (o *org) look(ctx context.Context, forced bool) error {
	account, err := o.account()
	if err != nil {
		return err
	}
	before, known := o.home.facts()
	if !known {
		_, err := o.read(ctx, account)
		return err
	}
	_, err = o.take(account, func(keyField string) (*crm.Facts, error) {
		return crm.Look(ctx, o.client, before, userOf(account), keyField, forced, o.home.Now())
	})
	return err
}

func userOf(account *outbox.Account) crm.User {
	return crm.User{OrgID: account.OrgID, UserID: account.UserID}
}

// take keeps what ask reads, if the account is still the one that it was read for.
func (o *org) take(account *outbox.Account, ask func(keyField string) (*crm.Facts, error)) (*crm.Facts, error) {
	o.reading.Lock()
	defer o.reading.Unlock()
	facts, err := ask(o.home.Config.Settings().Salesforce.KeyField)
	if err != nil {
		return nil, err
	}
	if now, err := o.account(); err != nil || !now.Same(account) {
		return nil, drain.ErrSignedOut // somebody else signed in meanwhile
	}
	before, known := o.home.facts()
	if err := o.home.keepFacts(facts); err != nil {
		return nil, fmt.Errorf("daemon: keeping the org's facts: %w", err)
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
// done within hintAge.
func (o *org) Reread(ctx context.Context) error {
	o.mu.Lock()
	now := o.home.Now()
	recent := now.Sub(o.hinted) < hintAge
	if !recent {
		o.hinted = now
	}
	o.mu.Unlock()
	if recent {
		return nil
	}
	return o.look(ctx, true)
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
	if _, err := o.home.Directory.Sync(ctx, o.client, o.home.filter(account.UserID), o.home.Now()); err != nil {
		return err
	}
	// Who was not found before may be known now.
	_, err = o.home.Outbox.RetryAll("unresolved_person")
	return err
}

// stale reports whether a full refresh is due.
func (o *org) stale() bool {
	stats, err := o.home.Directory.Stats()
	if err != nil || o.home.Now().Sub(stats.RefreshedAt) >= factsAge {
		return true
	}
	usable, err := o.home.Directory.MadeBy(o.home.filter(o.UserID()))
	return err != nil || !usable // the settings changed since
}

// unseen reports whether a look for what changed is due.
func (o *org) unseen() bool {
	facts, known := o.home.facts()
	return !known || o.home.Now().Sub(facts.LookedAt) >= lookAge
}

// Rules are the settings that shape records.
func (o *org) Rules() *crm.Rules { return o.home.rules() }

// Resolve finds who has the addresses.
func (o *org) Resolve(ctx context.Context, addresses []string) (map[string]directory.Match, error) {
	return o.home.Directory.Resolve(ctx, o.client, o.home.filter(o.UserID()), addresses)
}

// Name is what a person or record is called, as far as the copy knows.
func (o *org) Name(id string) string { return o.home.nameOf(id) }

// UserID is the Salesforce id of the rep who is signed in.
func (o *org) UserID() string {
	account, err := o.account()
	if err != nil {
		return ""
	}
	return account.UserID
}
