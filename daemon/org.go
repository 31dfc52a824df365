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

// factsAge is how old facts, and the copy of people and records, may be before
// they are read again.
const factsAge = 24 * time.Hour

// org is the Salesforce org of the rep who is signed in: its facts and people, as
// kept on the laptop and as read again when they are old.
type org struct {
	home   *Home
	client *sfclient.Client

	// reading lets one reader at a time ask the org.
	reading sync.Mutex
}

// Facts gives the kept facts while they are fresh or the org cannot be asked,
// else fresh ones.
func (o *org) Facts(ctx context.Context) (*crm.Facts, error) {
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

func (o *org) read(ctx context.Context, account *outbox.Account) (*crm.Facts, error) {
	o.reading.Lock()
	defer o.reading.Unlock()
	keyField := o.home.Config.Settings().Salesforce.KeyField
	facts, err := crm.ReadFacts(ctx, o.client, account.UserID, keyField, o.home.Now())
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

// Reread reads the facts again: an answer hinted that they changed.
func (o *org) Reread(ctx context.Context) error {
	account, err := o.account()
	if err != nil {
		return err
	}
	_, err = o.read(ctx, account)
	return err
}

// Refresh reads the facts and copies people and records down.
func (o *org) Refresh(ctx context.Context) error {
	if err := o.Reread(ctx); err != nil {
		return err
	}
	if _, err := o.home.Directory.Sync(ctx, o.client, o.home.Now()); err != nil {
		return err
	}
	// Who was not found before may be known now.
	_, err := o.home.Outbox.RetryAll("unresolved_person")
	return err
}

// stale reports whether a refresh is due.
func (o *org) stale() bool {
	stats, err := o.home.Directory.Stats()
	return err != nil || o.home.Now().Sub(stats.RefreshedAt) >= factsAge
}

// Rules are the settings that shape records.
func (o *org) Rules() *crm.Rules { return o.home.rules() }

// Resolve finds who has the addresses.
func (o *org) Resolve(ctx context.Context, addresses []string) (map[string][]directory.Person, error) {
	return o.home.Directory.Resolve(ctx, o.client, addresses)
}

// Name is what a person or record is called, as far as the copy knows.
func (o *org) Name(id string) string {
	name, err := o.home.Directory.Name(id)
	if err != nil {
		o.home.Log.Warn("the directory could not be read", "error", err)
	}
	return name
}

// UserID is the Salesforce id of the rep who is signed in.
func (o *org) UserID() string {
	account, err := o.account()
	if err != nil {
		return ""
	}
	return account.UserID
}
