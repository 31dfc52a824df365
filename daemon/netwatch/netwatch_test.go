package netwatch

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestAWakeUpIsATickThatComesLate(t *testing.T) {
	cases := []struct {
		passed time.Duration
		want   bool
	}{{tick, false}, {tick + time.Second, false}, {8 * time.Hour, true}, {-time.Hour, false}}
	for _, c := range cases {
		if got := overslept(c.passed, tick); got != c.want {
			t.Errorf("after %v: overslept %v", c.passed, got)
		}
	}
}

// laptop is one whose system tells of its network as a test wants.
type laptop struct {
	bell  chan *bell
	ways  atomic.Pointer[string]
	logs  bytes.Buffer
	began time.Time
	told  []time.Duration // since the start
	looks int
}

// watched runs a watcher on a laptop within a synctest bubble while test lets it live.
func watched(t *testing.T, network, sleep source, test func(m *laptop)) *laptop {
	t.Helper()
	m := &laptop{bell: make(chan *bell, 2)}
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		m.now("home")
		m.began = time.Now()
		w := watcher{
			network: m.telling(network), sleep: m.telling(sleep), log: slog.New(slog.NewTextHandler(&m.logs, nil)),
			look:    func() string { m.looks++; return *m.ways.Load() },
			changed: func() { m.told = append(m.told, time.Since(m.began)) },
		}
		done := make(chan struct{})
		go func() { w.run(ctx); close(done) }()
		synctest.Wait()
		test(m)
		stop()
		<-done
	})
	return m
}

func (m *laptop) telling(next source) source {
	return func(ctx context.Context, b *bell) error {
		m.bell <- b
		return next(ctx, b)
	}
}

func (m *laptop) now(ways string) { m.ways.Store(&ways) }

func listening(ctx context.Context, _ *bell) error { <-ctx.Done(); return nil }

func refused(context.Context, *bell) error { return errors.New("refused") }

func unsupported(context.Context, *bell) error { return errors.ErrUnsupported }

func wantTold(t *testing.T, m *laptop, want ...time.Duration) {
	t.Helper()
	if !slices.Equal(m.told, want) {
		t.Errorf("told at %v, want %v", m.told, want)
	}
}

func TestNothingIsSaidWhileNothingChanges(t *testing.T) {
	m := watched(t, listening, listening, func(m *laptop) {
		bell := <-m.bell
		for range 60 { // a card that scans, a router that says it is still there
			time.Sleep(time.Minute)
			bell.ring()
		}
	})
	wantTold(t, m)
}

func TestABurstIsToldAtItsStartAndOnceMoreWhenItIsOver(t *testing.T) {
	m := watched(t, listening, listening, func(m *laptop) {
		bell := <-m.bell
		for i := range 40 {
			m.now(strings.Repeat("x", i))
			bell.ring()
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Minute)
	})
	wantTold(t, m, 0, 390*time.Millisecond+settle)
}

func TestTheFirstEventThatMattersIsToldAtOnceEvenLateInABurst(t *testing.T) {
	m := watched(t, listening, listening, func(m *laptop) {
		bell := <-m.bell
		bell.ring()
		time.Sleep(100 * time.Millisecond)
		m.now("train")
		bell.ring()
		time.Sleep(time.Second)
	})
	wantTold(t, m, 100*time.Millisecond)
}

func TestABurstWithoutAnEndIsToldEverySecond(t *testing.T) {
	m := watched(t, listening, listening, func(m *laptop) {
		bell := <-m.bell
		for i := range 25 {
			m.now(strings.Repeat("x", i))
			bell.ring()
			time.Sleep(100 * time.Millisecond)
		}
	})
	if n := len(m.told); n < 4 || n > 6 {
		t.Errorf("told %d times in 2.5 s: %v", n, m.told)
	}
}

func TestAWayThatIsBackAsBeforeWasLostAllTheSame(t *testing.T) {
	m := watched(t, listening, listening, func(m *laptop) {
		bell := <-m.bell
		bell.lose() // and the link is up again before anybody looks
		time.Sleep(time.Second)
	})
	wantTold(t, m, 0)
}

func TestAWakeUpIsToldAtOnce(t *testing.T) {
	m := watched(t, listening, listening, func(m *laptop) {
		bell := <-m.bell
		time.Sleep(20 * time.Second)
		bell.wake()
		time.Sleep(time.Second)
	})
	wantTold(t, m, 20*time.Second)
}

func TestAMachineThatTellsIsLookedAtOnceAMinute(t *testing.T) {
	m := watched(t, listening, listening, func(*laptop) { time.Sleep(time.Hour + time.Second) })
	if m.looks > 62 {
		t.Errorf("looked %d times in an hour", m.looks)
	}
}

func TestASystemThatDoesNotTellIsLookedAtAndTheLogSaysSoOnce(t *testing.T) {
	m := watched(t, refused, listening, func(m *laptop) {
		time.Sleep(time.Hour + time.Second)
		m.now("train")
		time.Sleep(tick)
	})
	if got := strings.Count(m.logs.String(), "\n"); got != 1 || !strings.Contains(m.logs.String(), "refused") {
		t.Errorf("the log has %d lines: %s", got, &m.logs)
	}
	wantTold(t, m, time.Hour+tick)
	if m.looks > 6*60+5 {
		t.Errorf("looked %d times in an hour", m.looks)
	}
}

func TestASystemThatNeverTellsOfSleepIsNoNews(t *testing.T) {
	m := watched(t, listening, unsupported, func(m *laptop) {
		m.now("train")
		time.Sleep(tick)
	})
	if m.logs.Len() > 0 {
		t.Errorf("logged %s", &m.logs)
	}
	wantTold(t, m, tick)
}

func BenchmarkLook(b *testing.B) {
	for b.Loop() {
		if look() == "" {
			b.Skip("SKIP: no network here")
		}
	}
}

func TestThisSystemTellsOfItsNetworkUntilTheEnd(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	bell, ended := newBell(), make(chan error, 1)
	go func() { ended <- listenNetwork(ctx, bell) }()
	select {
	case <-bell.rung: // it listens
	case err := <-ended:
		t.Fatal(err)
	}
	stop()
	<-ended
}
