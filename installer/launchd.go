package installer

import (
	"context"
	"encoding/xml"
	"errors"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// launchAgent is the service under macOS's launchd, in the user's own session.
// launchctl's load and unload, which kardianos/service uses, are deprecated, tell
// success when they fail, and may leave a restarted service gone (reliability.md
// section 6), so the library only places the file.
type launchAgent struct {
	definition
	runner Runner
	logDir string
	domain string     // gui/UID
	forAll definition // the agent of every user, where there is one
}

func newLaunchAgent(cfg Config, account *user.User) (*launchAgent, error) {
	text := agentText(cfg.Executable, cfg.Args, cfg.LogDir)
	placer, err := library("darwin-launchd", "LaunchdConfig", text, cfg.Executable)
	if err != nil {
		return nil, &Error{Code: CodeNoManager, Err: err}
	}
	return &launchAgent{
		definition: definition{path: filepath.Join(account.HomeDir, "Library", "LaunchAgents", Name+".plist"), text: text, placer: placer},
		runner:     cfg.Runner, logDir: cfg.LogDir, domain: "gui/" + account.Uid,
		forAll: definition{path: sharedAgentPath, text: agentText(cfg.Executable, cfg.Args, "")},
	}, nil
}

// agentText renders the LaunchAgent: started at login, and again within a second
// whenever it does not end cleanly.
func agentText(executable string, args []string, logDir string) string {
	var words strings.Builder
	for _, word := range append([]string{executable}, args...) {
		words.WriteString("\t\t<string>" + plistEscape(word) + "</string>\n")
	}
	logs := ""
	if logDir != "" {
		logs = "\t<key>StandardErrorPath</key>\n\t<string>" + plistEscape(path.Join(logDir, "stderr.log")) + "</string>\n"
	}
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + Name + `</string>
	<key>ProgramArguments</key>
	<array>
` + words.String() + `	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>KeepAlive</key>
	<dict>
		<key>SuccessfulExit</key>
		<false/>
	</dict>
	<key>ThrottleInterval</key>
	<integer>1</integer>
	<key>ExitTimeOut</key>
	<integer>10</integer>
	<key>Umask</key>
	<integer>63</integer>
` + logs + `</dict>
</plist>
`
}

func plistEscape(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text)) // a strings.Builder takes everything
	return strings.ReplaceAll(out.String(), "{", "&#123;")
}

func (a *launchAgent) install(ctx context.Context) error {
	if current, err := a.read(); err != nil || current == a.text {
		return err
	}
	if !a.exists() && a.forAll.inPlace() {
		return nil // what every user has runs the same
	}
	if a.logDir != "" {
		if err := os.MkdirAll(a.logDir, 0o700); err != nil {
			return fileError(a.logDir, err)
		}
	}
	if err := a.place(); err != nil {
		return err
	}
	if _, loaded := a.print(ctx); !loaded {
		return nil
	}
	return a.restart(ctx)
}

func (a *launchAgent) uninstall(ctx context.Context) error {
	if !a.exists() {
		return refuseForAll(a.forAll.path)
	}
	if err := a.bootout(ctx); err != nil {
		return err
	}
	if err := a.placer.Uninstall(); err != nil {
		return &Error{Code: CodeFile, Path: a.path, Err: err}
	}
	return nil
}

// start registers the agent where it is not, and then starts it: launchd may
// register one without starting it.
func (a *launchAgent) start(ctx context.Context) error {
	if !lies(a.file()) {
		return &Error{Code: CodeNotInstalled}
	}
	if _, loaded := a.print(ctx); !loaded {
		if err := a.launchctl(ctx, "enable", a.target()); err != nil {
			return err
		}
		if err := a.launchctl(ctx, "bootstrap", a.domain, a.file()); err != nil {
			return err
		}
	}
	return a.launchctl(ctx, "kickstart", a.target())
}

func (a *launchAgent) stop(ctx context.Context) error {
	if !lies(a.file()) {
		return &Error{Code: CodeNotInstalled}
	}
	return a.bootout(ctx)
}

// restart registers anew, for kickstart alone would keep an old definition.
func (a *launchAgent) restart(ctx context.Context) error {
	if err := a.stop(ctx); err != nil {
		return err
	}
	return a.start(ctx)
}

func (a *launchAgent) status(ctx context.Context) (Status, error) {
	if !lies(a.file()) {
		return Status{State: NotInstalled}, nil
	}
	status := Status{State: Stopped}
	if out, loaded := a.print(ctx); loaded {
		status = parsePrint(out)
	}
	status.File, status.AtLogin, status.Outdated = a.file(), true, a.outdated()
	return status, nil
}

// file is the user's own definition, else that of every user.
func (a *launchAgent) file() string {
	if !a.exists() && a.forAll.exists() {
		return a.forAll.path
	}
	return a.path
}

func (a *launchAgent) target() string { return a.domain + "/" + Name }

func (a *launchAgent) print(ctx context.Context) (string, bool) {
	out, err := a.runner.Run(ctx, nil, "launchctl", "print", a.target())
	return out, err == nil
}

// bootout ends the agent and forgets it until the next login; one that is not
// registered is gone already. It returns once launchd has forgotten it, for a start
// before that would be lost.
func (a *launchAgent) bootout(ctx context.Context) error {
	if _, loaded := a.print(ctx); !loaded {
		return nil
	}
	const inProgress = 36 // EINPROGRESS: it is ending
	err := a.launchctl(ctx, "bootout", a.target())
	var failed *CommandError
	if err != nil && (!errors.As(err, &failed) || failed.Code != inProgress) {
		return err
	}
	return a.waitGone(ctx)
}

// waitGone waits as long as launchd gives the process to end (ExitTimeOut), and some.
func (a *launchAgent) waitGone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 12*time.Second)
	defer cancel()
	for {
		if _, loaded := a.print(ctx); !loaded {
			return nil
		}
		select {
		case <-ctx.Done():
			return commandError(ctx.Err(), "launchctl", "bootout", a.target())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (a *launchAgent) launchctl(ctx context.Context, args ...string) error {
	_, err := a.runner.Run(ctx, nil, "launchctl", args...)
	return commandError(err, "launchctl", args...)
}
