// Package daemon is the composition root: it opens one user's files, wires the
// rooms together and runs them until it is told to stop. One instance runs per
// user. What the rooms do is theirs; what belongs to whom is decided here.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/inbox"
	"fieldpost/daemon/drain"
	"fieldpost/daemon/localapi"
	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/netwatch"
	"fieldpost/daemon/notify"
	"fieldpost/outbox"
)

// stopTime is how long the parts have to finish once the daemon stops.
const stopTime = 2 * time.Second

// Parts are what a daemon takes besides its home.
type Parts struct {
	Version string
	// Transport carries the calls to Salesforce.
	Transport http.RoundTripper
	// Service, where set, tells how the operating system keeps this program running.
	Service func(context.Context) string
	// Replaced, where set, returns nil once the program's own file was replaced; see
	// ErrReplaced.
	Replaced func(context.Context) error
	// OnReady, where set, is told where the daemon answers once it does.
	OnReady func(url string)
}

// Daemon runs one user's fieldpost.
type Daemon struct {
	Parts
	home      *Home
	session   *session
	org       *org
	drain     *drain.Drain
	inbox     *inbox.Inbox
	intake    *capture.Intake
	feed      *localapi.Feed
	keeper    *keeper
	startedAt time.Time
	// chance gives numbers in [0,1) that spread what many laptops do.
	chance  func() float64
	stop    context.CancelFunc
	sending pace // what waits
	loading pace // people and records

	mu          sync.Mutex
	keychainErr error
	url         string
}

// New composes a daemon over an open home. Nothing runs before Run.
func New(home *Home, parts Parts) (*Daemon, error) {
	d := &Daemon{Parts: parts, home: home, feed: localapi.NewFeed(), startedAt: home.Now(), chance: rand.Float64}
	var err error
	if d.session, err = newSession(home, parts.Transport, "fieldpost/"+parts.Version); err != nil {
		return nil, err
	}
	d.org = &org{home: home, client: d.session.client, usage: &d.session.usage, onPage: d.feed.Status}
	d.drain = drain.New(drain.Parts{
		Outbox: home.Outbox, Salesforce: d.session.client, Org: d.org, Now: home.Now, Elapsed: elapsed(),
		Usage: d.session.usage.latest, Chance: d.chance, Log: home.Log,
		OnConnection: d.connected,
	})
	d.keeper = newKeeper(d)
	d.session.onSignIn = d.signedIn
	d.session.atRest = d.drain.AtRest
	d.intake = home.door(nudging{home.Outbox, d.drain})
	settings := home.Config.Settings()
	d.inbox = inbox.New(inbox.Config{
		Dir: settings.Inbox.Path, Tally: filepath.Join(home.Config.Paths().State, "inbox.json"),
		Keep:   func() time.Duration { return home.Config.Settings().Inbox.Keep },
		Reader: home.Reader(), Door: d.intake, Words: home.Words, Now: home.Now, Log: home.Log,
		OnCount: d.feed.Status,
	})
	home.watch.add(func(ids []string) { d.feed.Activity(ids...) })
	return d, nil
}

// elapsed is a clock that no change of the wall clock reaches.
func elapsed() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}

// nudging wakes the drain after each capture.
type nudging struct {
	*outbox.Store
	drain *drain.Drain
}

func (n nudging) Add(ctx context.Context, drafts []outbox.Draft) ([]outbox.Receipt, error) {
	receipts, err := n.Store.Add(ctx, drafts)
	if err == nil {
		n.drain.Nudge()
	}
	return receipts, err
}

// connected tells those who look that the connection changed, and the keeper that what
// it could not read offline can be read now.
func (d *Daemon) connected(now drain.Connection) {
	d.feed.Status()
	switch {
	case now.State != drain.Online:
	case now.Recovered:
		d.keeper.recovered()
	default:
		d.keeper.look()
	}
}

// reconnect starts anew after a change of the network or a sleep: connections from before
// it lead nowhere, and what waits may go now.
func (d *Daemon) reconnect() {
	(&http.Client{Transport: d.Transport}).CloseIdleConnections()
	d.drain.Reconnected()
}

// signedIn starts what a fresh sign-in makes possible.
func (d *Daemon) signedIn() {
	d.org.forget()
	d.session.locks.forget()
	if err := d.org.tryAgain(); err != nil {
		d.home.Log.Error("trying again what waits for an administrator failed", "error", err)
	}
	d.wakeDrain()
	d.keeper.refresh()
}

// Run answers, watches and sends until ctx ends or somebody stops it over the
// port; then it finishes or gives back what is in flight.
func (d *Daemon) Run(ctx context.Context) error {
	ctx, d.stop = context.WithCancel(ctx)
	defer d.stop()
	paths := d.home.Config.Paths()
	sockets, err := localapi.Listen(ctx, d.home.Config.Settings().Web.Listen)
	if err != nil {
		return err
	}
	guard, err := access.Open(filepath.Join(paths.State, "access.json"), sockets.Port, d.home.Now, d.feed.Status)
	if err != nil {
		return errors.Join(err, sockets.Close())
	}
	server := localapi.New(d.serverParts(sockets.Port, guard))
	group, ctx := errgroup.WithContext(ctx)
	run := func(name string, part func(context.Context) error) {
		group.Go(func() error {
			if err := part(ctx); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	run("local port", func(ctx context.Context) error { return server.Serve(ctx, sockets, stopTime) })
	run("drain", d.drain.Run)
	run("drop folder", d.inbox.Run)
	run("keeper", d.keeper.run)
	run("settings", d.watchSettings)
	run("notices", (&notices{d: d, guard: guard, port: sockets.Port, desktop: notify.System, refused: d.inbox.Counts().Rejected}).run)
	run("program", d.untilReplaced)
	run("network watch", func(ctx context.Context) error { return netwatch.Watch(ctx, d.home.Log, d.reconnect) })

	withdraw, err := localapi.Announce(paths.API, sockets.URL(), guard.Owner())
	if err != nil {
		d.stop()
		return errors.Join(err, group.Wait())
	}
	d.mu.Lock()
	d.url = sockets.URL()
	d.mu.Unlock()
	d.home.Log.Info("ready", "url", sockets.URL(), "version", d.Version)
	if d.OnReady != nil {
		d.OnReady(sockets.URL())
	}
	err = group.Wait()
	d.session.giveUp()
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return errors.Join(err, d.session.refresher.Settle(settle), withdraw())
}
