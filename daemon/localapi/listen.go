package localapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
)

const (
	// nextPorts is how many ports after a taken one are tried before any port.
	nextPorts = 9
	// maxConnections is how many callers are served at a time, over all sockets.
	maxConnections = 512
)

// Sockets are bound to one port of this machine's loopback addresses.
type Sockets struct {
	Port      int
	listeners []net.Listener
}

// URL is where the port is reached.
func (s *Sockets) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", s.Port) }

// Close stops listening, where nothing serves yet.
func (s *Sockets) Close() error {
	var problems []error
	for _, listener := range s.listeners {
		problems = append(problems, listener.Close())
	}
	return errors.Join(problems...)
}

// Listen binds the port of an address on loopback ("127.0.0.1:7411"), on both
// address families where the machine has both, so that no other program can take
// the one that "localhost" leads to. A port that is taken makes way for the next
// free of the nine after it, then for any.
func Listen(ctx context.Context, address string) (*Sockets, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("localapi: %q is no address to listen on: %w", address, err)
	}
	port, err := strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 || !isLoopback(host) {
		return nil, fmt.Errorf("localapi: %q is not a port of a loopback address", address)
	}
	for try := port; try <= min(port+nextPorts, 65535) && port != 0; try++ {
		if sockets, err := bind(ctx, try); err == nil {
			return sockets, nil
		}
	}
	var last error
	for range nextPorts { // the free port of one family may be taken in the other
		sockets, err := bind(ctx, 0)
		if err == nil {
			return sockets, nil
		}
		last = err
	}
	return nil, fmt.Errorf("localapi: no port to listen on: %w", last)
}

// bind takes one port on each loopback address. A machine without IPv6 does
// without; a port that somebody else has there is not ours.
func bind(ctx context.Context, port int) (*Sockets, error) {
	var config net.ListenConfig
	four, err := config.Listen(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, err
	}
	port = four.Addr().(*net.TCPAddr).Port
	slots := make(chan struct{}, maxConnections)
	sockets := &Sockets{Port: port, listeners: []net.Listener{&limited{Listener: four, slots: slots}}}
	six, err := config.Listen(ctx, "tcp6", fmt.Sprintf("[::1]:%d", port))
	switch {
	case err == nil:
		sockets.listeners = append(sockets.listeners, &limited{Listener: six, slots: slots})
	case isTaken(err):
		return nil, errors.Join(err, four.Close())
	}
	return sockets, nil
}

// limited hands out a connection only while there is a slot for it.
type limited struct {
	net.Listener
	slots chan struct{}
}

func (l *limited) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.slots <- struct{}{}:
			return &slotted{Conn: conn, release: sync.OnceFunc(func() { <-l.slots })}, nil
		default:
			_ = conn.Close() // one too many
		}
	}
}

type slotted struct {
	net.Conn
	release func()
}

func (c *slotted) Close() error {
	defer c.release()
	return c.Conn.Close()
}
