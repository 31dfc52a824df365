package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fieldpost/daemon/config"
	"fieldpost/daemon/localapi/client"
)

func (p *program) config() *cobra.Command {
	return p.group("config", p.configList(), p.configGet(), p.configSet(), p.configUnset(), p.configExplain(), p.configPlacePolicy())
}

func (p *program) configList() *cobra.Command {
	return p.described(p.command("list", func(*cobra.Command, []string) error {
		settings, err := p.loadShown()
		if err != nil {
			return err
		}
		items := settings.List(p.words, nil)
		if p.json {
			return p.printJSON(map[string]any{"items": items})
		}
		rows := make([][]string, len(items))
		for i, item := range items {
			rows[i] = []string{item.Key, config.Text(item.Value), p.origin(item)}
		}
		return p.table(rows)
	}), "config.list", "config list")
}

// loadShown is load for commands that show settings: they also tell that the company's
// policy is broken, for what they show is then not what the company meant.
func (p *program) loadShown() (*config.Config, error) {
	settings, err := p.load()
	if err != nil {
		return nil, err
	}
	if problem := settings.Policy().Problem; problem != nil {
		told := problem.Explain(p.words)
		for _, line := range []string{told.Title, told.Detail, told.Remedy} {
			fmt.Fprintln(p.errOut, line)
		}
	}
	return settings, nil
}

func (p *program) origin(item config.Item) string {
	told := p.words.Text("cli.config.source." + string(item.Source))
	if item.Locked {
		told += ", " + p.words.Text("cli.config.locked")
	}
	return told
}

func (p *program) configGet() *cobra.Command {
	c := p.command("get", func(_ *cobra.Command, args []string) error {
		settings, err := p.loadShown()
		if err != nil {
			return err
		}
		item, err := settings.Get(p.words, args[0], nil)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(item)
		}
		fmt.Fprintln(p.out, config.Text(item.Value))
		return nil
	}, "key")
	c.Args = exactly(1)
	return p.described(c, "config.get", "config get related_to.objects")
}

func (p *program) configSet() *cobra.Command {
	c := p.command("set", func(c *cobra.Command, args []string) error {
		settings, err := p.load()
		if err != nil {
			return err
		}
		changes, err := settings.Parse(map[string]string{args[0]: args[1]})
		if err != nil {
			return err
		}
		source, err := p.change(c.Context(), settings, args[0], changes)
		if err != nil {
			return err
		}
		p.hintOverridden(args[0], source)
		return nil
	}, "key", "value")
	c.Args = exactly(2)
	return p.described(c, "config.set", "config set related_to.objects Account,Opportunity,Visit__c")
}

func (p *program) configUnset() *cobra.Command {
	c := p.command("unset", func(c *cobra.Command, args []string) error {
		settings, err := p.load()
		if err != nil {
			return err
		}
		_, err = p.change(c.Context(), settings, args[0], map[string]any{args[0]: nil})
		return err
	}, "key")
	c.Args = exactly(1)
	return p.described(c, "config.unset", "config unset log.level")
}

// change goes through the running daemon, so that it counts at once; without one
// it is written to the file. It gives the layer whose value then counts.
func (p *program) change(ctx context.Context, settings *config.Config, key string, changes map[string]any) (config.Source, error) {
	running, err := p.client(ctx, settings)
	if errors.Is(err, client.ErrNotRunning) {
		err := settings.Set(changes)
		return settings.SourceOf(key), err
	}
	if err != nil {
		return "", err
	}
	now, err := running.ChangeSettings(ctx, changes)
	for _, setting := range now {
		if setting.Key == key {
			return config.Source(setting.Source), err
		}
	}
	return "", err
}

// hintOverridden says that what was set does not count, because a stronger layer
// says something else.
func (p *program) hintOverridden(key string, source config.Source) {
	switch source {
	case config.FromEnv:
		p.hint("cli.config.overridden.env", "key", key, "name", config.EnvName(key))
	case config.FromPolicy:
		p.hint("cli.config.overridden.policy", "key", key)
	}
}

func (p *program) configExplain() *cobra.Command {
	c := p.command("explain", func(_ *cobra.Command, args []string) error {
		settings, err := p.loadShown()
		if err != nil {
			return err
		}
		told, err := settings.Explain(p.words, args[0], nil)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(told)
		}
		fmt.Fprintf(p.out, "%s = %s (%s)\n%s\n", told.Key, config.Text(told.Value), p.origin(told.Item), told.Help)
		rows := make([][]string, len(told.Layers))
		for i, layer := range told.Layers {
			rows[i] = []string{"  " + p.words.Text("cli.config.source."+string(layer.Source)), config.Text(layer.Value), layer.Where}
		}
		return p.table(rows)
	}, "key")
	c.Args = exactly(1)
	return p.described(c, "config.explain", "config explain contacts.scope")
}
