package daemon

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"time"

	"github.com/fsnotify/fsnotify"

	"fieldpost/daemon/config"
)

const (
	// settingsRest is how long the files of the settings must lie still before they are
	// read: an editor or a roll-out writes them in several steps.
	settingsRest = 300 * time.Millisecond
	// settingsRound is how often they are read without a sign of change: a folder that
	// was not there when the watch began is not watched.
	settingsRound = 10 * time.Minute
)

// watchSettings takes changes of config.toml and of the policy into force as they are
// written, until ctx ends. A file that does not parse leaves everything as it was, but
// for a policy, whose trouble is told.
func (d *Daemon) watchSettings(ctx context.Context) error {
	before := d.home.Config.Settings()
	defer d.home.Config.Watch(func(now config.Settings) {
		d.settingsChanged(&before, &now)
		before = now
	})()
	watcher := d.watchFolders()
	defer watcher.Close()
	round := time.NewTicker(settingsRound)
	defer round.Stop()
	rest := time.NewTimer(0)
	for {
		select {
		case <-ctx.Done():
			return nil
		case change := <-watcher.Events:
			if d.concernsSettings(change.Name) {
				rest.Reset(settingsRest)
			}
		case err := <-watcher.Errors:
			d.home.Log.Warn("watching the settings failed", "error", err)
		case <-round.C:
			rest.Reset(0)
		case <-rest.C:
			d.reload()
		}
	}
}

// watchFolders watches the folders in which the files of the settings lie, as far as
// they are there and the system lets it; the rounds find what it misses.
func (d *Daemon) watchFolders() *fsnotify.Watcher {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		d.home.Log.Warn("the settings are not watched", "error", err)
		return &fsnotify.Watcher{}
	}
	paths := d.home.Config.Paths()
	folders := map[string]bool{}
	for _, file := range []string{paths.ConfigFile, paths.SystemPolicy, d.home.Config.Policy().File} {
		if file != "" {
			folders[filepath.Dir(file)] = true
		}
	}
	for folder := range folders {
		if err := watcher.Add(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			d.home.Log.Warn("a folder of settings is not watched", "error", err)
		}
	}
	return watcher
}

// concernsSettings leaves the daemon's own files out, which change all day and may lie in
// the same folder as config.toml.
func (d *Daemon) concernsSettings(name string) bool {
	paths := d.home.Config.Paths()
	return filepath.Dir(name) != paths.State || filepath.Base(name) == filepath.Base(paths.ConfigFile) || name == d.home.Config.Policy().File
}

func (d *Daemon) reload() {
	settings := d.home.Config
	barred := d.home.barred()
	if err := settings.Reload(); err != nil {
		d.home.Log.Warn("changed settings cannot be read", "error", err)
	}
	if err := settings.KeepPolicy(); err != nil {
		d.home.Log.Warn("the policy could not be kept", "error", err)
	}
	if now := d.home.barred(); (now == nil) != (barred == nil) {
		d.wakeDrain()
	}
}

// settingsChanged reads the org again where what is read depends on the settings, and
// sends what may be allowed now.
func (d *Daemon) settingsChanged(before, now *config.Settings) {
	if reflect.DeepEqual(bound(before), bound(now)) {
		return
	}
	if err := d.home.useKeyField(); err != nil {
		d.home.Log.Error("the key field could not be changed", "error", err)
	}
	if err := d.org.tryAgain(); err != nil {
		d.home.Log.Error("trying again what waits for an administrator failed", "error", err)
	}
	d.keeper.refresh()
	d.wakeDrain()
}

// bound are the settings that decide what is read of the org and what is sent.
func bound(s *config.Settings) any {
	return []any{s.Salesforce.KeyField, s.Access, s.Contacts, s.Leads, s.RelatedTo, s.Share, s.Meeting, s.People}
}

func (d *Daemon) wakeDrain() {
	if err := d.drain.Flush(); err != nil {
		d.home.Log.Error("waking the drain failed", "error", err)
	}
	d.feed.Status()
}
