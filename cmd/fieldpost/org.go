package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/localapi/client"
	"fieldpost/daemon/orgbundle"
)

func (p *program) org() *cobra.Command {
	return p.group("org", p.orgShow(), p.orgRefresh(), p.orgBundle())
}

func (p *program) orgRefresh() *cobra.Command {
	return p.described(p.command("refresh", func(c *cobra.Command, _ []string) error {
		return p.withDaemon(c.Context(), func(d *client.Client) error {
			stop := p.showLoading(c.Context(), d)
			read, err := d.Refresh(c.Context())
			stop()
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(read)
			}
			p.say("cli.org.refreshed", "people", read.People, "records", read.Records)
			return nil
		})
	}), "org.refresh", "org refresh")
}

// loadingRound is how often a load that somebody waits for is looked at.
const loadingRound = 500 * time.Millisecond

// showLoading tells on a terminal, beside the result, how far a first load is until stop is
// called.
func (p *program) showLoading(ctx context.Context, d *client.Client) (stop func()) {
	if !isTerminal(p.errOut) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		round := time.NewTicker(loadingRound)
		defer round.Stop()
		bar := p.progress()
		defer bar.end()
		for {
			select {
			case <-ctx.Done():
				return
			case <-round.C:
			}
			status, err := d.Status(ctx)
			if err != nil || status.Directory.Loading == nil {
				continue
			}
			l := status.Directory.Loading
			bar.show(l.Label, l.Done, l.Total)
		}
	}()
	return func() { cancel(); <-done }
}

// orgShow prints what is known of the org and how old it is.
func (p *program) orgShow() *cobra.Command {
	return p.described(p.command("show", func(c *cobra.Command, _ []string) error {
		return p.atDesk(c.Context(), func(d desk) error {
			org, err := d.Org(c.Context())
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(org)
			}
			if org.ReadAt == nil {
				p.say("cli.org.unknown")
				return nil
			}
			return p.orgFacts(&org)
		})
	}), "org.show", "org show")
}

func (p *program) orgFacts(org *apitype.Org) error {
	shared := p.words.Text("cli.no")
	if org.SharedActivities {
		shared = p.words.Text("cli.yes")
	}
	var rows [][]string
	for _, row := range []struct{ key, value string }{
		{"read", moment(*org.ReadAt)},
		{"looked", moment(*org.LookedAt)},
		{"edition", org.Edition},
		{"zone", org.TimeZone},
		{"key", cmp.Or(org.KeyField, "–")},
		{"shared", shared},
		{"closed", org.ClosedStatus},
		{"task_types", values(org.TaskTypes)},
		{"event_types", values(org.EventTypes)},
		{"related", values(org.RelatedTo)},
		{"access", p.words.Text("cli.org.access." + org.Access.State)},
		{"groups", strings.Join(slices.Concat(org.Access.Groups, org.Access.PermissionSets, org.Access.Permissions), ", ")},
	} {
		rows = append(rows, []string{p.words.Text("cli.org.row." + row.key), cmp.Or(row.value, "–")})
	}
	return p.table(rows)
}

func values(list []apitype.Value) string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.Value
	}
	return strings.Join(names, ", ")
}

// orgBundle writes the org's side for an administrator to deploy.
func (p *program) orgBundle() *cobra.Command {
	var out string
	var withCORS bool
	c := p.command("bundle", func(c *cobra.Command, _ []string) error {
		if out == "" {
			return wrong("cli_bundle_out")
		}
		settings, err := p.load()
		if err != nil {
			return err
		}
		var org apitype.Org
		if err := p.atDesk(c.Context(), func(d desk) (err error) {
			org, err = d.Org(c.Context())
			return err
		}); err != nil {
			return err
		}
		files, err := orgbundle.Make(bundleInput(settings, &org, withCORS, p.words.Lang()))
		if err == nil {
			err = orgbundle.Write(out, files)
		}
		if err != nil {
			return bundleError(err)
		}
		return p.bundled(out, files, org.ReadAt != nil)
	})
	c.Flags().StringVar(&out, "out", "", p.words.Text("cli.flag.out"))
	c.Flags().BoolVar(&withCORS, "with-cors", false, p.words.Text("cli.flag.with_cors"))
	return p.described(c, "org.bundle", "org bundle --out fieldpost-org")
}

func bundleInput(settings *config.Config, org *apitype.Org, withCORS bool, language string) orgbundle.Input {
	s := settings.Settings()
	in := orgbundle.Input{
		KeyField: s.Salesforce.KeyField, RedirectPorts: s.Salesforce.RedirectPorts, LoginURL: s.Salesforce.LoginURL,
		Origins: s.Web.AllowedOrigins, WithCORS: withCORS, FactsKnown: org.ReadAt != nil,
		APIVersion: s.Salesforce.APIVersion, Language: language,
	}
	for _, v := range org.TaskTypes {
		in.TaskTypes = append(in.TaskTypes, orgbundle.TypeValue(v))
	}
	for _, wanted := range s.Share.Types {
		if len(wanted) > 0 {
			in.WantedTypes = append(in.WantedTypes, wanted[0])
		}
	}
	slices.Sort(in.WantedTypes)
	in.WantedTypes = slices.Compact(in.WantedTypes)
	return in
}

// bundleError gives what keeps the bundle from being made its sentence.
func bundleError(err error) error {
	var there *orgbundle.ExistsError
	var input *orgbundle.InputError
	switch {
	case errors.As(err, &there):
		return failed("bundle_exists", "folder", there.Path)
	case errors.As(err, &input):
		return failed("bundle_input", "value", input.Value)
	}
	return failed("bundle_unwritable", "message", reason(err))
}

// bundled tells what was written.
func (p *program) bundled(out string, files []orgbundle.File, factsKnown bool) error {
	if p.json {
		names := make([]string, len(files))
		for i, f := range files {
			names[i] = f.Name
		}
		return p.printJSON(map[string]any{"folder": out, "files": names, "facts_known": factsKnown})
	}
	p.say("cli.org.bundled", "folder", out, "n", len(files))
	if !factsKnown {
		p.hint("cli.org.bundled.blind")
	}
	return nil
}
