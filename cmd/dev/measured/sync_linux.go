package measured

import (
	"os"

	"golang.org/x/sys/unix"
)

// DataSync makes what was written last, and of the file's own data what is needed to read
// it again.
func DataSync(file *os.File) error { return unix.Fdatasync(int(file.Fd())) }
