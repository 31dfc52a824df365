package daemon

import (
	"context"
	"path/filepath"
	"time"

	"github.com/cli/browser"

	"fieldpost/daemon/localapi"
	"fieldpost/daemon/localapi/access"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/notify"
	"fieldpost/outbox"
)

const (
	// noticeSettle is how long things settle after a change before the rep is told of them.
	noticeSettle = 2 * time.Second
	// noticeRound is how often is looked whether something stands still.
	noticeRound = 15 * time.Minute
	// stillAfter is how long nothing may be delivered, with a network, while items wait.
	stillAfter = 24 * time.Hour
)

// The causes for which the rep is told on the desktop.
const (
	causeNeedsYou = "needs_you"
	causeSignIn   = "sign_in"
	causeStill    = "standing_still"
	causeRefused  = "file_refused"
	causePair     = "pair" // with the origin behind it
)

// notices tells the rep on the desktop when a human is needed, and only then.
type notices struct {
	d       *Daemon
	guard   *access.Access
	port    int
	desktop func(context.Context) notify.Desktop
	refused int // files, when it was told of last
}

func (n *notices) run(ctx context.Context) error {
	teller := notify.NewTeller(n.desktop(ctx), filepath.Join(n.d.home.Config.Paths().State, "notified.json"), n.d.home.Now)
	changes, stop := n.d.feed.Changes()
	defer stop()
	round := time.NewTicker(noticeRound)
	defer round.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changes:
		case <-round.C:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(noticeSettle):
		}
		if n.d.home.Config.Settings().Notify.Enabled {
			n.tell(ctx, teller)
		}
	}
}

func (n *notices) tell(ctx context.Context, teller *notify.Teller) {
	status, err := n.d.Status(ctx, n.d.home.Words())
	if err != nil {
		return // whoever asks for the status is told why
	}
	shown, err := teller.Tell(ctx, n.due(&status), n.open)
	for _, cause := range shown {
		n.d.home.Log.Info("told on the desktop", "cause", cause)
		if cause == causeRefused {
			n.refused = status.Inbox.Rejected
		}
	}
	if err != nil {
		n.d.home.Log.Debug("the desktop was not told", "error", err)
	}
}

// due lists what a human is needed for now.
func (n *notices) due(s *apitype.Status) []notify.Note {
	var due []notify.Note
	p := n.d.home.Words()
	add := func(cause, key string, args ...any) {
		due = append(due, notify.Note{
			Cause: cause, Title: p.Text("notify."+key, args...), Text: p.Text("notify."+key+".text", args...),
			Open: p.Text("notify.open"), How: p.Text("notify.how"),
		})
	}
	mine := 0
	for _, cause := range s.Causes {
		if cause.Who == outbox.You {
			mine += cause.Count
		}
	}
	if mine > 0 {
		add(causeNeedsYou, causeNeedsYou, "n", mine)
	}
	signedOut := s.Account.State == apitype.SignedOut && s.Outbox.Waiting > 0
	if signedOut || s.Account.State == apitype.NeedsSignIn {
		add(causeSignIn, causeSignIn)
	}
	if n.standsStill(s) {
		add(causeStill, causeStill, "n", s.Outbox.Waiting)
	}
	if s.Inbox.Rejected > n.refused {
		add(causeRefused, causeRefused)
	}
	for _, ask := range n.guard.Asks() {
		add(causePair+" "+ask.Origin, causePair, "site", ask.Origin)
	}
	return due
}

// standsStill reports whether nothing was delivered for stillAfter although there is a
// network and something waits.
func (n *notices) standsStill(s *apitype.Status) bool {
	if s.Connection.State == apitype.Offline || s.Outbox.OldestWaitingAt == nil {
		return false
	}
	since := *s.Outbox.OldestWaitingAt
	for _, later := range []*time.Time{s.Outbox.LastDeliveredAt, s.Connection.Since} {
		if later != nil && later.After(since) {
			since = *later
		}
	}
	return n.d.home.Now().Sub(since) >= stillAfter
}

// open opens the page: its link works once, for a minute, on this computer.
func (n *notices) open() {
	code, _ := n.guard.NewCode()
	if err := browser.OpenURL(localapi.PageLink(n.port, code)); err != nil {
		n.d.home.Log.Warn("the page could not be opened", "error", err)
	}
}
