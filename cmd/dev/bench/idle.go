package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"fieldpost/cmd/dev/measured"
	"fieldpost/sfclient/sandbox"
)

const (
	idlePeople = 10_000
	// idleRest is how long the daemon rests before it is looked at, and idleWatch how long
	// it is watched doing nothing. Idle does not change with the hours: what is due hourly
	// is told by the calls.
	idleRest  = time.Minute
	idleWatch = 2 * time.Minute
	// idleLook is how often it is looked whether it ran: what one timer sets off, on however
	// many threads, is one wake-up.
	idleLook = 100 * time.Millisecond
)

// idle watches a daemon with 10,000 people in its directory do nothing.
func idle(ctx context.Context, r *Report, folder string) error {
	program, err := build(ctx, folder)
	if err != nil {
		return err
	}
	org, err := startOrg()
	if err != nil {
		return err
	}
	defer org.server.Close()
	for i := range idlePeople {
		org.AddContact(sandbox.Person{FirstName: "Ana", LastName: fmt.Sprint("Müller ", i), Email: fmt.Sprintf("ana%d@kunde.test", i)})
	}
	d, err := startDaemon(ctx, program, filepath.Join(folder, "home"), org.settings()...)
	if err != nil {
		return err
	}
	if err := d.signIn(ctx); err != nil {
		return err
	}
	if err := wait(ctx, idleRest); err != nil {
		return err
	}
	pid := d.run.Process.Pid
	before, err := look(pid)
	if err != nil {
		return err
	}
	org.ResetCalls()
	after, wakeups := before, 0
	for range int(idleWatch / idleLook) {
		if err := wait(ctx, idleLook); err != nil {
			return err
		}
		last := after.ran
		if after, err = look(pid); err != nil {
			return err
		}
		if after.ran != last {
			wakeups++
		}
	}
	minutes := idleWatch.Minutes()
	r.AtMost("anonymous resident memory", float64(after.anon)/(1<<20), "MiB", 24)
	r.Add("pages of files mapped and resident", float64(after.file)/(1<<20), "MiB")
	r.AtMost("CPU of one core", 100*(after.cpu-before.cpu).Seconds()/idleWatch.Seconds(), "%", 0.05)
	r.AtMost("wake-ups a minute", float64(wakeups)/minutes, "/min", 6)
	r.AtMost("bytes written to disk", float64(after.written-before.written), "B", 0)
	r.AtMost("calls to Salesforce in "+idleWatch.String(), float64(len(org.Calls())), "calls", 0)
	return d.stop()
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// looked is what Linux tells of a process.
type looked struct {
	anon, file, written int64
	ran                 int64 // times that one of its threads gave the processor up by itself
	cpu                 time.Duration
}

func look(pid int) (l looked, err error) {
	folder := filepath.Join("/proc", strconv.Itoa(pid))
	status, err := os.ReadFile(filepath.Join(folder, "status"))
	if err != nil {
		return l, err
	}
	l.anon, l.file = measured.Number(status, "RssAnon:")<<10, measured.Number(status, "RssFile:")<<10
	io, err := os.ReadFile(filepath.Join(folder, "io"))
	if err != nil {
		return l, err
	}
	l.written = measured.Number(io, "write_bytes:")
	threads, err := filepath.Glob(filepath.Join(folder, "task", "*", "status"))
	if err != nil {
		return l, err
	}
	for _, thread := range threads {
		if told, err := os.ReadFile(thread); err == nil { // one may end meanwhile
			l.ran += measured.Number(told, "voluntary_ctxt_switches:")
		}
	}
	stat, err := os.ReadFile(filepath.Join(folder, "stat"))
	if err != nil {
		return l, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest) // from the third on: utime is the 14th, stime the 15th
	const tick = 10 * time.Millisecond
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return l, err
		}
		l.cpu += time.Duration(n) * tick
	}
	return l, nil
}
