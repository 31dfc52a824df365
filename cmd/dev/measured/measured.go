// Package measured is what a benchmark of type-ahead tells, the same way for what is
// compared: the product's directory and its peers.
package measured

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Search is what was measured. Sizes are bytes; memory is anonymous and resident (Linux;
// 0 elsewhere).
type Search struct {
	Load, First, P50, P95, P99 time.Duration
	Disk                       int64
	// Peak is the most that the load took. Before, While and After are what the process
	// held before the first search, while searching and once it rests.
	Peak, Before, While, After int64
	// Found is how many were found in all: a peer that finds nothing is fast.
	Found int
}

// Searching types every text, after one of them to begin with, and lets it rest.
func (s *Search) Searching(texts []string, search func(text string) (int, error), rest func()) error {
	debug.FreeOSMemory()
	s.Before = Anon()
	var took []time.Duration
	for i, text := range append(texts[:1:1], texts...) {
		began := time.Now()
		n, err := search(text)
		if err != nil {
			return err
		}
		if i == 0 {
			s.First = time.Since(began)
			continue
		}
		took = append(took, time.Since(began))
		s.Found += n
		if i%100 == 0 {
			s.While = max(s.While, Anon())
		}
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[int(share*float64(len(took)-1))] }
	s.P50, s.P95, s.P99 = at(0.50), at(0.95), at(0.99)
	rest()
	s.After = Anon()
	return nil
}

// Anon is the anonymous memory that the process holds now.
func Anon() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	return Number(status, "RssAnon:") << 10
}

// Number is what follows a name in a file of /proc, 0 where the name is not there.
func Number(file []byte, name string) int64 {
	for line := range strings.Lines(string(file)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			n, _ := strconv.ParseInt(number, 10, 64)
			return n
		}
	}
	return 0
}

// Size is how much disk the files take that begin with a path.
func Size(path string) (total int64, err error) {
	for _, end := range []string{"", "-wal", "-shm"} {
		file, err := os.Stat(path + end)
		if err != nil && end == "" {
			return 0, err
		}
		if err == nil {
			total += file.Size()
		}
	}
	return total, nil
}

// Run lets a process measure, and reads what it tells.
func Run(ctx context.Context, args []string) (told Search, err error) {
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return told, err
	}
	return told, json.Unmarshal(out, &told)
}

// Row is a line of the table.
type Row struct {
	People string
	Name   string
	Search
}

// Print prints a table.
func Print(to io.Writer, rows []Row) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "people\t \tload\tdisk\tfirst search\tp50\tp95\tp99\tmemory +\tat rest +\tload peak\tfound\t")
	mib := func(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%.1f s\t%s\t%.1f ms\t%d µs\t%d µs\t%d µs\t%s\t%s\t%s\t%d\t\n",
			r.People, r.Name, r.Load.Seconds(), mib(r.Disk), float64(r.First.Microseconds())/1000,
			r.P50.Microseconds(), r.P95.Microseconds(), r.P99.Microseconds(),
			mib(r.While-r.Before), mib(r.After-r.Before), mib(r.Peak), r.Found)
	}
	return w.Flush()
}
