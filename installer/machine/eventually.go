package machine

import (
	"testing"
	"time"
)

// Eventually polls each 50 ms: what happens in another process has its own clock and no
// way to call back. After patience it ends the test, with what was waited for.
func Eventually(t *testing.T, patience time.Duration, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		if holds() {
			return
		}
	}
	t.Fatalf("not within %v: %s", patience, what)
}
