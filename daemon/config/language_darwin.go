package config

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"time"
)

// SystemLanguages lists the languages that the system asks for, first wish first.
// A LaunchAgent has no locale in its environment, so the user's preference is read
// as well.
func SystemLanguages() []string {
	wishes := localesOf(os.Getenv)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if locale, err := exec.CommandContext(ctx, "/usr/bin/defaults", "read", "-g", "AppleLocale").Output(); err == nil {
		wishes = append(wishes, strings.TrimSpace(string(locale)))
	}
	return wishes
}
