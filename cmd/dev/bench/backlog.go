package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"filippo.io/age"

	"fieldpost/outbox"
)

// rest is how long a daemon goes on before its memory is looked at: what the key file took
// to open is given back by then.
const rest = 3 * time.Second

// backlog measures how the program bears very many activities that wait: after a month
// without a network, or with a mailbox dropped at once.
func backlog(ctx context.Context, r *Report, folder string) error {
	program, err := build(ctx, folder)
	if err != nil {
		return err
	}
	for _, of := range []crowdTargets{
		{n: 100_000, start: 300, status: 20, page: 50},
		{n: 1_000_000, open: 50, start: 1000},
	} {
		home := filepath.Join(folder, fmt.Sprint(of.n))
		if err := crowded(ctx, r, program, home, &of); err != nil {
			return err
		}
		if err := os.RemoveAll(home); err != nil {
			return err
		}
	}
	return claimed(ctx, r, folder, 100_000)
}

// crowdTargets are what is aimed at where n activities wait, in milliseconds; 0 is nothing.
type crowdTargets struct {
	n                         int
	open, start, status, page float64
}

// within takes a figure in milliseconds.
func (t *crowdTargets) within(r *Report, what string, took []time.Duration, limit float64) {
	name := fmt.Sprintf("%d waiting: %s", t.n, what)
	if limit == 0 {
		r.Add(name, ms(median(took)), "ms")
		return
	}
	r.AtMost(name, ms(median(took)), "ms", limit)
}

// crowded measures a home in which n activities of a rep wait who is signed in and has no
// network.
func crowded(ctx context.Context, r *Report, program, home string, of *crowdTargets) error {
	n := of.n
	env, err := signedInOnce(ctx, program, home)
	if err != nil {
		return err
	}
	recipient, err := recipientOf(home)
	if err != nil {
		return err
	}
	path := filepath.Join(home, "outbox.db")
	began := time.Now()
	if err := fill(ctx, path, recipient, n); err != nil {
		return err
	}
	r.Add(fmt.Sprintf("%d waiting: captured, 500 in a commit", n), float64(n)/time.Since(began).Seconds(), "/s")
	opened, err := timed(5, func() error { return touch(path, recipient) })
	if err != nil {
		return err
	}
	of.within(r, "store opened and closed", opened, of.open)
	var ready, status, page, first []time.Duration
	var anon, peak, mapped int64
	for range 5 {
		began := time.Now()
		d, err := startDaemon(ctx, program, home, env...)
		if err != nil {
			return err
		}
		ready = append(ready, time.Since(began))
		s, p, err := asked(ctx, d)
		status, page = append(status, s...), append(page, p...)
		if len(p) > 0 {
			first = append(first, p[0])
		}
		peak, mapped = max(peak, held(d, "RssAnon")), max(mapped, held(d, "RssFile"))
		time.Sleep(rest)
		anon = max(anon, held(d, "RssAnon"))
		if err := errors.Join(err, d.stop()); err != nil {
			return err
		}
	}
	of.within(r, "start to ready", ready, of.start)
	of.within(r, "GET /v1/status", status, of.status)
	of.within(r, "GET /v1/activities?limit=50", page, of.page)
	of.within(r, "the same, the first after a start", first, of.page)
	r.AtMost(fmt.Sprintf("%d waiting: anonymous memory", n), mib(anon), "MiB", 64)
	r.Add(fmt.Sprintf("%d waiting: the same right after the start, with the file keychain's scrypt", n), mib(peak), "MiB")
	r.Add(fmt.Sprintf("%d waiting: mapped pages", n), mib(mapped), "MiB")
	return nil
}

// asked times a daemon's answers, from the first page after its start.
func asked(ctx context.Context, d *process) (status, page []time.Duration, err error) {
	p, err := d.port()
	if err != nil {
		return nil, nil, err
	}
	page, err = timed(5, func() error { return p.ask(ctx, "/v1/activities?limit=50", nil, nil) })
	if err == nil {
		status, err = timed(5, func() error { return p.ask(ctx, "/v1/status", nil, nil) })
	}
	return status, page, err
}

func held(d *process, part string) int64 {
	bytes, err := resident(d.run.Process.Pid, part)
	if err != nil {
		return 0
	}
	return bytes
}

// signedInOnce leaves a home whose rep signed in to an org that is out of reach since. It
// gives the settings for that org.
func signedInOnce(ctx context.Context, program, home string) ([]string, error) {
	o, err := startOrg()
	if err != nil {
		return nil, err
	}
	defer o.server.Close()
	d, err := startDaemon(ctx, program, home, o.settings()...)
	if err != nil {
		return nil, err
	}
	return o.settings(), errors.Join(d.signIn(ctx), d.stop())
}

// recipientOf is to whom a home's outbox is sealed.
func recipientOf(home string) (age.Recipient, error) {
	data, err := os.ReadFile(filepath.Join(home, "outbox.identity"))
	if err != nil {
		return nil, err
	}
	var stored struct{ Recipient string }
	if err := json.Unmarshal(data, &stored); err != nil {
		return nil, err
	}
	return age.ParseX25519Recipient(stored.Recipient)
}

func touch(path string, recipient age.Recipient) error {
	store, err := outbox.Open(path, outbox.Options{Recipients: []age.Recipient{recipient}, Now: time.Now})
	if err != nil {
		return err
	}
	return store.Close()
}

func fill(ctx context.Context, path string, recipient age.Recipient, n int) error {
	store, err := outbox.Open(path, outbox.Options{Recipients: []age.Recipient{recipient}, Now: time.Now})
	if err != nil {
		return err
	}
	return errors.Join(crowd(ctx, store, n), store.Close())
}

func crowd(ctx context.Context, store *outbox.Store, n int) error {
	all := &shares{}
	for left := n; left > 0; left -= 500 {
		if _, err := store.Add(ctx, all.drafts(min(left, 500))); err != nil {
			return err
		}
	}
	return nil
}

// claimed lets two workers claim and settle n items, as the drain does, with no network
// between.
func claimed(ctx context.Context, r *Report, folder string, n int) error {
	store, _, err := newStore(folder)
	if err != nil {
		return err
	}
	if err := crowd(ctx, store, n); err != nil {
		return errors.Join(err, store.Close())
	}
	var group sync.WaitGroup
	errs := make([]error, callers)
	began := time.Now()
	for i := range callers {
		group.Go(func() { errs[i] = settleAll(store) })
	}
	group.Wait()
	r.AtLeast("claim + settle, 200 a time", float64(n)/time.Since(began).Seconds(), "/s", 100_000)
	return errors.Join(append(errs, store.Close())...)
}

func settleAll(store *outbox.Store) error {
	for {
		work, _, err := store.Claim(callRows, "key")
		if err != nil || len(work) == 0 {
			return err
		}
		outcomes := make([]outbox.Outcome, len(work))
		for i := range work {
			outcomes[i] = outbox.Outcome{
				ID: work[i].ID, To: outbox.Delivered, Answered: true, Record: &outbox.Record{ID: "00T000000000001AAA", Object: "Task"},
			}
		}
		if err := store.Settle(outcomes); err != nil {
			return err
		}
	}
}
