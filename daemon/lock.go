package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"fieldpost/daemon/config"
)

// A RunningError says that another fieldpost holds this home.
type RunningError struct {
	// PID is the other process, 0 where it could not be told.
	PID int
}

func (e *RunningError) Error() string {
	if e.PID == 0 {
		return "fieldpost is already running for this user; stop it first (fieldpost service stop)"
	}
	return fmt.Sprintf("fieldpost is already running for this user as process %d; stop it first (fieldpost service stop)", e.PID)
}

// Problem names the sentence in daemon/words.
func (e *RunningError) Problem() (code string, args map[string]string) {
	return "already_running", map[string]string{"pid": strconv.Itoa(e.PID)}
}

// lockHome keeps every other fieldpost out of the home: the daemon for as long as
// it runs, a command for as long as it works on the files itself.
func lockHome(state, api string) (unlock func() error, err error) {
	if err := os.MkdirAll(state, 0o700); err != nil {
		return nil, fmt.Errorf("daemon: %w", err)
	}
	unusable := func(err error) error {
		return &config.Error{Code: config.CodeUnwritable, File: state, Err: err, Folder: true}
	}
	lock := flock.New(filepath.Join(state, "lock"), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, unusable(err)
	}
	if !held {
		return nil, &RunningError{PID: holder(state, api)}
	}
	if err := os.WriteFile(filepath.Join(state, "pid"), []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return nil, errors.Join(unusable(err), lock.Unlock())
	}
	return lock.Unlock, nil
}

// freePoll is how often a home is looked at that is to become free.
const freePoll = 50 * time.Millisecond

// AwaitFree waits until no fieldpost holds the home: a daemon that was stopped closes
// its files after it has closed its port. The end of ctx gives a *RunningError.
func AwaitFree(ctx context.Context, paths config.Paths) error {
	for {
		unlock, err := lockHome(paths.State, paths.API)
		if err == nil {
			return unlock()
		}
		var held *RunningError
		if !errors.As(err, &held) {
			return err
		}
		select {
		case <-ctx.Done():
			return held
		case <-time.After(freePoll):
		}
	}
}

// holder tells whose lock it is: by the pid beside it, else by what a ready daemon
// wrote into api.json.
func holder(state, api string) int {
	if text, err := os.ReadFile(filepath.Join(state, "pid")); err == nil {
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			return pid
		}
	}
	var ready struct{ PID int }
	if text, err := os.ReadFile(api); err == nil && json.Unmarshal(text, &ready) == nil {
		return ready.PID
	}
	return 0
}
