package main

import (
	"github.com/spf13/cobra"
)

// completion prints the script that completes commands in a shell.
func (p *program) completion() *cobra.Command {
	shells := []struct {
		name, example string
		generate      func(root *cobra.Command, described bool) error
	}{
		{"bash", "source <(fieldpost completion bash)", p.completeBash},
		{"zsh", `fieldpost completion zsh > "${fpath[1]}/_fieldpost"`, p.completeZsh},
		{"fish", "fieldpost completion fish | source", p.completeFish},
		{"powershell", "fieldpost completion powershell | Out-String | Invoke-Expression", p.completePowerShell},
	}
	group := p.group("completion")
	group.Example = "  " + shells[0].example
	for _, shell := range shells {
		var plain bool
		c := p.command(shell.name, func(c *cobra.Command, _ []string) error { return shell.generate(c.Root(), !plain) })
		c.Flags().BoolVar(&plain, "no-descriptions", false, p.words.Text("cli.flag.no_descriptions"))
		c.Short = p.words.Text("cli.completion.shell", "shell", shell.name)
		c.Example = "  " + shell.example
		group.AddCommand(c)
	}
	return group
}

func (p *program) completeBash(root *cobra.Command, described bool) error {
	return root.GenBashCompletionV2(p.out, described)
}

func (p *program) completeZsh(root *cobra.Command, described bool) error {
	if described {
		return root.GenZshCompletion(p.out)
	}
	return root.GenZshCompletionNoDesc(p.out)
}

func (p *program) completeFish(root *cobra.Command, described bool) error {
	return root.GenFishCompletion(p.out, described)
}

func (p *program) completePowerShell(root *cobra.Command, described bool) error {
	if described {
		return root.GenPowerShellCompletionWithDesc(p.out)
	}
	return root.GenPowerShellCompletion(p.out)
}

// help is cobra's, told by the words.
func (p *program) help() *cobra.Command {
	var manual bool
	c := p.command("help", func(c *cobra.Command, args []string) error {
		about, rest, err := c.Root().Find(args)
		if err != nil {
			return err
		}
		if len(rest) > 0 {
			return unknownCommand(about, rest[0])
		}
		if manual {
			return p.manual(p.out, about)
		}
		return about.Help()
	})
	c.Flags().BoolVar(&manual, "man", false, p.words.Text("cli.flag.man"))
	c.Use += " [" + p.words.Text("cli.arg.command") + "]"
	c.Args = cobra.ArbitraryArgs
	return p.described(c, "help", "help capture share")
}
