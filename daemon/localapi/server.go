package localapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of CONTRACT section 4 and reliability.md section 5.
const (
	headerTime = 5 * time.Second
	idleTime   = 30 * time.Second
	maxHeader  = 16 << 10
)

// Server answers on the local port.
type Server struct {
	Parts
	guard    guard
	stopping chan struct{}
}

// New makes a server; Serve starts it.
func New(parts Parts) *Server {
	return &Server{
		Parts:    parts,
		guard:    guard{port: parts.Port, origins: parts.Origins, access: parts.Access},
		stopping: make(chan struct{}),
	}
}

// Serve answers on the sockets until ctx ends, then lets requests in flight finish
// within grace. The sockets are closed when it returns. It is called once.
func (s *Server) Serve(ctx context.Context, sockets *Sockets, grace time.Duration) error {
	server := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: headerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
		// OPTIONS * is not ours to answer.
		DisableGeneralOptionsHandler: true,
	}
	ended := make(chan error, len(sockets.listeners))
	for _, l := range sockets.listeners {
		go func() { ended <- server.Serve(l) }()
	}
	var failed error
	running := len(sockets.listeners)
	select {
	case <-ctx.Done():
	case failed = <-ended:
		running--
	}
	close(s.stopping)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	for range running {
		<-ended
	}
	if errors.Is(failed, http.ErrServerClosed) || errors.Is(failed, net.ErrClosed) {
		failed = nil
	}
	return errors.Join(failed, err)
}
