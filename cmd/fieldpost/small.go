package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

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

// sandboxStarted is what "sandbox --json" prints once it answers.
type sandboxStarted struct {
	URL      string `json:"url"`
	Username string `json:"username"`
}

func (p *program) sandbox() *cobra.Command {
	var address string
	c := p.command("sandbox", func(c *cobra.Command, _ []string) error {
		liveLong()
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return failed("cannot_listen", "address", address, "message", reason(err))
		}
		org := sandbox.New(sandbox.Config{})
		server := &http.Server{Handler: org, ReadHeaderTimeout: 10 * time.Second}
		go func() {
			<-c.Context().Done()
			_ = server.Close() // it serves a trial org: nothing is lost
		}()
		if err := p.announce(sandboxStarted{URL: "http://" + listener.Addr().String(), Username: org.Rep().Username}); err != nil {
			return err
		}
		if err := server.Serve(listener); err != http.ErrServerClosed {
			return err
		}
		return nil
	})
	c.Flags().StringVar(&address, "listen", "127.0.0.1:7420", p.words.Text("cli.flag.listen"))
	hideDefault(c, "listen")
	return p.described(c, "sandbox", "sandbox --listen 127.0.0.1:7420")
}

func (p *program) announce(started sandboxStarted) error {
	if p.json {
		return p.printJSON(started)
	}
	fmt.Fprintln(p.out, started.URL)
	p.hint("cli.sandbox.ready", "username", started.Username)
	return nil
}

// reason is the system's own word for why an address cannot be used.
func reason(err error) string {
	var failed *net.OpError
	if errors.As(err, &failed) && failed.Err != nil {
		err = failed.Err
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call.Err
	}
	return err.Error()
}
