package installer

import (
	"context"
	"errors"
	"os"
	"os/user"
	"strconv"
	"strings"
	"time"

	"github.com/kardianos/service"
	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
)

// accountService is a Windows service under one rep's account, for companies that want
// fieldpost to run before that rep logs on. The service control manager restarts it,
// and it needs the account's password once.
type accountService struct {
	placer  placer
	name    string
	command string // the whole command line
	account string // "" where only an existing service is looked after
	secret  string
	runner  Runner
}

// existingAccountService is the service under the caller's account, nil without one.
func existingAccountService(cfg Config, caller *user.User) manager {
	s := &accountService{name: accountServiceName(caller.Username), runner: cfg.Runner}
	s.command = windowsCommandLine(append([]string{cfg.Executable}, s.args(cfg)...))
	placer, err := windowsPlacer(cfg, s, "", "")
	if err != nil {
		return nil
	}
	s.placer = placer
	handle, err := s.open(windows.SERVICE_QUERY_STATUS)
	if err != nil {
		return nil
	}
	handle.Close()
	return s
}

// newAccountService prepares a service under an account, as DOMAIN\NAME, .\NAME or NAME.
func newAccountService(cfg Config) (manager, error) {
	name := cfg.Account.Name
	if local, ok := strings.CutPrefix(name, `.\`); ok {
		host, err := os.Hostname()
		if err != nil {
			return nil, &Error{Code: CodeNoUser, Err: err}
		}
		name = host + `\` + local
	}
	found, err := user.Lookup(name)
	if err != nil {
		return nil, &Error{Code: CodeAccount, Account: cfg.Account.Name, Err: err}
	}
	s := &accountService{
		name: accountServiceName(found.Username), account: found.Username, secret: cfg.Account.Password, runner: cfg.Runner,
	}
	s.command = windowsCommandLine(append([]string{cfg.Executable}, s.args(cfg)...))
	s.placer, err = windowsPlacer(cfg, s, s.account, s.secret)
	return s, err
}

func accountServiceName(account string) string { return Name + "-" + plainName(account) }

// windowsPlacer is the library's Windows service under an account, started with Windows
// and again a second after each failure.
func windowsPlacer(cfg Config, s *accountService, account, password string) (placer, error) {
	placer, err := placerOf("windows-service", &service.Config{
		Name: s.name, DisplayName: s.name, Description: description,
		Executable: cfg.Executable, Arguments: s.args(cfg), UserName: account,
		Option: service.KeyValue{
			"Password": password, "DelayedAutoStart": true,
			"OnFailure": "restart", "OnFailureDelayDuration": "1s", "OnFailureResetPeriod": 60,
		},
	})
	if err != nil {
		return nil, &Error{Code: CodeNoManager, Err: err}
	}
	return placer, nil
}

// args tell the program which service it is: so it need not guess, which fails in
// sessions that are not the system's own (components.md section 3).
func (s *accountService) args(cfg Config) []string {
	return append(cfg.Args[:len(cfg.Args):len(cfg.Args)], "--as-service", s.name)
}

// install makes the service, or puts an existing one right. A program that fails is
// started again after a second, also where it ended by itself with a code, which the
// library does not ask for.
func (s *accountService) install(ctx context.Context) error {
	handle, err := s.open(windows.SERVICE_ALL_ACCESS)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		if err := s.placer.Install(); err != nil {
			return s.failed("create", err)
		}
		handle, err = s.open(windows.SERVICE_ALL_ACCESS)
	} else if err == nil {
		err = s.repair(handle)
	}
	if err != nil {
		return s.failed("open", err)
	}
	defer handle.Close()
	err = handle.SetRecoveryActionsOnNonCrashFailures(true)
	if err != nil && !errors.Is(err, windows.ERROR_INVALID_LEVEL) { // Wine knows no such thing
		return s.failed("configure", err)
	}
	registerEventSource(ctx, s.runner)
	return nil
}

// repair changes what the service runs and as whom, and nothing else.
func (s *accountService) repair(handle *mgr.Service) error {
	command, err := windows.UTF16PtrFromString(s.command)
	if err != nil {
		return err
	}
	var account, secret *uint16 // nil leaves it as it is
	if s.account != "" {
		if account, err = windows.UTF16PtrFromString(s.account); err != nil {
			return err
		}
		if secret, err = windows.UTF16PtrFromString(s.secret); err != nil {
			return err
		}
	}
	const same = windows.SERVICE_NO_CHANGE
	return windows.ChangeServiceConfig(handle.Handle, same, same, same, command, nil, nil, nil, account, secret, nil)
}

func (s *accountService) uninstall(ctx context.Context) error {
	if err := s.stop(ctx); err != nil && !errors.Is(err, &Error{Code: CodeNotInstalled}) {
		return err
	}
	if err := s.placer.Uninstall(); err != nil {
		return s.failed("delete", err)
	}
	return nil
}

func (s *accountService) start(context.Context) error {
	handle, err := s.open(windows.SERVICE_START | windows.SERVICE_QUERY_STATUS)
	if err != nil {
		return s.failed("open", err)
	}
	defer handle.Close()
	if err := handle.Start(); err != nil && !errors.Is(err, windows.ERROR_SERVICE_ALREADY_RUNNING) {
		return s.failed("start", err)
	}
	return nil
}

// stop returns once the service is gone.
func (s *accountService) stop(ctx context.Context) error {
	handle, err := s.open(windows.SERVICE_STOP | windows.SERVICE_QUERY_STATUS)
	if err != nil {
		return s.failed("open", err)
	}
	defer handle.Close()
	status, err := handle.Control(svc.Stop)
	if errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for err == nil && status.State != svc.Stopped {
		select {
		case <-ctx.Done():
			return s.failed("stop", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
		status, err = handle.Query()
	}
	if err != nil {
		return s.failed("stop", err)
	}
	return nil
}

func (s *accountService) restart(ctx context.Context) error {
	if err := s.stop(ctx); err != nil {
		return err
	}
	return s.start(ctx)
}

// open opens the service with no more rights than are needed: whoever is no
// administrator may only look.
func (s *accountService) open(rights uint32) (*mgr.Service, error) {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT)
	if err != nil {
		return nil, err
	}
	defer windows.CloseServiceHandle(manager)
	name, err := windows.UTF16PtrFromString(s.name)
	if err != nil {
		return nil, err
	}
	handle, err := windows.OpenService(manager, name, rights)
	if err != nil {
		return nil, err
	}
	return &mgr.Service{Name: s.name, Handle: handle}, nil
}

func (s *accountService) failed(verb string, err error) error {
	switch {
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return &Error{Code: CodeNotAdmin, Path: s.name, Err: err}
	case errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST):
		return &Error{Code: CodeNotInstalled, Err: err}
	case errors.Is(err, windows.ERROR_SERVICE_LOGON_FAILED):
		return &Error{Code: CodeLogon, Account: s.account, Err: err}
	}
	return &Error{Code: CodeCommand, Command: "service " + strconv.Quote(s.name) + " " + verb, Said: err.Error(), Err: err}
}
