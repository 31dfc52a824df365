package daemon

import (
	"context"
	"errors"
	"time"
)

// ErrReplaced ends Run where the program's own file was replaced: whoever runs the
// daemon starts it again, as the new version.
var ErrReplaced = errors.New("daemon: the program was replaced by another version")

// signInPoll is how often a sign-in under way is looked at before a restart.
const signInPoll = time.Second

// untilReplaced ends the daemon once the program was replaced and nothing is on its
// way: no call to Salesforce, and no rep in the middle of a sign-in.
func (d *Daemon) untilReplaced(ctx context.Context) error {
	if d.Replaced == nil || d.Replaced(ctx) != nil {
		return nil
	}
	d.home.Log.Info("the program was replaced; restarting when idle")
	for d.session.result().pending {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(signInPoll):
		}
	}
	err := d.drain.AtRest(ctx, func() error { return ErrReplaced })
	if ctx.Err() != nil {
		return nil
	}
	return err
}
