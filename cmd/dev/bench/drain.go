package bench

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
)

const (
	// waiting is how many activities wait for a drain.
	waiting = 10_000
	// callRows and callers are what the drain promises: so many rows a call, so many calls
	// at once.
	callRows = 200
	callers  = 2
	farAway  = 150 * time.Millisecond
)

// drain measures how fast what waits gets to Salesforce: by the real program, to an org in
// this process.
func drain(ctx context.Context, r *Report, folder string) error {
	program, err := build(ctx, folder)
	if err != nil {
		return err
	}
	far, err := drained(ctx, program, filepath.Join(folder, "far"), waiting, farAway, false)
	if err != nil {
		return err
	}
	ideal := time.Duration(far.writes) * farAway / callers
	r.AtMost("write calls for 10,000", float64(far.writes), "calls", waiting/callRows+2)
	r.AtMostTimes("10,000 at 150 ms a call", far.took.Seconds(), "s", "calls × latency ÷ 2", ideal.Seconds(), 1.5)
	sandboxed, err := drained(ctx, program, filepath.Join(folder, "near"), waiting, 0, false)
	if err != nil {
		return err
	}
	r.Add("10,000 at 0 ms, the sandbox on the same two cores", waiting/sandboxed.took.Seconds(), "/s")
	var rates, loops []float64
	var small float64
	for n := range 3 {
		near, err := drained(ctx, program, filepath.Join(folder, "plain"+strconv.Itoa(n)), waiting, 0, true)
		if err != nil {
			return err
		}
		bare, err := bareLoop(ctx, waiting)
		if err != nil {
			return err
		}
		rates, loops, small = append(rates, waiting/near.took.Seconds()), append(loops, bare), near.memory
	}
	r.AtLeast("10,000 at 0 ms, an org that only answers", middle(rates), "/s", 10_000)
	r.Beside("the same", middle(rates), "/s", "bare client loop", middle(loops))
	large, err := drained(ctx, program, filepath.Join(folder, "large"), 5*waiting, 0, true)
	if err != nil {
		return err
	}
	r.AtMostTimes("anonymous memory, draining 50,000", mib(large.memory), "MiB", "draining 10,000", mib(small), 1.25)
	return jsforce(ctx, r, sandboxed.took)
}

// run is what a drain took: from the first call that reached the org to the last mark.
type run struct {
	took   time.Duration
	writes int64
	memory float64 // anonymous, in bytes
}

// drained captures while nobody is signed in, signs in, and waits until all is delivered.
func drained(ctx context.Context, program, home string, n int, away time.Duration, plain bool) (run, error) {
	o, err := startOrg()
	if err != nil {
		return run{}, err
	}
	defer o.server.Close()
	o.away.Store(int64(away))
	if plain {
		o.plain = &answering{}
	}
	d, err := startDaemon(ctx, program, home, o.settings()...)
	if err != nil {
		return run{}, err
	}
	told, err := drainOf(ctx, d, o, n)
	return told, errors.Join(err, d.stop())
}

func drainOf(ctx context.Context, d *process, o *org, n int) (run, error) {
	p, err := d.port()
	if err != nil {
		return run{}, err
	}
	if err := p.capture(ctx, &shares{}, n); err != nil {
		return run{}, err
	}
	if err := d.signIn(ctx); err != nil {
		return run{}, err
	}
	held, err := p.until(ctx, func(s *apitype.Status) bool { return s.Outbox.Delivered == n })
	return run{took: time.Since(o.began()), writes: o.writes.Load(), memory: held}, err
}

// answering says yes to every row of a collections call and looks at nothing.
type answering struct{ ids atomic.Int64 }

func (a *answering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	rows := strings.Count(string(body), `"attributes"`)
	var text strings.Builder
	for i := range rows {
		if i > 0 {
			text.WriteByte(',')
		}
		id := strconv.FormatInt(1e11+a.ids.Add(1), 10)
		text.WriteString(`{"id":"00T` + id + `AAA","success":true,"errors":[]}`)
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_, _ = io.WriteString(w, "["+text.String()+"]")
}

// bareLoop writes as many rows to such an org, callers side by side, with nothing but the
// client: the most that a drain could do. It gives the rows a second.
func bareLoop(ctx context.Context, n int) (float64, error) {
	o, err := startOrg()
	if err != nil {
		return 0, err
	}
	defer o.server.Close()
	o.plain = &answering{}
	transport := sfclient.NewTransport(nil)
	defer transport.CloseIdleConnections()
	client := sfclient.New(sfclient.Config{Session: given{InstanceURL: o.url}, Transport: transport, Log: slog.New(slog.DiscardHandler)})
	rows := make([]sfclient.Row, callRows)
	for i := range rows {
		rows[i] = sfclient.Row{Object: "Task", Fields: sfclient.Fields{
			"Subject": "Brochure", "Status": "Completed", "ActivityDate": "2026-11-22", "Type": "Showpad Email",
			"Description": strings.Repeat("Please find the brochure that we spoke of. ", 16), "WhoId": "003000000000001AAA",
			sandbox.DefaultKeyField: "0193c2f0-0000-7000-8000-000000000000",
		}}
	}
	var group sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(n / callRows))
	errs := make([]error, callers)
	began := time.Now()
	for i := range callers {
		group.Go(func() {
			for left.Add(-1) >= 0 && errs[i] == nil {
				_, errs[i] = client.CreateAll(ctx, rows)
			}
		})
	}
	group.Wait()
	return float64(n) / time.Since(began).Seconds(), errors.Join(errs...)
}

// given is a session that never ends.
type given sfclient.Grant

func (g given) Current(context.Context) (sfclient.Grant, error) { return sfclient.Grant(g), nil }

func (g given) Renew(context.Context, sfclient.Grant) (sfclient.Grant, error) {
	return sfclient.Grant(g), nil
}
