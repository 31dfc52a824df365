package outbox

import (
	"errors"
	"math"

	"golang.org/x/sys/windows"
)

// fullErrors say that the disk, or the user's share of it, has no room left.
var fullErrors = []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED}

// isIO reports that the disk itself failed, or that another program keeps the file
// to itself for the moment.
func isIO(err error) bool {
	return errors.Is(err, windows.ERROR_IO_DEVICE) || errors.Is(err, windows.ERROR_WRITE_PROTECT) ||
		errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

// volumeSize tells the size of the volume that holds path, in bytes.
func volumeSize(path string) (int64, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	var total uint64
	if err := windows.GetDiskFreeSpaceEx(name, nil, &total, nil); err != nil {
		return 0, err
	}
	return int64(min(total, math.MaxInt64)), nil
}
