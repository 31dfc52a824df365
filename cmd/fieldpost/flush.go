package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
)

// outboxFlush sends now and waits until nothing waits any more.
func (p *program) outboxFlush() *cobra.Command {
	var timeout time.Duration
	c := p.command("flush", func(c *cobra.Command, _ []string) error {
		if timeout <= 0 {
			return wrong("cli_timeout")
		}
		return p.withDaemon(c.Context(), func(d *client.Client) error {
			ctx, cancel := context.WithTimeout(c.Context(), timeout)
			defer cancel()
			err := p.flush(ctx, d)
			if c.Context().Err() != nil {
				return c.Context().Err() // a person stopped waiting
			}
			return err
		})
	})
	c.Flags().DurationVar(&timeout, "timeout", 2*time.Minute, p.words.Text("cli.flag.timeout"))
	hideDefault(c, "timeout")
	return p.described(c, "outbox.flush", "outbox flush --timeout 30s")
}

// flushPoll is how often a flush looks; what is under way is told by events too,
// but a look is simpler and a flush is short.
const flushPoll = 200 * time.Millisecond

func (p *program) flush(ctx context.Context, d *client.Client) error {
	if err := d.Sync(ctx); err != nil {
		return err
	}
	bar, before := p.progress(), -1
	defer bar.end()
	for {
		status, err := d.Status(ctx)
		if err != nil {
			if ctx.Err() == nil {
				return err
			}
			return failed("flush_late")
		}
		if status.Outbox.Waiting+status.Outbox.Sending == 0 {
			bar.end()
			return p.flushed(status)
		}
		rest := status.Outbox.Waiting + status.Outbox.Sending
		if before < 0 {
			before = status.Outbox.Delivered
		}
		bar.show(p.words.Text("cli.outbox.flushing"), status.Outbox.Delivered-before, status.Outbox.Delivered-before+rest)
		if err := standstill(status); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return late(status)
		case <-time.After(flushPoll):
		}
	}
}

// standstill ends a flush that no waiting would help: nobody is signed in, or the
// account may do nothing until somebody acts. Asking for a flush takes the time of
// the next attempt away, so a problem with one was met since.
func standstill(status apitype.Status) error {
	waiting := strconv.Itoa(status.Outbox.Waiting)
	if status.Account.State == apitype.SignedOut {
		return &sentence{exitSignIn, "flush_signed_out", map[string]string{"n": waiting}}
	}
	problem, fresh := status.Connection.Problem, status.Connection.NextAttemptAt != nil
	if problem == nil || !fresh || !stopped(status.Account.State) {
		return nil
	}
	return &codeError{codeOfStandstill(status), asError(problem)}
}

// stopped reports that nothing is sent until somebody acts.
func stopped(state apitype.AccountState) bool {
	return state == apitype.NeedsSignIn || state == apitype.Blocked
}

// codeOfStandstill: what needs no sign-in is a failure, a locked keychain too.
func codeOfStandstill(status apitype.Status) int {
	if status.Account.State == apitype.NeedsSignIn && !ofKeychain(status.Connection.Problem) {
		return exitSignIn
	}
	return exitFailed
}

func ofKeychain(problem *apitype.Problem) bool {
	return strings.HasPrefix(problem.Code, "keychain_")
}

// asError tells a problem as the reason of a failure.
func asError(problem *apitype.Problem) error {
	return &apitype.Error{Code: problem.Code, Title: problem.Title, Detail: problem.Detail, Remedy: problem.Remedy, Who: problem.Who}
}

// late tells how many still wait, and why where that is known.
func late(status apitype.Status) error {
	waiting := map[string]string{"n": strconv.Itoa(status.Outbox.Waiting + status.Outbox.Sending)}
	problem := status.Connection.Problem
	if problem == nil {
		return &sentence{exitFailed, "flush_waiting", waiting}
	}
	waiting["why"], waiting["remedy"] = problem.Title, problem.Remedy
	return &sentence{exitFailed, "flush_waiting_because", waiting}
}

// flushed says what is true: that all is in Salesforce, or that nothing waits any
// more although some need a person.
func (p *program) flushed(status apitype.Status) error {
	o := status.Outbox
	if p.json {
		return p.printJSON(o)
	}
	if o.NeedsAttention+o.Held == 0 {
		p.say("cli.flush.done")
		return nil
	}
	p.say("cli.flush.nothing_waits")
	for _, left := range []struct {
		key string
		n   int
	}{{"cli.flush.attention", o.NeedsAttention}, {"cli.flush.held", o.Held}} {
		if left.n > 0 {
			p.say(left.key, "n", left.n)
		}
	}
	return nil
}
