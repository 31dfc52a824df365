package netwatch

import (
	"log/slog"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"fieldpost/installer/machine"
)

// TestTheKernelTellsOfEachChange has a real kernel tell, in a network of its own.
func TestTheKernelTellsOfEachChange(t *testing.T) {
	machine.Alone(t, testEachChangeIsTold)
}

func testEachChangeIsTold(t *testing.T) {
	changed := make(chan struct{}, 100)
	go func() { _ = Watch(t.Context(), slog.Default(), func() { changed <- struct{}{} }) }()
	time.Sleep(settle) // for the socket
	ip := func(arguments string) { machine.IP(t, arguments) }
	ip("link add fp0 type veth peer name fp1")
	if _, err := os.Stat("/proc/sys/net/ipv6"); err == nil { // no addresses by itself, which take their time
		ip("link set fp0 addrgenmode none")
		ip("link set fp1 addrgenmode none")
	}
	ip("link set fp1 up")
	drain(changed)
	steps := []struct{ what, command string }{
		{"the link is up", "link set fp0 up"},
		{"an address", "address add 198.51.100.7/24 dev fp0"},
		{"a default route", "route add default via 198.51.100.1"},
		{"the route is gone", "route del default"},
		{"the address is gone", "address del 198.51.100.7/24 dev fp0"},
		{"the link is down", "link set fp0 down"},
		{"the link is up again", "link set fp0 up"},
		{"the link is gone", "link del fp0"},
	}
	for _, step := range steps {
		began := time.Now()
		ip(step.command)
		select {
		case <-changed:
			t.Logf("%s: told after %v, the command included", step.what, time.Since(began).Round(100*time.Microsecond))
		case <-time.After(calmTick / 2): // half of when it would look by itself
			t.Errorf("%s: not told", step.what)
		}
		drain(changed)
	}
}

// drain waits until nothing was told for a while.
func drain(changed <-chan struct{}) {
	for {
		select {
		case <-changed:
		case <-time.After(2 * settle):
			return
		}
	}
}

// TestTheKernelTellsOfALeapOfTheClock sets the clock to what it shows, which is a leap of
// some microseconds: what the kernel tells at the end of a sleep.
func TestTheKernelTellsOfALeapOfTheClock(t *testing.T) {
	if os.Getenv("FIELDPOST_CLOCK") != "1" {
		t.Skip("SKIPPED: FIELDPOST_CLOCK=1 sets this computer's clock to the time that it shows; it takes root")
	}
	bell := newBell()
	go func() { _ = listenSleep(t.Context(), bell) }()
	time.Sleep(settle) // for the timer
	for range 2 {
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_REALTIME, &now); err != nil {
			t.Fatal(err)
		}
		if err := unix.ClockSettime(unix.CLOCK_REALTIME, &now); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		select {
		case <-bell.rung:
			t.Logf("told after %v", time.Since(began))
		case <-time.After(tick):
			t.Fatal("not told")
		}
		if !bell.woke.Swap(false) {
			t.Error("told of something else")
		}
	}
}

func TestALinkThatNeverRanIsLostOnce(t *testing.T) {
	link := func(index, flags byte) syscall.NetlinkMessage {
		data := make([]byte, unix.SizeofIfInfomsg)
		data[4], data[8] = index, flags
		return syscall.NetlinkMessage{Header: syscall.NlMsghdr{Type: unix.RTM_NEWLINK}, Data: data}
	}
	links := running{}
	for i, c := range []struct {
		message syscall.NetlinkMessage
		loses   bool
	}{
		{link(2, unix.IFF_UP), true},
		{link(2, unix.IFF_UP), false}, // a card that scans in vain
		{link(3, unix.IFF_UP|unix.IFF_RUNNING), false},
		{link(3, unix.IFF_UP|unix.IFF_RUNNING), false},
		{link(3, unix.IFF_UP), true},
		{link(3, 0), false},
		{link(2, unix.IFF_RUNNING), false},
		{syscall.NetlinkMessage{Header: syscall.NlMsghdr{Type: unix.RTM_NEWLINK}}, false},
		{syscall.NetlinkMessage{Header: syscall.NlMsghdr{Type: unix.RTM_DELADDR}}, true},
		{syscall.NetlinkMessage{Header: syscall.NlMsghdr{Type: unix.RTM_NEWADDR}}, false},
		{syscall.NetlinkMessage{Header: syscall.NlMsghdr{Type: unix.RTM_DELROUTE}, Data: make([]byte, unix.SizeofRtMsg)}, true},
		{syscall.NetlinkMessage{Header: syscall.NlMsghdr{Type: unix.RTM_DELROUTE}, Data: []byte{2, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, false},
	} {
		if got := links.loses(c.message); got != c.loses {
			t.Errorf("message %d: lost %v", i, got)
		}
	}
}
