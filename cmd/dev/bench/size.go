package bench

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// size measures the stripped program: its bytes, how soon its daemon answers, and what a
// status costs.
func size(ctx context.Context, r *Report, folder string) error {
	program, err := build(ctx, folder)
	if err != nil {
		return err
	}
	file, err := os.Stat(program)
	if err != nil {
		return err
	}
	r.AtMost("stripped binary", float64(file.Size())/(1<<20), "MiB", 20)
	var ready, status []time.Duration
	for range 9 {
		began := time.Now()
		d, err := startDaemon(ctx, program, filepath.Join(folder, "home"))
		if err != nil {
			return err
		}
		ready = append(ready, time.Since(began))
		for range 5 {
			began := time.Now()
			_ = d.command(ctx, "status").Run() // signed out: its exit code is 4
			status = append(status, time.Since(began))
		}
		if err := d.stop(); err != nil {
			return err
		}
	}
	r.AtMost("start to ready", ms(median(ready)), "ms", 150)
	r.AtMost("status command", ms(median(status)), "ms", 30)
	return nil
}
