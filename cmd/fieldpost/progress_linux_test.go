package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestATerminalShowsHowFarADrainIs gives the command a real terminal.
func TestATerminalShowsHowFarADrainIs(t *testing.T) {
	if _, err := exec.LookPath("script"); err != nil {
		t.Skip("SKIP: no script (util-linux), which makes a terminal")
	}
	l := atWork(t)
	var calls atomic.Int32
	seen := make(chan struct{})
	slow := func(r *http.Request) {
		if !strings.Contains(r.URL.Path, "/composite/sobjects") {
			return
		}
		if calls.Add(1) == 1 {
			time.Sleep(time.Second) // time to be looked at before the first is done
			return
		}
		select {
		case <-seen:
		case <-time.After(20 * time.Second):
		}
	}
	l.onCall.Store(&slow)
	l.goAway()
	var all []string
	for n := range 300 {
		all = append(all, fmt.Sprintf(`{"kind":"share","channel":"link","subject":"Share %d","people":[{"email":"ana@kunde.test"}]}`, n))
	}
	if code, text := l.post("[" + strings.Join(all, ",") + "]"); code != 200 {
		t.Fatalf("%d %s", code, text)
	}
	l.comeBack()
	flush := l.command(t.Context(), "outbox", "flush")
	var plain bytes.Buffer
	onTerminal := exec.CommandContext(t.Context(), "script", "-qefc", flush.Path+" outbox flush", "/dev/null")
	onTerminal.Env, onTerminal.Stdout = append(flush.Env, "TERM=xterm"), &plain
	if err := onTerminal.Start(); err != nil {
		t.Fatal(err)
	}
	l.eventually("progress", func() bool {
		s := l.status().Sending
		return s != nil && s.Done > 0 && s.Total == 300
	})
	close(seen)
	if err := onTerminal.Wait(); err != nil {
		t.Fatalf("%v: %s", err, &plain)
	}
	for _, want := range []string{"Sending [", " / 300 ", "Everything is in Salesforce"} {
		if !strings.Contains(plain.String(), want) {
			t.Errorf("the terminal does not show %q: %q", want, plain.String())
		}
	}
	l.eventually("delivery", func() bool { return l.status().Outbox.Delivered == 300 })
	began := time.Now()
	if out := l.run("outbox", "flush"); strings.Contains(out, "Sending") || time.Since(began) > time.Minute {
		t.Errorf("a pipe is shown a bar: %q", out)
	}
}
