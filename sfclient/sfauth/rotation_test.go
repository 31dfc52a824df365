package sfauth_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"fieldpost/keychain"
	"fieldpost/sfclient"
	"fieldpost/sfclient/sandbox"
	"fieldpost/sfclient/sfauth"
)

func TestARotatedTokenIsSafeBeforeItsFirstUse(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	original := w.transport
	w.transport = before(original, func(call *http.Request) {
		if !strings.HasPrefix(call.URL.Path, "/services/data") {
			return
		}
		// The process is killed here; the next one starts.
		if _, err := w.refresher(func(c *sfauth.RefresherConfig) { c.Transport = original }).Current(t.Context()); err != nil {
			t.Errorf("after a kill at the first use: %v", err)
		}
	})
	if _, err := w.client(r).Limits(t.Context()); err != nil && !errors.Is(err, sfauth.ErrSignInNeeded) {
		t.Log(err) // the killed process's own call counts for nothing
	}
	if n := w.sb.Grants(w.sb.Rep().ID); n != 1 {
		t.Errorf("%d grants live, want 1", n)
	}
}

// TestACrashAtAnyStepOfAKeychainWrite kills the process at every keychain call of
// a renewal. Only between Salesforce's answer and the end of the write is the
// rotated token lost (reliability.md W14).
func TestACrashAtAnyStepOfAKeychainWrite(t *testing.T) {
	crash := errors.New("crash")
	for step := range 12 {
		w := newWorld(t)
		r := w.signedIn()
		calls, written := 0, false
		w.secrets.Before = func(_ context.Context, verb, _ string) error {
			calls++
			if calls > step {
				return crash
			}
			written = written || verb == "set"
			return nil
		}
		_, err := r.Current(t.Context())
		w.secrets.Before = nil
		lost := w.tokenCalls() == 1 && !written
		if step < calls && !errors.Is(err, crash) {
			t.Errorf("step %d: %v", step, err)
		}
		_, err = w.refresher().Current(t.Context())
		if survived := err == nil; survived == lost {
			t.Errorf("step %d: rotated token lost %v, next start: %v", step, lost, err)
		}
	}
}

func TestAKeychainThatFailsForAMomentCostsNoSignIn(t *testing.T) {
	for step := range 12 {
		w := newWorld(t)
		r := w.signedIn()
		calls := 0
		w.secrets.Before = func(context.Context, string, string) error {
			if calls++; calls == step+1 {
				return keychain.ErrLocked
			}
			return nil
		}
		if _, err := r.Current(t.Context()); err != nil && !errors.Is(err, keychain.ErrLocked) {
			t.Fatalf("step %d: %v", step, err)
		}
		if _, err := w.client(r).Limits(t.Context()); err != nil {
			t.Errorf("step %d: %v", step, err)
		}
		if n := w.tokenCalls(); n != 1 {
			t.Errorf("step %d: %d token calls, want 1", step, n)
		}
		w.secrets.Before = nil
		if _, err := w.refresher().Current(t.Context()); err != nil {
			t.Errorf("step %d, next start: %v", step, err)
		}
	}
}

func TestTheAccessTokenIsNotUsedBeforeTheRefreshTokenIsKept(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	w.secrets.Before = func(_ context.Context, verb, _ string) error {
		if verb == "set" {
			return keychain.ErrLocked
		}
		return nil
	}
	_, err := w.client(r).Limits(t.Context())
	if !errors.Is(err, keychain.ErrLocked) || sfclient.Doubtful(err) || !sfclient.Unsent(err) {
		t.Fatalf("%v", err)
	}
	if n := len(w.sb.CallsFor(sandbox.Limits, sandbox.Versions)); n != 0 {
		t.Errorf("%d data calls with a token that is not safe", n)
	}
}

func TestALostAnswer(t *testing.T) {
	cases := []struct {
		name    string
		rotate  bool
		fault   sandbox.Fault
		survive bool
	}{
		{"before Salesforce acted", true, sandbox.Drop(), true},
		{"after it acted, without rotation", false, sandbox.Drop().AfterCommit(), true},
		{"after it acted, without rotation, cut", false, sandbox.CutAnswer(), true},
		{"after it rotated", true, sandbox.Drop().AfterCommit(), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			r := w.signedIn()
			w.sb.Set(func(r *sandbox.Rules) { r.RotateRefresh = c.rotate })
			w.sb.Inject(c.fault.On(sandbox.Token).Times(1))
			_, err := r.Current(t.Context())
			if c.survive && err != nil || !c.survive && !errors.Is(err, sfauth.ErrSignInNeeded) {
				t.Errorf("%v", err)
			}
			if n := w.tokenCalls(); n != 2 {
				t.Errorf("%d token calls, want 2", n)
			}
		})
	}
}

func TestTheTokenBeforeIsTriedOnceAtStart(t *testing.T) {
	w := newWorld(t)
	r := w.signedIn()
	// A token that Salesforce has never heard of stands in the newer slot.
	bogus := w.grant()
	bogus.RefreshToken = "5Aep861never"
	before, err := w.secrets.Get(t.Context(), "refresh-token-a/home-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Adopt(t.Context(), bogus); err != nil {
		t.Fatal(err)
	}
	if err := w.secrets.Set(t.Context(), "refresh-token-a/home-1", before); err != nil {
		t.Fatal(err)
	}
	if _, err := w.refresher().Current(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.tokenCalls(); n != 2 {
		t.Errorf("%d token calls, want 2", n)
	}
	if _, err := w.refresher().Current(t.Context()); err != nil || w.tokenCalls() != 3 {
		t.Errorf("the next start: %v, %d token calls", err, w.tokenCalls())
	}
}

func TestACallerThatGivesUpDoesNotLoseTheToken(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := w.signedIn(func(c *sfauth.RefresherConfig) {
		c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			answer, err := w.transport.RoundTrip(r)
			cancel() // Salesforce has rotated, nothing is read yet
			if r.Context().Err() != nil {
				return nil, r.Context().Err()
			}
			return answer, err
		})
	})
	_, _ = r.Current(ctx)
	if err := r.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Current(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.tokenCalls(); n != 1 {
		t.Errorf("%d token calls, want 1", n)
	}
}
