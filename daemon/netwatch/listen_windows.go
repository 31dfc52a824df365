package netwatch

import (
	"context"
	"errors"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// listenNetwork hears what the IP helper tells. It calls back on threads of its own; a
// callback is never given back to Go, so that a program is to listen only once.
func listenNetwork(ctx context.Context, bell *bell) (err error) {
	callback := windows.NewCallback(func(_, _ uintptr, kind uint32) uintptr {
		if kind == windows.MibDeleteInstance {
			bell.lose()
		} else {
			bell.ring()
		}
		return 0
	})
	for _, notify := range []func(uint16, uintptr, unsafe.Pointer, bool, *windows.Handle) error{
		windows.NotifyIpInterfaceChange, windows.NotifyUnicastIpAddressChange,
	} {
		var handle windows.Handle
		if failed := notify(windows.AF_UNSPEC, callback, nil, false, &handle); failed != nil {
			return os.NewSyscallError("NotifyIpInterfaceChange", failed)
		}
		defer func() { err = errors.Join(err, windows.CancelMibChangeNotify2(handle)) }()
	}
	bell.ring() // what changed before is not told
	<-ctx.Done()
	return nil
}

const (
	deviceNotifyCallback  = 2
	pbtAPMResumeAutomatic = 0x12 // of any wake-up, whoever caused it
)

// listenSleep hears of wake-ups from the power manager.
func listenSleep(ctx context.Context, bell *bell) error {
	power := windows.NewLazySystemDLL("powrprof.dll")
	register := power.NewProc("PowerRegisterSuspendResumeNotification")
	if err := register.Find(); err != nil { // before Windows 8
		return err
	}
	subscription := struct{ callback, context uintptr }{callback: windows.NewCallback(func(_ uintptr, kind uint32, _ uintptr) uintptr {
		if kind == pbtAPMResumeAutomatic {
			bell.wake()
		}
		return 0
	})}
	var handle windows.Handle
	code, _, _ := register.Call(deviceNotifyCallback, uintptr(unsafe.Pointer(&subscription)), uintptr(unsafe.Pointer(&handle)))
	if code != 0 {
		return os.NewSyscallError("PowerRegisterSuspendResumeNotification", windows.Errno(code))
	}
	<-ctx.Done()
	_, _, _ = power.NewProc("PowerUnregisterSuspendResumeNotification").Call(uintptr(handle))
	return nil
}
