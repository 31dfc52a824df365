// Package installer puts fieldpost on a computer as a service of one user or of every
// user, takes it off again and repairs it: a systemd user unit, a LaunchAgent, a logon
// task of Windows, or a Windows service under an account. It renders and places definitions and talks to the service manager; it
// knows nothing of the outbox, opens no port, and imports nothing of ours.
package installer

import (
	"context"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"time"
)

// Name is what the service is called by its manager.
const Name = "fieldpost"

const description = "fieldpost keeps shares and meetings safe and logs them in Salesforce"

// Config says what the service runs and how to reach the system.
type Config struct {
	Executable string   // absolute; "" takes the running program
	Args       []string // after the executable, such as run --home DIR
	LogDir     string   // macOS: folder for what the process itself prints; "" for none
	Runner     Runner   // runs the service manager's own programs
	Daemon     Daemon   // the running daemon; needed on Windows only
	// Account, where set, makes a Windows service under this account instead of a
	// logon task. Windows only; it takes an administrator.
	Account *Account
}

// Account is who a Windows service runs as. It is never printed.
type Account struct {
	Name     string // DOMAIN\NAME, .\NAME or NAME
	Password string // "" for a managed service account
}

// LogValue leaves the password out.
func (a Account) LogValue() slog.Value { return slog.StringValue(a.Name) }

// String leaves the password out.
func (a Account) String() string { return a.Name }

// A Daemon is the running daemon as its local port shows it. Windows has no signal
// that a task could be ended gracefully with.
type Daemon interface {
	Running(ctx context.Context) bool
	Stop(ctx context.Context) error // returns once it is gone
}

// State is what a service does.
type State string

// The states of a service. A service that its manager keeps restarting because it
// fails is CrashLooping, not Running.
const (
	NotInstalled State = "not_installed"
	Running      State = "running"
	Stopped      State = "stopped"
	CrashLooping State = "crash_looping"
)

// Status is a service as its manager tells it; what it does not tell stays zero.
type Status struct {
	State    State     `json:"state"`
	File     string    `json:"file,omitempty"` // its definition
	AtLogin  bool      `json:"at_login"`       // starts by itself
	Outdated bool      `json:"outdated"`       // install would write it differently
	PID      int       `json:"pid,omitempty"`
	Since    time.Time `json:"since,omitzero"`      // of the state
	Restarts int       `json:"restarts"`            // by the manager, since the last start by hand
	LastExit *Exit     `json:"last_exit,omitempty"` // nil where it never ended
	// NextStart is when the manager tries again, while one that failed waits for it.
	NextStart time.Time `json:"next_start,omitzero"`
}

// Exit is how the process last ended.
type Exit struct {
	Code   int       `json:"code"`
	Signal string    `json:"signal,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Service is the per-user service on this system. Its methods return an *Error.
type Service struct{ manager manager }

// A manager is one system's way of running services.
type manager interface {
	install(ctx context.Context) error
	uninstall(ctx context.Context) error
	start(ctx context.Context) error
	stop(ctx context.Context) error
	restart(ctx context.Context) error
	status(ctx context.Context) (Status, error)
}

// New prepares the service of the user who runs the program. It changes nothing.
func New(cfg Config) (*Service, error) {
	cfg, err := checked(cfg)
	if err != nil {
		return nil, err
	}
	account, err := user.Current()
	if err != nil {
		return nil, &Error{Code: CodeNoUser, Err: err}
	}
	if cfg.Account != nil {
		service, err := newAccountService(cfg)
		return &Service{service}, err
	}
	if existing := existingAccountService(cfg, account); existing != nil {
		return &Service{existing}, nil
	}
	switch runtime.GOOS {
	case "windows":
		return &Service{newTaskScheduler(cfg, account)}, nil
	case "darwin":
		agent, err := newLaunchAgent(cfg, account)
		return &Service{agent}, err
	}
	unit, err := newUserUnit(cfg, account)
	return &Service{unit}, err
}

// Install puts the service on, so that it starts at the next login. Twice is once:
// a definition that differs, as after the program moved, is put right, and a
// running service is restarted with it.
func (s *Service) Install(ctx context.Context) error { return s.manager.install(ctx) }

// Uninstall stops the service and takes it off; where there is none it does nothing.
func (s *Service) Uninstall(ctx context.Context) error { return s.manager.uninstall(ctx) }

// Start starts the installed service.
func (s *Service) Start(ctx context.Context) error { return s.manager.start(ctx) }

// Stop stops the service gracefully until the next login or Start.
func (s *Service) Stop(ctx context.Context) error { return s.manager.stop(ctx) }

// Restart stops and starts the installed service.
func (s *Service) Restart(ctx context.Context) error { return s.manager.restart(ctx) }

// Status tells what the service does.
func (s *Service) Status(ctx context.Context) (Status, error) { return s.manager.status(ctx) }

// checked finds the program and refuses what no definition could hold.
func checked(cfg Config) (Config, error) {
	exe, err := executable(cfg.Executable)
	if err != nil {
		return Config{}, err
	}
	cfg.Executable = exe
	return cfg, printable(append([]string{exe, cfg.LogDir}, cfg.Args...)...)
}

// executable finds the program, links followed: the link may go where the file stays.
func executable(given string) (string, error) {
	if given == "" {
		found, err := os.Executable()
		if err != nil {
			return "", &Error{Code: CodePath, Err: err}
		}
		given = found
	}
	if !filepath.IsAbs(given) {
		return "", &Error{Code: CodePath, Path: given}
	}
	if real, err := filepath.EvalSymlinks(given); err == nil {
		given = real
	}
	return given, nil
}

// printable refuses what no definition of a service could hold safely.
func printable(texts ...string) error {
	for _, text := range texts {
		for _, r := range text {
			if r < ' ' || r == 0x7f || r == '\uFFFD' {
				return &Error{Code: CodePath, Path: text}
			}
		}
	}
	return nil
}
