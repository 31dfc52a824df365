package machine

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Machine is this computer's own root under an overlay, booted with a systemd of
// its own in a container (components.md section 1).
type Machine struct {
	root string
	boot *exec.Cmd
	init string // pid of the machine's systemd, seen from here
	// UID is the rep's number there.
	UID string
}

// Rep is the field rep, whose session starts without a login.
const Rep = "fieldrep"

// New boots a machine with one user, Rep, and ends it with the test. It takes root and
// some seconds, so it is asked for by FIELDPOST_SYSTEMD=1, else the test is skipped.
func New(t *testing.T) *Machine {
	t.Helper()
	if os.Getenv("FIELDPOST_SYSTEMD") != "1" {
		t.Skip("SKIPPED: FIELDPOST_SYSTEMD=1 boots a real systemd; it takes root and the packages systemd-container, dbus-user-session, libpam-systemd")
	}
	if _, err := exec.LookPath("systemd-nspawn"); err != nil || os.Getuid() != 0 {
		t.Fatalf("FIELDPOST_SYSTEMD=1 takes root (uid %d) and systemd-nspawn (%v)", os.Getuid(), err)
	}
	layers := t.TempDir()
	m := &Machine{root: filepath.Join(layers, "root")}
	must(t, os.Mkdir(m.root, 0o755))
	must(t, syscall.Mount("tmpfs", layers, "tmpfs", 0, ""))
	t.Cleanup(func() { must(t, syscall.Unmount(layers, syscall.MNT_DETACH)) })
	for _, name := range []string{"root", "upper", "work"} {
		must(t, os.Mkdir(filepath.Join(layers, name), 0o755))
	}
	must(t, syscall.Mount("overlay", m.root, "overlay", 0, fmt.Sprintf("lowerdir=/,upperdir=%s/upper,workdir=%s/work", layers, layers)))
	t.Cleanup(func() { must(t, syscall.Unmount(m.root, syscall.MNT_DETACH)) })
	m.PowerOn(t)
	t.Cleanup(func() { m.PowerOff(t) })
	m.MustRun(t, "useradd", "--create-home", "--shell", "/bin/sh", Rep)
	m.MustRun(t, "loginctl", "enable-linger", Rep)
	m.UID = strings.TrimSpace(m.MustRun(t, "id", "-u", Rep))
	m.WaitSession(t)
	return m
}

// PowerOn boots the machine; after PowerOff, that is a restart.
func (m *Machine) PowerOn(t *testing.T) {
	t.Helper()
	m.boot = exec.Command("systemd-nspawn", "--quiet", "--directory="+m.root, "--register=no", "--keep-unit", "--private-network",
		"--link-journal=no", "--machine=fieldpost-test", "--console=pipe", "--boot", "systemd.unit=multi-user.target")
	m.boot.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	must(t, m.boot.Start())
	m.init = ""
	Eventually(t, time.Minute, "the machine boots", func() bool {
		if m.init == "" {
			m.init = initOf(m.boot.Process.Pid)
		}
		state, _ := m.Run("systemctl", "is-system-running")
		return m.init != "" && (strings.HasPrefix(state, "running") || strings.HasPrefix(state, "degraded"))
	})
}

// WaitSession waits for the user manager that lingering starts without a login.
func (m *Machine) WaitSession(t *testing.T) {
	t.Helper()
	Eventually(t, 20*time.Second, "the rep's session is up", func() bool {
		_, err := m.AsRep(true, "systemctl", "--user", "is-active", "default.target")
		return err == nil
	})
}

// PowerOff shuts the machine down.
func (m *Machine) PowerOff(t *testing.T) {
	t.Helper()
	_, _ = m.Run("systemctl", "poweroff") // it may hang up before it answers
	ended := make(chan error, 1)
	go func() { ended <- m.boot.Wait() }()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		_ = m.boot.Process.Kill()
		t.Error("the machine did not go down")
	}
}

// initOf finds the descendant of a process that is number 1 in its own namespace.
func initOf(pid int) string {
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for child := range strings.FieldsSeq(string(children)) {
		status, _ := os.ReadFile("/proc/" + child + "/status")
		_, line, _ := strings.Cut(string(status), "\nNSpid:")
		line, _, _ = strings.Cut(line, "\n")
		if numbers := strings.Fields(line); len(numbers) > 1 && numbers[len(numbers)-1] == "1" {
			return child
		}
		var next int
		fmt.Sscan(child, &next)
		if found := initOf(next); found != "" {
			return found
		}
	}
	return ""
}

// run runs a program in the machine as root and gives what it printed.
func (m *Machine) Run(program string, args ...string) (string, error) {
	command := exec.Command("nsenter", append([]string{"--target", m.init, "--all", program}, args...)...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	return out.String(), err
}

// MustRun is Run, and ends the test where the program fails.
func (m *Machine) MustRun(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := m.Run(program, args...)
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
	return out
}

// AsRep runs a program as the field rep, in or out of that user's session.
func (m *Machine) AsRep(session bool, program string, args ...string) (string, error) {
	return m.Run("setpriv", append(append(m.become(session), program), args...)...)
}

// CommandAsRep prepares a program of the rep's session, and gives what it will print.
func (m *Machine) CommandAsRep(program string, args ...string) (*exec.Cmd, io.Reader) {
	command := exec.Command("nsenter", slices.Concat([]string{"--target", m.init, "--all", "setpriv"}, m.become(true), []string{program}, args)...)
	out, err := command.StdoutPipe()
	if err != nil {
		return command, strings.NewReader("") // it fails at its start
	}
	return command, out
}

// become are the words that make a program the rep's.
func (m *Machine) become(session bool) []string {
	words := []string{"--reuid=" + m.UID, "--regid=" + m.UID, "--init-groups", "env", "-i", "HOME=/home/" + Rep, "PATH=/usr/bin:/bin", "USER=" + Rep}
	if session {
		words = append(words, "XDG_RUNTIME_DIR=/run/user/"+m.UID, "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/"+m.UID+"/bus")
	}
	return words
}

// Write puts a file of root's into the machine.
func (m *Machine) Write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(m.Path(path)), 0o755))
	must(t, os.WriteFile(m.Path(path), []byte(text), 0o644))
}

// Lies tells whether there is a file at a path of the machine.
func (m *Machine) Lies(path string) bool {
	_, err := os.Lstat(m.Path(path))
	return err == nil
}

// Path is where a path of the machine lies on this computer.
func (m *Machine) Path(inside string) string { return filepath.Join(m.root, inside) }

// CopyIn copies a file of this computer to a path in the machine.
func (m *Machine) CopyIn(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	must(t, err)
	must(t, os.MkdirAll(filepath.Join(m.root, filepath.Dir(to)), 0o755))
	must(t, os.WriteFile(filepath.Join(m.root, to), data, 0o755))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
