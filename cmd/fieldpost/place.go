package main

import (
	"github.com/spf13/cobra"

	"fieldpost/daemon/config"
)

// configPlacePolicy is for an administrator and for the msi, which hands its
// properties over, empty ones too.
func (p *program) configPlacePolicy() *cobra.Command {
	var from, loginURL, clientID string
	c := p.command("place-policy", func(*cobra.Command, []string) error {
		paths, err := config.Locate(p.home)
		if err != nil {
			return err
		}
		typed := map[string]string{}
		for key, value := range map[string]string{"salesforce.login_url": loginURL, "salesforce.client_id": clientID} {
			if value != "" {
				typed[key] = value
			}
		}
		if from == "" && len(typed) == 0 {
			return wrong("cli_policy_empty")
		}
		if err := config.PlacePolicy(paths, from, typed); err != nil {
			return err
		}
		p.say("cli.config.place_policy.done", "file", paths.SystemPolicy)
		return nil
	})
	c.Flags().StringVar(&from, "from", "", p.words.Text("cli.flag.from_policy"))
	c.Flags().StringVar(&loginURL, "login-url", "", p.words.Text("cli.flag.login_url"))
	c.Flags().StringVar(&clientID, "client-id", "", p.words.Text("cli.flag.client_id"))
	return p.described(c, "config.place_policy", "config place-policy --from policy.toml")
}
