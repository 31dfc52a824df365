package localapi

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isTaken also knows WSAEACCES: the port is another process's, for itself alone.
func isTaken(err error) bool {
	return errors.Is(err, windows.WSAEADDRINUSE) || errors.Is(err, windows.WSAEACCES)
}
