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
	back   chan struct{}
	asked  chan chan<- error
	tidied time.Time // when the outbox was tidied last
	// pace is what decides when something is read, and seen when it was asked last.
	pace pacing.Reads
	seen time.Time
}

func newKeeper(d *Daemon) *keeper {
	return &keeper{
		d: d, forced: make(chan struct{}, 1), due: make(chan struct{}, 1), back: make(chan struct{}, 1), asked: make(chan chan<- error),
		seen: d.home.Now(),
	}
}

// refresh asks for a refresh of facts and people now.
func (k *keeper) refresh() { poke(k.forced) }

// look asks to look now whether something is due: Salesforce can be reached again.
func (k *keeper) look() { poke(k.due) }

// recovered asks for the same after a trouble that many laptops may share: not at once, for
// they come back together.
func (k *keeper) recovered() { poke(k.back) }

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
	k.pace = k.pace.Started(k.d.home.Now(), k.d.chance())
	retry := k.unseal(ctx)
	_ = k.keep(ctx, false) // reported there
	for {
		k.tidy()
		round := time.NewTimer(k.d.org.reads(k.pace).Rest(k.d.home.Now()))
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
		case <-k.back:
			k.pace = k.pace.BackFromTrouble(k.d.home.Now(), k.d.chance())
			_ = k.keep(ctx, false)
		case <-k.d.home.Directory.Replaced():
			k.d.home.Log.Warn("the copy of people and records was damaged; a new one is begun")
			_ = k.keep(ctx, false)
		case done := <-k.asked:
			done <- k.keep(ctx, true)
		case <-round.C:
			_ = k.keep(ctx, false)
		}
		round.Stop()
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
	if now := d.home.Now(); pacing.Slept(k.seen, now) {
		k.pace, k.seen = k.pace.Back(now, d.chance()), now
	} else {
		k.seen = now
	}
	if !forced && k.next() == pacing.Nothing {
		return nil
	}
	if _, err := d.session.refresher.Current(ctx); err != nil {
		k.report(ctx, err)
		return err
	}
	err := d.session.refresher.KeepAlive(ctx, sessionIdle)
	if err == nil {
		err = k.read(ctx, forced)
	}
	if err != nil {
		k.report(ctx, err)
		return err
	}
	k.report(ctx, d.org.barred())
	d.feed.Status()
	d.drain.Nudge()
	return nil
}

// next tells what is to be read now. Nothing is while the org wants peace:
// what waits to be sent finds out when that is over.
func (k *keeper) next() pacing.Reading {
	if k.d.drain.Peace() {
		return pacing.Nothing
	}
	told := k.d.session.usage.latest()
	return k.d.org.reads(k.pace).Due(k.d.home.Now(), told.Used, told.Max)
}

// read reads what is due or asked for.
func (k *keeper) read(ctx context.Context, forced bool) error {
	due := k.next()
	if forced {
		due = pacing.Refresh
	}
	if due == pacing.Look {
		if err := k.d.org.look(ctx, false); err != nil {
			return err
		}
		// It told of the allowance, for which a refresh may have waited.
		told := k.d.session.usage.latest()
		due = k.d.org.reads(k.pace).Due(k.d.home.Now(), told.Used, max(told.Max, 1))
	}
	if due == pacing.Refresh {
		return k.d.org.Refresh(ctx)
	}
	return nil
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
