package main

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/cli/browser"
	"github.com/spf13/cobra"

	"fieldpost/daemon/localapi/client"
	"fieldpost/sfclient/sandbox"
)

func (p *program) version() *cobra.Command {
	return p.described(p.command("version", func(*cobra.Command, []string) error {
		if p.json {
			return p.printJSON(map[string]string{"version": version})
		}
		fmt.Fprintln(p.out, "fieldpost", version)
		return nil
	}), "version", "version")
}

func (p *program) doctor() *cobra.Command {
	return p.described(p.command("doctor", func(c *cobra.Command, _ []string) error {
		return p.withDaemon(c.Context(), func(d *client.Client) error {
			checks, err := d.Doctor(c.Context())
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(map[string]any{"items": checks})
			}
			for _, check := range checks {
				fmt.Fprintf(p.out, "%-8s %s\n", p.words.Text("cli.doctor."+check.Result), check.Title)
				for _, line := range []string{check.Detail, check.Remedy} {
					if line != "" && check.Result != "ok" {
						fmt.Fprintln(p.out, "         "+line)
					}
				}
			}
			return nil
		})
	}), "doctor", "doctor")
}

func (p *program) open() *cobra.Command {
	var printOnly bool
	c := p.command("open", func(c *cobra.Command, _ []string) error {
		return p.withDaemon(c.Context(), func(d *client.Client) error {
			link, err := d.SessionLink(c.Context())
			if err != nil {
				return err
			}
			if p.json {
				return p.printJSON(link)
			}
			if printOnly {
				fmt.Fprintln(p.out, link.URL)
				return nil
			}
			if err := browser.OpenURL(link.URL); err != nil {
				p.hint("cli.auth.open_by_hand", "url", link.URL)
			}
			return nil
		})
	})
	c.Flags().BoolVar(&printOnly, "print", false, p.words.Text("cli.flag.print"))
	return p.described(c, "open", "open")
}

func (p *program) org() *cobra.Command {
	refresh := p.described(p.command("refresh", func(c *cobra.Command, _ []string) error {
		return p.withDaemon(c.Context(), func(d *client.Client) error { return d.Sync(c.Context()) })
	}), "org.refresh", "org refresh")
	return p.group("org", refresh)
}

func (p *program) sandbox() *cobra.Command {
	var address string
	c := p.command("sandbox", func(c *cobra.Command, _ []string) error {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		org := sandbox.New(sandbox.Config{})
		server := &http.Server{Handler: org, ReadHeaderTimeout: 10 * time.Second}
		go func() {
			<-c.Context().Done()
			_ = server.Close() // it serves a trial org: nothing is lost
		}()
		fmt.Fprintf(p.out, "http://%s\n", listener.Addr())
		p.hint("cli.sandbox.ready", "username", org.Rep().Username)
		if err := server.Serve(listener); err != http.ErrServerClosed {
			return err
		}
		return nil
	})
	c.Flags().StringVar(&address, "listen", "127.0.0.1:7420", p.words.Text("cli.flag.listen"))
	return p.described(c, "sandbox", "sandbox --listen 127.0.0.1:7420")
}
