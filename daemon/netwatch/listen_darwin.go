package netwatch

import (
	"context"
	"encoding/binary"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// listenNetwork hears what the kernel announces over a routing socket.
func listenNetwork(ctx context.Context, bell *bell) error {
	socket, err := unix.Socket(unix.AF_ROUTE, unix.SOCK_RAW, unix.AF_UNSPEC)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	unix.CloseOnExec(socket)
	if err := unix.SetNonblock(socket, true); err != nil {
		return errors.Join(os.NewSyscallError("fcntl", err), unix.Close(socket))
	}
	file := os.NewFile(uintptr(socket), "route")
	defer file.Close()
	defer context.AfterFunc(ctx, func() { _ = file.Close() })()
	bell.ring() // what changed before is not announced
	for heard := make([]byte, 64<<10); ; {
		n, err := file.Read(heard)
		if errors.Is(err, unix.ENOBUFS) { // announcements were dropped
			bell.lose()
			continue
		}
		if err != nil {
			return err
		}
		announced(heard[:n], bell)
	}
}

// announced reads the messages that came at once. Each begins with its length (two
// bytes), a version and its type.
func announced(messages []byte, bell *bell) {
	for len(messages) >= 4 {
		switch messages[3] {
		case unix.RTM_DELADDR:
			bell.lose()
		case unix.RTM_NEWADDR, unix.RTM_IFINFO, unix.RTM_ADD, unix.RTM_DELETE, unix.RTM_CHANGE:
			bell.ring()
		}
		length := int(binary.NativeEndian.Uint16(messages))
		if length < 4 || length > len(messages) {
			return
		}
		messages = messages[length:]
	}
}

// listenSleep: macOS tells of wake-ups only through IOKit, which takes C.
func listenSleep(context.Context, *bell) error { return errors.ErrUnsupported }
