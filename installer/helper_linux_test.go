package installer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"
)

// TestMain lets the test binary be the program that is installed: "helper run" is
// its daemon, "helper install" and so on are its commands.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "helper" {
		os.Exit(helper(os.Args[2]))
	}
	os.Exit(m.Run())
}

// told is what a helper's command prints.
type told struct {
	Status Status
	Code   string
	Error  string
}

func helper(verb string) int {
	if verb == "run" {
		return helperDaemon()
	}
	var out told
	ctx := context.Background()
	service, err := New(Config{Args: []string{"helper", "run", "--home", oddHome}, Runner: System{}})
	if err == nil {
		switch verb {
		case "install":
			err = service.Install(ctx)
		case "uninstall":
			err = service.Uninstall(ctx)
		case "start":
			err = service.Start(ctx)
		case "stop":
			err = service.Stop(ctx)
		case "restart":
			err = service.Restart(ctx)
		}
	}
	if err == nil {
		out.Status, err = service.Status(ctx)
	}
	var failed *Error
	if errors.As(err, &failed) {
		out.Code, out.Error = failed.Code, failed.Error()
	}
	_ = json.NewEncoder(os.Stdout).Encode(out)
	return 0
}

// oddHome goes through the unit's quoting.
const oddHome = `/tmp/50% "off" $HOME {{x}}`

// can is what the daemon needs and hardening must not take away.
type can struct {
	Args                      []string
	WriteHome, Map, Port, Bus string
	Netlink, Child            string
	Confined                  string // of /proc/self/status
}

// helperDaemon writes down what it can do and then waits for its end. With the file
// "fail" in its home it fails at once.
func helperDaemon() int {
	home, err := os.UserHomeDir()
	if err != nil {
		return 1
	}
	if _, err := os.Stat(filepath.Join(home, "fail")); err == nil {
		return 7
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	report := can{
		Args: os.Args[1:], WriteHome: why(os.MkdirAll(filepath.Join(home, "Fieldpost", "Inbox"), 0o700)),
		Map: why(mapFile(filepath.Join(home, "outbox.db"))), Port: why(listen()), Bus: why(callBus()),
		Netlink: why(netlink()), Child: why(exec.Command("/proc/self/exe", "-test.list=^$").Run()),
	}
	report.Confined = confined()
	data, _ := json.Marshal(report)
	if err := os.WriteFile(filepath.Join(home, "report.json"), data, 0o600); err != nil {
		return 1
	}
	<-ctx.Done()
	return 0
}

func why(err error) string {
	if err != nil {
		return err.Error()
	}
	return ""
}

// confined reads whether the hardening is in force at all.
func confined() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err.Error()
	}
	var said []string
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "NoNewPrivs:") || strings.HasPrefix(line, "Seccomp:") {
			said = append(said, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(said, ", ")
}

// mapFile does what bbolt does: grow, sync, map, lock.
func mapFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := errors.Join(file.Truncate(1<<16), syscall.Fdatasync(int(file.Fd())), syscall.Flock(int(file.Fd()), syscall.LOCK_EX)); err != nil {
		return err
	}
	data, err := syscall.Mmap(int(file.Fd()), 0, 1<<16, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return err
	}
	return syscall.Munmap(data)
}

func listen() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	return listener.Close()
}

// callBus asks another program of the session, as the keyring and notifications do.
func callBus() error {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return err
	}
	defer bus.Close()
	return bus.Object("org.freedesktop.systemd1", "/org/freedesktop/systemd1").Call("org.freedesktop.DBus.Peer.Ping", 0).Err
}

func netlink() error {
	socket, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("netlink: %w", err)
	}
	return syscall.Close(socket)
}
