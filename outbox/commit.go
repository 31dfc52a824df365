package outbox

import (
	"runtime"
	"sync"

	"go.etcd.io/bbolt"
)

// maxBatch bounds how many writers share a commit, and so how much memory one
// transaction's dirty pages take.
const maxBatch = 512

// committer lets many writers share one transaction and so one pair of disk
// syncs. The first writer commits at once and alone; those that come while it
// syncs are committed together by the first of them. No writer waits for company.
type committer struct {
	// update runs one transaction.
	update func(func(*transaction) error) error

	mu      sync.Mutex
	queue   []*write
	leading bool
}

// transaction is what the writers of one commit share.
type transaction struct {
	tx       *bbolt.Tx
	counters counters
}

type write struct {
	apply     func(*transaction) error
	committed func()
	err       error
	done      chan struct{} // closed once err is final
	lead      chan struct{} // told to commit the queue
}

// do runs apply in a transaction and returns once it is on disk. apply may run
// more than once (when another writer of the same commit failed) and must
// therefore change nothing but the transaction until do has returned. Where it is on disk,
// committed is called, in the order of commits.
func (c *committer) do(apply func(*transaction) error, committed func()) error {
	w := &write{apply: apply, committed: committed, done: make(chan struct{}), lead: make(chan struct{}, 1)}
	c.mu.Lock()
	c.queue = append(c.queue, w)
	if c.leading {
		c.mu.Unlock()
		select {
		case <-w.done:
			return w.err
		case <-w.lead:
		}
		c.mu.Lock()
	}
	c.leading = true
	c.mu.Unlock()
	// Those whose commit ended just now run first: what they bring shares this one.
	runtime.Gosched()
	c.mu.Lock()
	batch := c.queue[:min(len(c.queue), maxBatch)]
	c.queue = c.queue[len(batch):]
	c.mu.Unlock()

	c.commit(batch)

	c.mu.Lock()
	if len(c.queue) > 0 {
		c.queue[0].lead <- struct{}{}
	} else {
		c.leading = false
		c.queue = nil
	}
	c.mu.Unlock()
	return w.err
}

// commit applies the writes in one transaction. A write that fails is left out
// and the others go on without it.
func (c *committer) commit(batch []*write) {
	pending := batch
	for len(pending) > 0 {
		failed := -1
		err := c.update(func(tx *transaction) error {
			for i, w := range pending {
				if err := w.apply(tx); err != nil {
					failed = i
					return err
				}
			}
			return nil
		})
		if failed < 0 {
			for _, w := range pending {
				w.err = err
				if err == nil {
					w.committed()
				}
			}
			break
		}
		pending[failed].err = err
		pending = append(append([]*write{}, pending[:failed]...), pending[failed+1:]...)
	}
	for _, w := range batch {
		close(w.done)
	}
}
