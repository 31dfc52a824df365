package machine

import (
	"context"
	"net"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// Listen listens in the machine's own network, until the machine goes down.
func (m *Machine) Listen(t *testing.T, address string) net.Listener {
	t.Helper()
	var listener net.Listener
	err := m.within(func() (err error) {
		listener, err = net.Listen("tcp", address)
		return err
	})
	must(t, err)
	return listener
}

// Dial connects from within the machine; it fits http.Transport.DialContext.
func (m *Machine) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	var conn net.Conn
	err := m.within(func() (err error) {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
		return err
	})
	return conn, err
}

// within runs do on a thread that is in the machine's network. The thread ends with it
// where it cannot be brought back.
func (m *Machine) within(do func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		own, err := os.Open("/proc/thread-self/ns/net")
		if err != nil {
			done <- err
			return
		}
		defer own.Close()
		theirs, err := os.Open("/proc/" + m.init + "/ns/net")
		if err != nil {
			done <- err
			return
		}
		defer theirs.Close()
		if err := unix.Setns(int(theirs.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- err
			return
		}
		done <- do()
		if unix.Setns(int(own.Fd()), unix.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		}
	}()
	return <-done
}
