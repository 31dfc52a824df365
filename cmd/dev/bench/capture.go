package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"fieldpost/cmd/dev/measured"
	"fieldpost/outbox"
)

// rounds is how often the floor and the product take turns, and round how long a turn of
// several writers lasts.
const (
	rounds = 9
	round  = 300 * time.Millisecond
)

// capture measures how soon a capture is on disk beside the least that any durable write
// takes there.
func capture(ctx context.Context, r *Report, folder string) (err error) {
	log, err := openLog(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.close()) }()
	store, _, err := newStore(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	all := &shares{}
	plain := bytes.Repeat([]byte{'x'}, kibibyte)
	one := func() error { return addOne(ctx, store, all) }

	var floor, ours []time.Duration
	for range rounds {
		took, err := timed(200, func() error { return log.alone(plain) })
		if err != nil {
			return err
		}
		floor = append(floor, took...)
		if took, err = timed(200, one); err != nil {
			return err
		}
		ours = append(ours, took...)
	}
	r.AtMostTimes("Add, one writer, p50", ms(median(ours)), "ms", "write + fdatasync", ms(median(floor)), 2.2)
	for _, of := range []struct {
		writers int
		least   float64
	}{{8, 0.4}, {64, 0.45}} {
		var floors, rates []float64
		for range rounds {
			f, err := rate(of.writers, round, func() error { return log.add(plain) })
			if err != nil {
				return err
			}
			p, err := rate(of.writers, round, one)
			if err != nil {
				return err
			}
			floors, rates = append(floors, f), append(rates, p)
		}
		r.AtLeastTimes(fmt.Sprintf("Add, %d writers", of.writers), middle(rates), "/s", "group commit", middle(floors), of.least)
	}
	if err := costs(ctx, r, store, all); err != nil {
		return err
	}
	if err := posted(ctx, r, folder, one, all); err != nil {
		return err
	}
	return peers(ctx, r, folder)
}

// costs tells what a capture writes: the system counts the bytes, and each commit, which the
// store's file counts, syncs twice: its pages, and the page that makes them count.
func costs(ctx context.Context, r *Report, store *outbox.Store, all *shares) error {
	for _, writers := range []int{1, 64} {
		written, commits, err := tally(store)
		if err != nil {
			return err
		}
		n, err := rate(writers, time.Second, func() error { return addOne(ctx, store, all) })
		if err != nil {
			return err
		}
		bytes, ended, err := tally(store)
		if err != nil {
			return err
		}
		r.Add(fmt.Sprintf("disk writes per capture, %d writers", writers), float64(bytes-written)/n/1024, "KiB")
		r.Add(fmt.Sprintf("syncs per capture, %d writers", writers), 2*float64(ended-commits)/n, "")
	}
	return nil
}

// tally gives the bytes that this process wrote to a disk and the commits of a store.
func tally(store *outbox.Store) (written, commits uint64, err error) {
	told, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0, 0, nil // no Linux: nothing is counted
	}
	_, rest, _ := strings.Cut(string(told), "wchar: ")
	line, _, _ := strings.Cut(rest, "\n")
	if written, err = strconv.ParseUint(line, 10, 64); err != nil {
		return 0, 0, err
	}
	file, err := os.Open(store.Path())
	if err != nil {
		return 0, 0, err
	}
	defer file.Close()
	for page := range int64(2) { // bbolt's meta pages; the transaction stands 64 bytes in
		number := make([]byte, 8)
		if _, err := file.ReadAt(number, page*int64(os.Getpagesize())+64); err != nil {
			return 0, 0, err
		}
		commits = max(commits, binary.NativeEndian.Uint64(number))
	}
	return written, commits, nil
}

// posted measures the way through the port of the real program.
func posted(ctx context.Context, r *Report, folder string, one func() error, all *shares) error {
	program, err := build(ctx, folder)
	if err != nil {
		return err
	}
	d, err := startDaemon(ctx, program, filepath.Join(folder, "home"))
	if err != nil {
		return err
	}
	return errors.Join(postedTo(ctx, r, d, one, all), d.stop())
}

func postedTo(ctx context.Context, r *Report, d *process, one func() error, all *shares) error {
	p, err := d.port()
	if err != nil {
		return err
	}
	var ours, port []time.Duration
	for range rounds {
		took, err := timed(100, one)
		if err != nil {
			return err
		}
		ours = append(ours, took...)
		took, err = timed(100, func() error {
			body, err := json.Marshal(all.next())
			if err != nil {
				return err
			}
			return p.ask(ctx, "/v1/activities", body, nil)
		})
		if err != nil {
			return err
		}
		port = append(port, took...)
	}
	r.Beside("POST /v1/activities, one writer, p50", ms(median(port)), "ms", "Add", ms(median(ours)))
	r.AtMost("POST on top of Add, p50", ms(median(port))-ms(median(ours)), "ms", 1)
	return nil
}

// peers runs the queues that others wrote, each beside the same floor.
func peers(ctx context.Context, r *Report, folder string) error {
	program := filepath.Join(folder, "peers")
	if out, err := exec.CommandContext(ctx, "go", "build", "-C", "cmd/dev/peers", "-o", program, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("building the peers: %w: %s", err, out)
	}
	out, err := exec.CommandContext(ctx, program, "capture", folder).Output()
	if err != nil {
		return fmt.Errorf("running the peers: %w", err)
	}
	var told []measured.Capture
	if err := json.Unmarshal(out, &told); err != nil {
		return err
	}
	for _, peer := range told {
		r.Beside("peer: "+peer.Name+", p50", ms(peer.P50), "ms", "write + fdatasync", ms(peer.Floor))
	}
	return nil
}
