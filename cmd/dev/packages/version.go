package packages

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// version is a semantic version.
type version struct {
	text    string // as the program tells it
	numbers string // MAJOR.MINOR.PATCH, all that Windows Installer knows
}

var semantic = regexp.MustCompile(`^(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.]+)?$`)

// newVersion refuses what one of the formats could not hold: Windows Installer counts
// to 255.255.65535, and a hyphen within a pre-release is a field of its own to rpm.
func newVersion(text string) (version, error) {
	parts := semantic.FindStringSubmatch(text)
	if parts == nil {
		return version{}, fmt.Errorf("%q is no version like 1.2.3 or 1.2.3-rc.1", text)
	}
	for i, most := range []int{255, 255, 65535} {
		if n, err := strconv.Atoi(parts[i+1]); err != nil || n > most {
			return version{}, fmt.Errorf("version %s: Windows Installer knows no number above %d there", text, most)
		}
	}
	return version{text: text, numbers: strings.Join(parts[1:4], ".")}, nil
}

// parseVersion takes the version asked for, else names the commit, so that a later one
// is a later version.
func (b *builder) parseVersion(ctx context.Context) (version, error) {
	if b.Version != "" {
		return newVersion(b.Version)
	}
	commit, err := b.output(ctx, "git", "rev-parse", "--short=12", "HEAD")
	if err != nil {
		return version{}, err
	}
	return newVersion("0.0.0-" + b.Epoch.Format("20060102150405") + "." + strings.TrimSpace(string(commit)))
}

func (b *builder) epoch(ctx context.Context) (time.Time, error) {
	if !b.Epoch.IsZero() {
		return b.Epoch.UTC(), nil
	}
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, err := b.output(ctx, "git", "log", "-1", "--format=%ct")
		if err != nil {
			return time.Time{}, err
		}
		text = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}
