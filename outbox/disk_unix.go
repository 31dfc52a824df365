//go:build unix

package outbox

import (
	"errors"
	"math"

	"golang.org/x/sys/unix"
)

// fullErrors say that the disk, or the user's share of it, has no room left.
var fullErrors = []error{unix.ENOSPC, unix.EDQUOT, unix.EFBIG}

// isIO reports that the disk itself failed.
func isIO(err error) bool { return errors.Is(err, unix.EIO) || errors.Is(err, unix.EROFS) }

// volumeSize tells the size of the volume that holds path, in bytes.
func volumeSize(path string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, err
	}
	return int64(min(uint64(s.Blocks)*uint64(s.Bsize), math.MaxInt64)), nil
}
