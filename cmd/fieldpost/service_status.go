package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"fieldpost/installer"
)

// serviceState tells how the system keeps the daemon running, "" where it does not say.
func (p *program) serviceState(ctx context.Context) string {
	service, _, err := p.installer(ctx, nil)
	if err != nil {
		return ""
	}
	status, err := service.Status(ctx)
	if err != nil {
		return ""
	}
	return string(status.State)
}

func (p *program) serviceStatus() *cobra.Command {
	return p.described(p.command("status", func(c *cobra.Command, _ []string) error {
		service, _, err := p.installer(c.Context(), nil)
		if err != nil {
			return err
		}
		status, err := service.Status(c.Context())
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(status)
		}
		for _, line := range p.serviceLines(status) {
			fmt.Fprintln(p.out, line)
		}
		return nil
	}), "service.status", "service status")
}

// serviceLines tells a service's state, how long it has it, how it ended last and when
// it starts next: what the manager does not tell is left out.
func (p *program) serviceLines(s installer.Status) []string {
	lines := []string{p.words.Text("service.state." + string(s.State))}
	if s.State == installer.NotInstalled {
		return lines
	}
	say := func(key string, particulars ...any) { lines = append(lines, p.words.Text(key, particulars...)) }
	if !s.Since.IsZero() {
		say("service.since", "time", moment(s.Since))
	}
	if s.Restarts > 0 {
		say("service.restarts", "n", s.Restarts)
	}
	if s.LastExit != nil {
		lines = append(lines, p.lastExit(*s.LastExit))
	}
	switch {
	case !s.NextStart.IsZero():
		say("service.next.at", "time", moment(s.NextStart))
	case s.State == installer.CrashLooping:
		say("service.next.soon")
	case s.AtLogin:
		say("service.at_login.yes")
	default:
		say("service.at_login.no")
	}
	say("service.file", "file", clean(s.File))
	if s.Outdated {
		say("service.outdated")
	}
	return lines
}

func (p *program) lastExit(e installer.Exit) string {
	name, particulars := "code", []any{"code", e.Code}
	if e.Signal != "" {
		name, particulars = "signal", []any{"signal", e.Signal}
	}
	if e.At.IsZero() {
		return p.words.Text("service.last_exit."+name, particulars...)
	}
	return p.words.Text("service.last_exit."+name+"_at", append(particulars, "time", moment(e.At))...)
}
