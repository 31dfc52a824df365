package netwatch

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// groups are the kernel's announcements that concern a way out.
const groups = unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR | unix.RTMGRP_IPV4_ROUTE | unix.RTMGRP_IPV6_ROUTE

// listenNetwork hears what the kernel announces over netlink.
func listenNetwork(ctx context.Context, bell *bell) error {
	socket, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	file := os.NewFile(uintptr(socket), "netlink")
	defer file.Close()
	defer context.AfterFunc(ctx, func() { _ = file.Close() })()
	if err := unix.Bind(socket, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	bell.ring() // what changed before is not announced
	links, heard := running{}, make([]byte, 64<<10)
	for {
		n, err := file.Read(heard)
		if errors.Is(err, unix.ENOBUFS) { // announcements were dropped
			bell.lose()
			continue
		}
		if err != nil {
			return err
		}
		messages, err := syscall.ParseNetlinkMessage(heard[:n])
		if err != nil {
			bell.lose()
			continue
		}
		for _, m := range messages {
			if links.loses(m) {
				bell.lose()
			} else {
				bell.ring()
			}
		}
	}
}

// running holds which links ran when the kernel spoke of them last. It speaks of a link
// again and again, whether or not it stopped.
type running map[int32]bool

// loses tells whether a message says that a link, an address or a default route is gone.
func (r running) loses(m syscall.NetlinkMessage) bool {
	switch m.Header.Type {
	case unix.RTM_DELADDR, unix.RTM_DELLINK:
		return true
	case unix.RTM_DELROUTE:
		return len(m.Data) >= unix.SizeofRtMsg && m.Data[1] == 0 // to everywhere: Dst_len is 0
	case unix.RTM_NEWLINK:
		if len(m.Data) < unix.SizeofIfInfomsg {
			return false
		}
		index := int32(binary.NativeEndian.Uint32(m.Data[unsafe.Offsetof(unix.IfInfomsg{}.Index):]))
		runs := binary.NativeEndian.Uint32(m.Data[unsafe.Offsetof(unix.IfInfomsg{}.Flags):])&unix.IFF_RUNNING != 0
		ran, known := r[index]
		r[index] = runs
		return !runs && (ran || !known)
	}
	return false
}

// listenSleep hears of wake-ups by a timer that the kernel cancels when the wall clock
// leaps against the running one, as it does at the end of a sleep. It never runs out.
func listenSleep(ctx context.Context, bell *bell) error {
	timer, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return os.NewSyscallError("timerfd_create", err)
	}
	file := os.NewFile(uintptr(timer), "timerfd")
	defer file.Close()
	defer context.AfterFunc(ctx, func() { _ = file.Close() })()
	never := &unix.ItimerSpec{Value: unix.Timespec{Sec: 1<<33 - 1}} // the year 2242
	for buffer := make([]byte, 8); ; {
		if err := unix.TimerfdSettime(timer, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, never, nil); err != nil {
			return os.NewSyscallError("timerfd_settime", err)
		}
		if _, err := file.Read(buffer); !errors.Is(err, unix.ECANCELED) {
			return err
		}
		bell.wake()
	}
}
