package bench

import (
	"errors"
	"os"
	"sync"
	"time"

	"fieldpost/cmd/dev/measured"
)

// kibibyte is what every capture and every floor writes.
const kibibyte = 1 << 10

// appendLog is the least that a durable queue can do: a file that is only ever appended
// to, and synced before a write is acknowledged. Writers that come while it syncs share
// the next write and the next sync.
type appendLog struct {
	file *os.File

	mu      sync.Mutex
	pending []*entry
	wake    chan struct{}
	ended   chan struct{}
}

type entry struct {
	data []byte
	done chan error
}

func openLog(folder string) (*appendLog, error) {
	file, err := os.CreateTemp(folder, "floor-*")
	if err != nil {
		return nil, err
	}
	l := &appendLog{file: file, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	go l.run()
	return l, nil
}

// alone writes and syncs without company.
func (l *appendLog) alone(data []byte) error {
	if _, err := l.file.Write(data); err != nil {
		return err
	}
	return measured.DataSync(l.file)
}

// add hands data to the one that writes, and waits until it is on disk.
func (l *appendLog) add(data []byte) error {
	e := &entry{data, make(chan error, 1)}
	l.mu.Lock()
	l.pending = append(l.pending, e)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return <-e.done
}

func (l *appendLog) run() {
	defer close(l.ended)
	for range l.wake {
		l.mu.Lock()
		group := l.pending
		l.pending = nil
		l.mu.Unlock()
		if len(group) == 0 {
			continue
		}
		var all []byte
		for _, e := range group {
			all = append(all, e.data...)
		}
		err := l.alone(all)
		for _, e := range group {
			e.done <- err
		}
	}
}

func (l *appendLog) close() error {
	close(l.wake)
	<-l.ended
	return errors.Join(l.file.Close(), os.Remove(l.file.Name()))
}

// timed runs work so many times and gives how long each took.
func timed(times int, work func() error) ([]time.Duration, error) {
	took := make([]time.Duration, 0, times)
	for range times {
		began := time.Now()
		if err := work(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

// rate lets so many writers work side by side for a while, and gives how much they did
// per second.
func rate(writers int, lasting time.Duration, work func() error) (float64, error) {
	var group sync.WaitGroup
	done := make([]int, writers)
	errs := make([]error, writers)
	began := time.Now()
	for i := range writers {
		group.Go(func() {
			for time.Since(began) < lasting && errs[i] == nil {
				if errs[i] = work(); errs[i] == nil {
					done[i]++
				}
			}
		})
	}
	group.Wait()
	total := 0
	for _, n := range done {
		total += n
	}
	return float64(total) / time.Since(began).Seconds(), errors.Join(errs...)
}
