package daemon

import "sync"

// watchers tell the parts of the daemon that items of the outbox changed.
type watchers struct {
	mu   sync.Mutex
	told []func(ids []string)
}

func (w *watchers) add(tell func(ids []string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, tell)
}

func (w *watchers) changed(ids []string) {
	w.mu.Lock()
	told := w.told
	w.mu.Unlock()
	for _, tell := range told {
		tell(ids)
	}
}
