package main

import (
	"bytes"
	"io"
	"os"
	"slices"

	"golang.org/x/sys/windows"
)

// messages is where the program tells what is wrong, and what to call at its end. The
// program without a console has no stderr: what "open" of the Start menu has to say is
// shown in a box, and all else stands in the log.
func messages(args []string) (io.Writer, func()) {
	if _, err := os.Stderr.Stat(); err == nil {
		return os.Stderr, func() {}
	}
	if !slices.Equal(args, []string{"open"}) {
		return io.Discard, func() {}
	}
	var told bytes.Buffer
	return &told, func() {
		if told.Len() == 0 {
			return
		}
		text, err := windows.UTF16PtrFromString(told.String())
		if err != nil {
			return
		}
		title, err := windows.UTF16PtrFromString("fieldpost")
		if err != nil {
			return
		}
		_, _ = windows.MessageBox(0, text, title, windows.MB_OK|windows.MB_ICONINFORMATION) // nobody may be there to see it
	}
}
