package logs

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// isJournal tells whether systemd connected a stream to its journal: JOURNAL_STREAM names
// the stream, for the variable alone is passed on to whatever a service starts.
func isJournal(stream io.Writer) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && os.Getenv("JOURNAL_STREAM") == fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
}

// openSystem: Linux has the journal, if any.
func openSystem() systemLog { return nil }
