package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// page lets the browser's own module measure the status page in Chromium.
func page(ctx context.Context, r *Report, folder string) error {
	if _, err := exec.LookPath("chromium"); err != nil {
		r.Skip("first paint and update: no chromium here")
		return nil
	}
	file := filepath.Join(folder, "figures.json")
	c := exec.CommandContext(ctx, "go", "test", "-C", "cmd/dev/browser", "-count=1", "-run", "^TestFromOpenToFirstPaint$", ".")
	c.Env = append(os.Environ(), "FIELDPOST_FIGURES="+file)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var told struct {
		FirstPaint float64 `json:"first_paint"`
		Update     float64
	}
	if err := json.Unmarshal(text, &told); err != nil {
		return err
	}
	r.AtMost("first paint on loopback", told.FirstPaint, "ms", 200)
	r.AtMost("an event shown after", told.Update, "ms", 100)
	return nil
}
