package inbox

import (
	"log/slog"
	"os"

	"github.com/fsnotify/fsnotify"
)

// watch follows a folder by its name: when another folder takes the place of the
// one that was there, it follows that one. Where the system cannot watch, there
// are no events, and the regular look has to do.
type watch struct {
	dir      string
	log      *slog.Logger
	notify   *fsnotify.Watcher
	watching os.FileInfo
}

func newWatch(dir string, log *slog.Logger) *watch {
	w := &watch{dir: dir, log: log}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("the drop folder cannot be watched; it is looked at regularly", "error", err)
		return w
	}
	w.notify = notify
	w.renew()
	return w
}

// renew watches the folder that is there now.
func (w *watch) renew() {
	if w.notify == nil {
		return
	}
	now, err := os.Stat(w.dir)
	if err != nil {
		w.watching = nil
		return
	}
	if w.watching != nil && os.SameFile(now, w.watching) {
		return
	}
	// The watch of the old folder bears the same name: when the news of its move comes late,
	// fsnotify would take the new one away by it.
	_ = w.notify.Remove(w.dir)
	if err := w.notify.Add(w.dir); err != nil {
		w.log.Warn("the drop folder cannot be watched; it is looked at regularly", "error", err)
		return
	}
	w.watching = now
}

func (w *watch) events() <-chan fsnotify.Event {
	if w.notify == nil {
		return nil
	}
	return w.notify.Events
}

func (w *watch) errors() <-chan error {
	if w.notify == nil {
		return nil
	}
	return w.notify.Errors
}

func (w *watch) close() {
	if w.notify != nil {
		w.notify.Close()
	}
}
