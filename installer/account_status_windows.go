package installer

import (
	"context"
	"errors"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
)

func (s *accountService) status(context.Context) (Status, error) {
	handle, err := s.open(windows.SERVICE_QUERY_STATUS | windows.SERVICE_QUERY_CONFIG)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		return Status{State: NotInstalled}, nil
	}
	if err != nil {
		return Status{}, s.failed("open", err)
	}
	defer handle.Close()
	now, err := handle.Query()
	if err != nil {
		return Status{}, s.failed("query", err)
	}
	startType, command, err := configured(handle)
	if err != nil {
		return Status{}, s.failed("query", err)
	}
	status := Status{
		State: Running, File: s.name, PID: int(now.ProcessId),
		AtLogin: startType == mgr.StartAutomatic, Outdated: command != s.command,
	}
	if now.State != svc.Stopped && now.State != svc.StopPending {
		return status, nil
	}
	status.State = Stopped
	if code := exitCode(now); code != 0 {
		status.State, status.LastExit = CrashLooping, &Exit{Code: code}
	}
	return status, nil
}

// exitCode is what the service itself ended with; 0 where it never ran or ended well.
func exitCode(now svc.Status) int {
	switch windows.Errno(now.Win32ExitCode) {
	case windows.ERROR_SERVICE_SPECIFIC_ERROR:
		return int(now.ServiceSpecificExitCode)
	case windows.ERROR_SERVICE_NEVER_STARTED:
		return 0
	}
	return int(now.Win32ExitCode)
}

// configured reads how the service starts and what it runs.
func configured(handle *mgr.Service) (startType uint32, command string, err error) {
	const most = 8 << 10 // what QueryServiceConfig may fill, by its documentation
	buffer := make([]byte, most)
	config := (*windows.QUERY_SERVICE_CONFIG)(unsafe.Pointer(&buffer[0]))
	var needed uint32
	if err := windows.QueryServiceConfig(handle.Handle, config, most, &needed); err != nil {
		return 0, "", err
	}
	return config.StartType, windows.UTF16PtrToString(config.BinaryPathName), nil
}
