//go:build !linux

package measured

import "os"

// DataSync makes what was written last.
func DataSync(file *os.File) error { return file.Sync() }
