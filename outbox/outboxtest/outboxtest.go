// Package outboxtest says how far a proof goes: the proofs of the outbox repeat a
// fault very often, the whole of it where somebody asked for the whole, and print
// the seed by which a failure is seen again.
package outboxtest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// part is the share of a proof that an ordinary test run makes.
const part = 20

// Rounds gives how many of the full number of rounds this run makes, and says so:
// all of them where FIELDPOST_PROVE is "full", else a twentieth, at least one.
func Rounds(t testing.TB, full int) int {
	t.Helper()
	n := full
	if os.Getenv("FIELDPOST_PROVE") != "full" {
		n = max(1, full/part)
	}
	t.Logf("%d rounds of %d; FIELDPOST_PROVE=full runs all", n, full)
	return n
}

// Seed gives the seed of this run: that of FIELDPOST_SEED where it is set, else a
// new one. A test that fails says it.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv("FIELDPOST_SEED"); text != "" {
		given, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("FIELDPOST_SEED: %v", err)
		}
		seed = given
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("FIELDPOST_SEED=%d makes this run again", seed)
		}
	})
	return seed
}
