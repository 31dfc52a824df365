package bench

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"fieldpost/sfclient/sandbox"
)

// salesforce is the sandbox at a port of its own, which can go away and be far.
type salesforce struct {
	*sandbox.Sandbox
	address string
	server  *http.Server
	far     atomic.Int64 // what each call takes longer, as time.Duration
}

func newSalesforce() (*salesforce, error) {
	s := &salesforce{Sandbox: sandbox.New(sandbox.Config{}), address: "127.0.0.1:0"}
	return s, s.comeBack()
}

func (s *salesforce) comeBack() error {
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		return err
	}
	s.address = listener.Addr().String()
	s.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(s.far.Load()))
		s.ServeHTTP(w, r)
	})}
	go func() { _ = s.server.Serve(listener) }()
	return nil
}

func (s *salesforce) goAway() error { return s.server.Close() }

// settings let a daemon sign in here.
func (s *salesforce) settings() []string {
	return []string{"FIELDPOST_SALESFORCE_LOGIN_URL=http://" + s.address, "FIELDPOST_SALESFORCE_CLIENT_ID=bench"}
}

// signIn signs in by the real flow, the rep's browser being an HTTP client.
func (p *process) signIn(ctx context.Context) error {
	c := p.command(ctx, "auth", "login", "--no-browser")
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		return errors.Join(errors.New("auth login printed no address"), c.Wait())
	}
	answer, err := http.Get(lines.Text())
	if err != nil {
		return err
	}
	_ = answer.Body.Close()
	for lines.Scan() {
	}
	return c.Wait()
}
