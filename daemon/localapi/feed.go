package localapi

import "sync"

// maxChanged is how many changed items a slow listener may lag behind before it is
// told of the status alone and reads the rest anew.
const maxChanged = 1000

// Feed carries word of changes to whoever listens to /v1/events. Telling never
// waits: what a listener has not read yet is merged.
type Feed struct {
	mu        sync.Mutex
	listeners map[*listener]bool
}

// NewFeed makes a feed without listeners.
func NewFeed() *Feed { return &Feed{listeners: map[*listener]bool{}} }

// Status tells that the status changed: counts, connection, account, who asks to pair.
func (f *Feed) Status() { f.tell(nil) }

// Activity tells that items changed, and with them the status.
func (f *Feed) Activity(ids ...string) { f.tell(ids) }

func (f *Feed) tell(ids []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.listeners {
		l.status = true
		for _, id := range ids {
			l.add(id)
		}
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// Changes gives word, merged while nobody reads it, that something changed; at once for
// the first time. stop ends it.
func (f *Feed) Changes() (changes <-chan struct{}, stop func()) {
	l := f.listen()
	return l.wake, l.close
}

// listen adds a listener, which is told of the status at once.
func (f *Feed) listen() *listener {
	l := &listener{feed: f, wake: make(chan struct{}, 1), status: true, seen: map[string]bool{}}
	l.wake <- struct{}{}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listeners[l] = true
	return l
}

type listener struct {
	feed *Feed
	wake chan struct{}

	status bool
	ids    []string // in the order of their first change
	seen   map[string]bool
}

func (l *listener) add(id string) {
	if l.seen[id] || len(l.ids) == maxChanged {
		return
	}
	l.seen[id] = true
	l.ids = append(l.ids, id)
}

// take gives what changed since it was called last.
func (l *listener) take() (status bool, ids []string) {
	l.feed.mu.Lock()
	defer l.feed.mu.Unlock()
	status, ids = l.status, l.ids
	l.status, l.ids = false, nil
	clear(l.seen)
	return status, ids
}

func (l *listener) close() {
	l.feed.mu.Lock()
	defer l.feed.mu.Unlock()
	delete(l.feed.listeners, l)
}
