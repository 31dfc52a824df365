package main

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"fieldpost/daemon"
	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
	"fieldpost/daemon/words"
	"fieldpost/keychain"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
)

//go:embed demo/offer.eml demo/visit.ics
var demoFiles embed.FS

// demoLimit bounds each wait of the demo.
const demoLimit = 30 * time.Second

func (p *program) demo() *cobra.Command {
	var once bool
	c := p.command("demo", func(c *cobra.Command, _ []string) error {
		liveLong()
		return p.runDemo(c.Context(), once)
	})
	c.Flags().BoolVar(&once, "once", false, p.words.Text("cli.flag.once"))
	return p.described(c, "demo", "demo --once")
}

// stage is a Salesforce sandbox and a daemon in one process, with a home that is
// thrown away and a network that can be cut. Nothing of the machine's policy,
// settings or environment reaches it.
type stage struct {
	org     *sandbox.Sandbox
	daemon  *client.Client
	paths   config.Paths
	offline atomic.Bool
}

// demoResult is what "demo --json" prints.
type demoResult struct {
	Captured  int        `json:"captured"`
	Delivered int        `json:"delivered"`
	Items     []demoItem `json:"items"`
	StatusURL string     `json:"status_url"`
}

type demoItem struct {
	ID       string        `json:"id"`
	Kind     activity.Kind `json:"kind"`
	Subject  string        `json:"subject"`
	Object   string        `json:"object"`
	RecordID string        `json:"record_id"`
	URL      string        `json:"url"`
}

func (p *program) runDemo(ctx context.Context, once bool) (err error) {
	p.words = words.In(cmp.Or(p.lang, words.Match(config.SystemLanguages()...))) // no setting reaches it
	folder, err := os.MkdirTemp("", "fieldpost-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	s := &stage{org: sandbox.New(sandbox.Config{})}
	s.org.Set(func(r *sandbox.Rules) { r.SharedActivities = true })

	address, closeOrg, err := s.serveOrg()
	if err != nil {
		return err
	}
	defer closeOrg()
	running, stop := context.WithCancel(ctx)
	ended, err := s.startDaemon(running, folder, address, p.words.Lang())
	if err != nil {
		stop()
		return err
	}
	defer func() { stop(); err = errors.Join(err, <-ended) }()
	if s.daemon, err = client.Open(ctx, s.paths.API, p.words.Lang()); err != nil {
		return err
	}
	return p.play(ctx, s, once)
}

// play is the story: sign in, lose the network, capture, get it back, deliver.
func (p *program) play(ctx context.Context, s *stage, once bool) error {
	p.hint("cli.demo.ready")
	if err := s.signIn(ctx); err != nil {
		return err
	}
	p.hint("cli.demo.signed_in", "username", s.org.Rep().Username)
	s.offline.Store(true)
	p.hint("cli.demo.offline")
	if err := s.captureAll(ctx); err != nil {
		return err
	}
	p.hint("cli.demo.captured", "n", demoCaptures)
	s.offline.Store(false)
	p.hint("cli.demo.online")
	if err := s.daemon.Sync(ctx); err != nil {
		return err
	}
	err := s.until(ctx, func(status apitype.Status) bool { return status.Outbox.Delivered == demoCaptures })
	if err != nil {
		return err
	}
	if err := p.printDemo(ctx, s); err != nil || once {
		return err
	}
	p.hint("cli.demo.stay")
	<-ctx.Done()
	return nil
}

func (s *stage) serveOrg() (address string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: s.org, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with Close
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

func (s *stage) startDaemon(ctx context.Context, folder, login, lang string) (ended chan error, err error) {
	if s.paths, err = config.Places(runtime.GOOS, os.Getenv, folder); err != nil {
		return nil, err
	}
	settings, err := config.Load(config.Inputs{Paths: s.paths, Flags: map[string]string{
		"salesforce.login_url": login, "salesforce.client_id": "fieldpost-demo", "ui.language": lang, "notify.enabled": "false",
	}})
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	home, err := daemon.OpenHome(ctx, settings, &keychain.Memory{}, verifyApart(), log)
	if err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	d, err := daemon.New(home, daemon.Parts{
		Version: version, Transport: s.network(), OnReady: func(string) { close(ready) },
	})
	if err != nil {
		return nil, errors.Join(err, home.Close())
	}
	ended = make(chan error, 1)
	go func() { ended <- errors.Join(d.Run(ctx), home.Close()) }()
	select {
	case <-ready:
		return ended, nil
	case err := <-ended:
		return nil, err
	}
}

// network is the way to the sandbox, which can be cut like a cable.
func (s *stage) network() http.RoundTripper {
	transport := sfclient.NewTransport(nil)
	dial := transport.DialContext
	transport.DisableKeepAlives = true // so that a cut is felt at once
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if s.offline.Load() {
			return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("network is unreachable")}
		}
		return dial(ctx, network, address)
	}
	return transport
}

// signIn goes the whole way of a rep: authorize page, consent, callback, tokens.
func (s *stage) signIn(ctx context.Context) error {
	address, err := s.daemon.Login(ctx, apitype.LoginRequest{})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	rep := &http.Client{Timeout: demoLimit}
	answer, err := rep.Do(request)
	if err != nil {
		return err
	}
	if err := answer.Body.Close(); err != nil {
		return err
	}
	return s.until(ctx, func(status apitype.Status) bool {
		return status.Account.State == apitype.SignedIn && status.Directory.RefreshedAt != nil
	})
}

// demoCaptures is how many activities the demo captures.
const demoCaptures = 5

// captureAll hands in two shares and a meeting over the port, a mail and an
// invitation through the drop folder.
func (s *stage) captureAll(ctx context.Context) error {
	now := time.Now()
	told := []activity.Activity{
		{
			Kind: activity.Share, Channel: activity.Link, Subject: "Brochure 2027", URL: "https://acme.showpad.biz/share/2027",
			Content: []activity.Content{{Title: "Brochure 2027.pdf"}}, OccurredAt: activity.MomentOf(now),
			People: []activity.Person{{Email: "martin.marsh@northwind.example"}, {Email: "sian.obrien@northwind.example"}},
		},
		{
			Kind: activity.Share, Channel: activity.Space, Subject: "Shared Space: ultrasound trial", URL: "https://acme.showpad.biz/space/usg",
			OccurredAt: activity.MomentOf(now), People: []activity.Person{{Email: "malgorzata.wojcik@lodz-medical.example"}},
		},
		{
			Kind: activity.Meeting, Subject: "Demo för Björn", Location: "Göteborg", Notes: "Wants a second demo in January.",
			Start: activity.MomentOf(now.Add(-time.Hour)), End: activity.MomentOf(now.Add(-30 * time.Minute)),
			People: []activity.Person{{Email: "bjorn.akerlund@akerlund.example"}},
		},
	}
	data, err := json.Marshal(told)
	if err != nil {
		return err
	}
	if _, err := s.daemon.CaptureJSON(ctx, data); err != nil {
		return err
	}
	for _, name := range []string{"offer.eml", "visit.ics"} {
		if err := s.drop(name); err != nil {
			return err
		}
	}
	return s.until(ctx, func(status apitype.Status) bool { return status.Outbox.Captured == demoCaptures })
}

// drop puts a file into the drop folder as a mail program does: whole, by a rename.
func (s *stage) drop(name string) error {
	data, err := demoFiles.ReadFile("demo/" + name)
	if err != nil {
		return err
	}
	draft := filepath.Join(s.paths.State, name)
	if err := os.WriteFile(draft, data, 0o600); err != nil {
		return err
	}
	return os.Rename(draft, filepath.Join(s.paths.Inbox, name))
}

// until follows the daemon's events until its status is as wanted.
func (s *stage) until(ctx context.Context, wanted func(apitype.Status) bool) error {
	ctx, cancel := context.WithTimeout(ctx, demoLimit)
	defer cancel()
	for event, err := range s.daemon.Events(ctx) {
		if err != nil {
			return fmt.Errorf("the demo did not get on: %w", err)
		}
		if event.Status != nil && wanted(*event.Status) {
			return nil
		}
	}
	return ctx.Err()
}

func (p *program) printDemo(ctx context.Context, s *stage) error {
	page, err := s.daemon.List(ctx, outbox.Query{})
	if err != nil {
		return err
	}
	link, err := s.daemon.SessionLink(ctx)
	if err != nil {
		return err
	}
	result := demoResult{Captured: len(page.Items), StatusURL: link.URL}
	rows := [][]string{{p.words.Text("cli.demo.activity"), p.words.Text("cli.demo.object"), p.words.Text("cli.demo.record"), p.words.Text("cli.demo.link")}}
	for i := len(page.Items) - 1; i >= 0; i-- {
		item := page.Items[i]
		if item.Record == nil {
			continue
		}
		result.Delivered++
		result.Items = append(result.Items, demoItem{
			ID: item.ID, Kind: item.Kind, Subject: item.Subject, Object: item.Record.Object, RecordID: item.Record.ID, URL: item.Record.URL,
		})
		rows = append(rows, []string{item.Subject, item.Record.Object, item.Record.ID, item.Record.URL})
	}
	if p.json {
		return p.printJSON(result)
	}
	if err := p.table(rows); err != nil {
		return err
	}
	p.say("cli.demo.page", "url", link.URL)
	return nil
}
