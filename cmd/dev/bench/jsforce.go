package bench

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed jsforce.mjs
var jsforceScript []byte

// jsforce lets jsforce write as many records to a sandbox as a drain did in the time given.
// It is used where the tests have installed it, and else left out with a notice.
func jsforce(ctx context.Context, r *Report, ours time.Duration) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	folder := filepath.Join(cache, "fieldpost-ci", "jsforce")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "jsforce")); err != nil {
		fmt.Fprintln(os.Stderr, "SKIPPED: jsforce is not installed; FIELDPOST_NPM=1 go test ./cmd/fieldpost -run Jsforce installs it")
		return nil
	}
	script := filepath.Join(folder, "bench.mjs")
	if err := os.WriteFile(script, jsforceScript, 0o600); err != nil {
		return err
	}
	o, err := startOrg()
	if err != nil {
		return err
	}
	defer o.server.Close()
	c := exec.CommandContext(ctx, "node", script, o.url, strconv.Itoa(waiting))
	c.Dir, c.Stderr = folder, os.Stderr
	out, err := c.Output()
	if err != nil {
		return fmt.Errorf("jsforce: %w", err)
	}
	took, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		return err
	}
	r.Beside("10,000 at 0 ms to the sandbox", ours.Seconds(), "s", "peer: jsforce, 200 a call, nothing kept", took)
	return nil
}
