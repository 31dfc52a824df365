package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/sfclient/sandbox"
)

// binary builds the program once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "fieldpost-browser-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "fieldpost")
	out, err := exec.Command("go", "build", "-C", "../../..", "-o", path, "./cmd/fieldpost").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// laptop is the real program working on a home of its own, with a Salesforce in this
// process that can go away.
type laptop struct {
	t      *testing.T
	home   string
	lang   string
	org    *sandbox.Sandbox
	server *http.Server
	addr   string
	daemon *exec.Cmd
	env    []string // besides that of each command
}

// newLaptop is one whose daemon runs; nobody is signed in.
func newLaptop(t *testing.T, lang string, env ...string) *laptop {
	t.Helper()
	l := &laptop{t: t, home: t.TempDir(), lang: lang, org: sandbox.New(sandbox.Config{}), addr: "127.0.0.1:0", env: env}
	l.comeBack()
	l.start()
	t.Cleanup(func() { l.goAway(); _ = l.daemon.Process.Signal(syscall.SIGTERM); _ = l.daemon.Wait() })
	return l
}

// atWork is one at which the rep of the sandbox is signed in and known people are at hand.
func atWork(t *testing.T, lang string, env ...string) *laptop {
	t.Helper()
	l := newLaptop(t, lang, env...)
	l.signIn()
	l.eventually("the people", func() bool { return l.status().Directory.RefreshedAt != nil })
	return l
}

func (l *laptop) comeBack() {
	l.t.Helper()
	listener, err := net.Listen("tcp", l.addr)
	if err != nil {
		l.t.Fatal(err)
	}
	l.addr = listener.Addr().String()
	l.server = &http.Server{Handler: l.org, ReadHeaderTimeout: time.Second}
	go func() { _ = l.server.Serve(listener) }()
}

func (l *laptop) goAway() { _ = l.server.Close() }

func (l *laptop) command(args ...string) *exec.Cmd {
	l.t.Helper()
	path, err := binary()
	if err != nil {
		l.t.Fatal(err)
	}
	c := exec.CommandContext(context.WithoutCancel(l.t.Context()), path, args...)
	c.Env = append(os.Environ(),
		"FIELDPOST_HOME="+l.home, "FIELDPOST_KEYCHAIN_BACKEND=file", "FIELDPOST_KEYCHAIN_PASSPHRASE=correct horse",
		"FIELDPOST_SALESFORCE_LOGIN_URL=http://"+l.addr, "FIELDPOST_SALESFORCE_CLIENT_ID=test", "FIELDPOST_WEB_LISTEN=127.0.0.1:0",
		"FIELDPOST_UI_LANGUAGE="+l.lang, "FIELDPOST_SALESFORCE_REDIRECT_PORTS=[17170,27170,37170]", "FIELDPOST_NOTIFY_ENABLED=false",
	)
	c.Env = append(c.Env, l.env...)
	return c
}

func (l *laptop) run(args ...string) string {
	l.t.Helper()
	var out, errs bytes.Buffer
	c := l.command(args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		l.t.Fatalf("fieldpost %s: %v\n%s%s", strings.Join(args, " "), err, &out, &errs)
	}
	return out.String()
}

func (l *laptop) start() {
	l.t.Helper()
	l.daemon = l.command("run")
	logs, err := l.daemon.StderrPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := l.daemon.Start(); err != nil {
		l.t.Fatal(err)
	}
	for lines := bufio.NewScanner(logs); lines.Scan(); {
		if strings.Contains(lines.Text(), `"msg":"ready"`) {
			go func() {
				for lines.Scan() { // keep the pipe empty
				}
			}()
			return
		}
	}
	l.t.Fatal("the daemon never got ready")
}

func (l *laptop) signIn() {
	l.t.Helper()
	c := l.command("auth", "login", "--no-browser")
	out, err := c.StdoutPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		l.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		l.t.Fatal("auth login printed no address")
	}
	answer, err := http.Get(lines.Text())
	if err != nil {
		l.t.Fatal(err)
	}
	_ = answer.Body.Close()
	for lines.Scan() {
	}
	if err := c.Wait(); err != nil {
		l.t.Fatalf("auth login: %v", err)
	}
}

func (l *laptop) status() (s apitype.Status) {
	l.t.Helper()
	told, _ := l.command("status", "--json").Output() // its exit code tells that something needs the rep
	if err := json.Unmarshal(told, &s); err != nil {
		l.t.Fatalf("status: %v in %q", err, told)
	}
	return s
}

func (l *laptop) eventually(what string, is func() bool) {
	l.t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); {
		if time.Now().After(end) {
			l.t.Fatalf("no %s within 30 s: %+v", what, l.status())
		}
		time.Sleep(50 * time.Millisecond)
	}
}
