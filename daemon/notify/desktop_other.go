//go:build !linux

package notify

import (
	"context"

	"github.com/gen2brain/beeep"
)

type desktop struct{}

// System is this user's desktop. It cannot be clicked: the text says how to get to the page.
func System(context.Context) Desktop {
	beeep.AppName = "fieldpost"
	return desktop{}
}

// Show shows a note.
func (desktop) Show(_ context.Context, note Note, _ func()) error {
	return beeep.Notify(note.Title, note.Text+" "+note.How, "")
}
