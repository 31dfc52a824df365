package main

import (
	"context"
	"errors"
	"os"
	"time"

	"fieldpost/daemon"
	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// desk takes captures and moves items: a running daemon, or the files themselves.
type desk interface {
	CaptureJSON(ctx context.Context, data []byte) ([]apitype.Outcome, error)
	CaptureFiles(ctx context.Context, files []client.File) ([]apitype.Outcome, error)
	Foresee(ctx context.Context, files []client.File) ([]apitype.Foreseen, error)
	List(ctx context.Context, q outbox.Query) (apitype.Items, error)
	Get(ctx context.Context, id string) (apitype.Item, error)
	Preview(ctx context.Context, id string) (apitype.Preview, error)
	Org(ctx context.Context) (apitype.Org, error)
	People(ctx context.Context, text string, limit int) (apitype.People, error)
	Records(ctx context.Context, text, object string, limit int) (apitype.Records, error)
	Unresolved(ctx context.Context) (apitype.UnresolvedList, error)
	Resolve(ctx context.Context, id string, asked apitype.ResolveRequest) (apitype.Item, error)
	Answers(ctx context.Context) (apitype.Answers, error)
	Unanswer(ctx context.Context, address string) (apitype.Answers, error)
	Card(ctx context.Context, named string) (apitype.Card, error)
	Suggest(ctx context.Context, named string, kind activity.Kind) (apitype.Suggestions, error)
	Retry(ctx context.Context, id string) (apitype.Item, error)
	Hold(ctx context.Context, id string) (apitype.Item, error)
	Release(ctx context.Context, id string) (apitype.Item, error)
	Restore(ctx context.Context, id string) (apitype.Item, error)
	Discard(ctx context.Context, id string) (apitype.Item, error)
	RetryAll(ctx context.Context, code string) (int, error)
	ReleaseAll(ctx context.Context, code string) (int, error)
	Edit(ctx context.Context, id string, delivered bool, patch map[string]any) (apitype.Item, error)
	Check(ctx context.Context) (apitype.OutboxCheck, error)
	Compact(ctx context.Context) (apitype.Compacted, error)
	Claim(ctx context.Context) (int, error)
	Forget(ctx context.Context, asked apitype.ForgetRequest) (apitype.Forgotten, error)
	Export(ctx context.Context) (apitype.Export, error)
	Import(ctx context.Context, items []outbox.Exported, told func(done int)) (apitype.Imported, error)
	Recover(ctx context.Context, identity string) (apitype.Recovered, error)
}

const (
	// betweenTime is how long a daemon may hold the files without answering, as while it
	// starts or stops, and betweenPoll how often it is looked for meanwhile.
	betweenTime = 5 * time.Second
	betweenPoll = 50 * time.Millisecond
)

// atDesk works with the running daemon, or with the files where none runs. One that is
// just starting or stopping, or another command at work on the files, is waited for.
func (p *program) atDesk(ctx context.Context, work func(desk) error) error {
	settings, err := p.load()
	if err != nil {
		return err
	}
	for began := time.Now(); ; {
		running, err := p.client(ctx, settings)
		if err == nil {
			return work(running)
		}
		if !errors.Is(err, client.ErrNotRunning) {
			return err
		}
		home, err := p.openHome(ctx, settings)
		if err == nil {
			return errors.Join(work(&daemon.Desk{Home: home, Words: p.words}), home.Close())
		}
		if held := new(daemon.RunningError); !errors.As(err, &held) || time.Since(began) > betweenTime {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(betweenPoll):
		}
	}
}

// withDaemon works with the running daemon; client.ErrNotRunning where none runs.
func (p *program) withDaemon(ctx context.Context, work func(*client.Client) error) error {
	settings, err := p.load()
	if err != nil {
		return err
	}
	running, err := p.client(ctx, settings)
	if err != nil {
		return err
	}
	return work(running)
}

func (p *program) client(ctx context.Context, settings *config.Config) (*client.Client, error) {
	return client.Open(ctx, settings.Paths().API, p.words.Lang())
}

// openHome opens the files, and what was sealed before as far as the keychain lets.
func (p *program) openHome(ctx context.Context, settings *config.Config) (*daemon.Home, error) {
	home, err := daemon.OpenHome(ctx, settings, daemon.OpenSecrets(settings, os.Getenv), verifyApart(), p.logger(settings))
	if err != nil {
		return nil, err
	}
	if err := home.OpenSeal(ctx); err != nil {
		home.Log.Warn("the keychain did not open the outbox", "error", err)
		p.hint("cli.keychain.closed", "why", p.whyClosed(err))
	}
	return home, nil
}

// whyClosed tells in a few words why the keychain gives nothing.
func (p *program) whyClosed(err error) string {
	if told, known := daemon.Explain(p.words, err); known {
		return told.Title
	}
	return p.words.Explain("keychain_unavailable", nil).Title
}
