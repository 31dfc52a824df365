package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fieldpost/sfclient/sandbox"
)

// pipes is a listener whose connections never leave the process.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	p.conns <- server
	return client, nil
}

// inBubble serves an org over pipes inside a synctest bubble and signs in.
func inBubble(t *testing.T, test func(c *caller, client *http.Client)) {
	synctest.Test(t, func(t *testing.T) {
		sb := sandbox.New(sandbox.Config{Empty: true})
		line := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: sb}
		done := make(chan error)
		go func() { done <- server.Serve(line) }()
		transport := &http.Transport{DialContext: line.dial}
		token, _ := sb.Grant("")
		test(&caller{t: t, sb: sb, url: "http://org.example", token: token, header: http.Header{}}, &http.Client{Transport: transport})
		transport.CloseIdleConnections()
		if err := server.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
}

func TestTheOrgRunsOnVirtualTime(t *testing.T) {
	inBubble(t, func(c *caller, client *http.Client) {
		c.sb.Inject(sandbox.Slow(150 * time.Millisecond))
		begin := time.Now()
		for range 1000 {
			resp, err := client.Do(c.request("POST", data+"/sobjects/Task", `{"Subject":"s"}`))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		if took := time.Since(begin); took != 150*time.Second {
			t.Errorf("a thousand slow calls took %v", took)
		}
		time.Sleep(3 * time.Hour)
		resp, err := client.Do(c.request("GET", data+"/limits", ""))
		if err != nil || resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("an idle session still answers: %v %v", resp, err)
		}
		if resp != nil {
			resp.Body.Close()
		}
	})
}

func TestACallerThatGivesUp(t *testing.T) {
	for name, test := range map[string]struct {
		fault sandbox.Fault
		tasks int
	}{
		"was not heard yet":          {sandbox.Slow(5 * time.Minute), 0},
		"is answered after its time": {sandbox.Stall(5 * time.Minute), 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(c *caller, client *http.Client) {
				c.sb.Inject(test.fault.Times(1))
				ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
				defer cancel()
				resp, err := client.Do(c.request("POST", data+"/sobjects/Task", `{"Subject":"s"}`).WithContext(ctx))
				if err == nil {
					resp.Body.Close()
					t.Fatal("an answer came in time")
				}
				if len(c.sb.Records("Task")) != 0 {
					t.Error("the task is there too early")
				}
				time.Sleep(10 * time.Minute)
				if n := len(c.sb.Records("Task")); n != test.tasks {
					t.Errorf("%d tasks, want %d", n, test.tasks)
				}
			})
		})
	}
}

func TestADroppedConnectionEndsCleanlyInTheBubble(t *testing.T) {
	inBubble(t, func(c *caller, client *http.Client) {
		c.sb.Inject(sandbox.Drop().AfterCommit().Times(1))
		if resp, err := client.Do(c.request("POST", data+"/sobjects/Task", `{"Subject":"s"}`)); err == nil {
			resp.Body.Close()
			t.Error("an answer came")
		}
		if len(c.sb.Records("Task")) != 1 {
			t.Error("the task was not written")
		}
	})
}

func BenchmarkCollections(b *testing.B) {
	sb := sandbox.New(sandbox.Config{Empty: true})
	sb.Set(func(r *sandbox.Rules) { r.Key = sandbox.KeyNotUnique })
	token, _ := sb.Grant("")
	rows := make([]string, 200)
	for i := range rows {
		rows[i] = task(`"Subject":"Brochure","Status":"Completed","ActivityDate":"2026-11-22","Type":"Email","Description":"` + strings.Repeat("x", 400) + `","fieldpost_Key__c":"0197"`)
	}
	body := records(false, rows...)
	b.ReportAllocs()
	for b.Loop() {
		req, _ := http.NewRequest("POST", many, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		sb.ServeHTTP(discard{http.Header{}}, req)
	}
	b.ReportMetric(float64(200*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// discard is a response writer that keeps nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}
