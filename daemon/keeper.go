package daemon

import (
	"context"
	"errors"
	"time"

	"fieldpost/daemon/directory"
	"fieldpost/daemon/drain"
	"fieldpost/daemon/pacing"
	"fieldpost/outbox"
	"fieldpost/sfclient"
)

const (
	// keyRetry is how often a locked keychain is asked again.
	keyRetry = 15 * time.Second
	// keeperRound is how often the keeper looks whether something is due.
	keeperRound = time.Hour
	// sessionIdle is how long a session may go unused: many orgs end an idle one
	// after 30 days (salesforce.md 1.5).
	sessionIdle = 7 * 24 * time.Hour
)

// keeper keeps what ages fresh: the seal, the session, the org's facts and the
// copy of its people.
type keeper struct {
	d      *Daemon
	forced chan struct{}
	due    chan struct{}
	asked  chan chan<- error
	tidied time.Time // when the outbox was tidied last
}

func newKeeper(d *Daemon) *keeper {
	return &keeper{d: d, forced: make(chan struct{}, 1), due: make(chan struct{}, 1), asked: make(chan chan<- error)}
}

// refresh asks for a refresh of facts and people now.
func (k *keeper) refresh() { poke(k.forced) }

// look asks to look now whether something is due: Salesforce can be reached again.
func (k *keeper) look() { poke(k.due) }

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// refreshed refreshes facts and people now and gives the outcome. The refresh goes
// on where ctx ends first.
func (k *keeper) refreshed(ctx context.Context) error {
	done := make(chan error, 1)
	select {
	case k.asked <- done:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k *keeper) run(ctx context.Context) error {
	retry := k.unseal(ctx)
	_ = k.keep(ctx, false) // reported there
	k.tidy()
	round := time.NewTicker(keeperRound)
	defer round.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-retry:
			if retry = k.unseal(ctx); retry == nil {
				_ = k.keep(ctx, false)
				k.d.drain.Nudge()
			}
		case <-k.forced:
			_ = k.keep(ctx, true)
		case <-k.due:
			_ = k.keep(ctx, false)
		case <-k.d.home.Directory.Replaced():
			k.d.home.Log.Warn("the copy of people and records was damaged; a new one is begun")
			_ = k.keep(ctx, false)
		case done := <-k.asked:
			done <- k.keep(ctx, true)
		case <-round.C:
			_ = k.keep(ctx, false)
			k.tidy()
		}
	}
}

const (
	// tidyAge is how often the outbox is tidied at most.
	tidyAge = 24 * time.Hour
	// binAge is how long what was put into the bin can be restored, and backupAge how
	// long the copy from before an upgrade is kept (CONTRACT section 4; reliability.md 7).
	binAge    = 30 * 24 * time.Hour
	backupAge = 7 * 24 * time.Hour
)

// tidy ends the retention of what is delivered or in the bin, once a day, and gives
// the disk back what that freed: only a compaction makes a deletion an erasure.
func (k *keeper) tidy() {
	home := k.d.home
	now := home.Now()
	if now.Sub(k.tidied) < tidyAge {
		return
	}
	k.tidied = now
	purged, err := home.Outbox.Purge(now.Add(-home.Config.Settings().Retention.Delivered), now.Add(-binAge))
	if err == nil {
		_, err = home.Outbox.DropBackups(now.Add(-backupAge))
	}
	if err == nil {
		_, err = home.Outbox.RetryBy(outbox.Admin)
	}
	if size, _ := home.Outbox.Slack(); err == nil && size > outbox.CheckedAtOpen { // a start does not read it whole
		_, err = home.Outbox.Check()
	}
	if err == nil && (purged > 0 || home.Outbox.WorthCompacting()) {
		_, _, err = home.Outbox.Compact()
	}
	if err != nil {
		home.Log.Error("tidying the outbox failed", "error", err)
	}
}

// unseal opens what was sealed before; where the keychain does not let it, the
// channel tells when to try again.
func (k *keeper) unseal(ctx context.Context) <-chan time.Time {
	err := k.d.home.OpenSeal(ctx)
	k.d.mu.Lock()
	changed := (err == nil) != (k.d.keychainErr == nil)
	k.d.keychainErr = err
	k.d.mu.Unlock()
	if changed {
		k.d.feed.Status()
	}
	if err == nil {
		return nil
	}
	k.d.home.Log.Warn("the keychain did not open the outbox", "error", err)
	return time.After(keyRetry)
}

// keep renews the session where it is missing or idle, and reads facts and people
// where they are old or asked for. It reports what it met, and returns it.
func (k *keeper) keep(ctx context.Context, forced bool) error {
	d := k.d
	if _, err := d.org.account(); err != nil {
		return err
	}
	if _, err := d.session.refresher.Current(ctx); err != nil {
		k.report(ctx, err)
		return err
	}
	err := d.session.refresher.KeepAlive(ctx, sessionIdle)
	asked := false
	if err == nil {
		asked, err = k.read(ctx, forced)
	}
	switch {
	case err != nil:
		k.report(ctx, err)
	case asked:
		k.report(ctx, d.org.barred())
		d.feed.Status()
		d.drain.Nudge()
	}
	return err
}

// read reads what is old or asked for, and tells whether it asked the org at all. The
// last tenth of the org's allowance is left to writing.
func (k *keeper) read(ctx context.Context, forced bool) (asked bool, err error) {
	org := k.d.org
	if forced {
		return true, org.Refresh(ctx)
	}
	if k.d.session.usage.scarce() {
		return false, nil
	}
	switch org.reads().Due(k.d.home.Now()) {
	case pacing.Refresh:
		return true, org.Refresh(ctx)
	case pacing.Look:
		return true, org.look(ctx, false)
	}
	return false, nil
}

func (k *keeper) report(ctx context.Context, err error) {
	var store *directory.StoreError
	switch {
	case ctx.Err() != nil, errors.Is(err, drain.ErrSignedOut):
		return
	case errors.As(err, &store):
		_ = k.d.home.unlessDisk(err) // Salesforce has no part in it
		return
	case errors.Is(err, directory.ErrScarce):
		k.d.home.Log.Warn("the copy of people and records waits: the org's API allowance is nearly used up")
		return
	case sfclient.Declined(err):
		k.d.home.Log.Warn("a part of the org could not be read", "error", err)
		return
	}
	k.d.drain.Report(err)
}
