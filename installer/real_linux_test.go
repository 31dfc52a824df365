package installer

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fieldpost/installer/machine"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The service's whole life under a real systemd.
func TestTheServiceLivesUnderARealSystemd(t *testing.T) {
	m := machine.New(t)
	self, err := os.Executable()
	must(t, err)
	const first, moved = "/opt/field post/fieldpost", "/opt/moved/fieldpost"
	m.CopyIn(t, self, first)
	h := &helperCalls{m: m, program: first}

	if got := h.call(t, "status"); got.Status.State != NotInstalled {
		t.Fatalf("before all: %+v", got)
	}
	if got := h.call(t, "start"); got.Code != CodeNotInstalled {
		t.Errorf("start of nothing: %+v", got)
	}
	if got := h.call(t, "install"); got.Status.State != Stopped || !got.Status.AtLogin || got.Status.Outdated {
		t.Fatalf("installed: %+v", got)
	}
	started := h.call(t, "start").Status
	if started.State != Running || started.PID == 0 || time.Since(started.Since).Abs() > time.Minute {
		t.Fatalf("started: %+v", started)
	}
	h.checkReport(t)
	t.Log(exposure(m))

	m.MustRun(t, "kill", "-9", h.pid(t))
	machine.Eventually(t, 3*time.Second, "a killed daemon is back", func() bool {
		now := h.call(t, "status").Status
		return now.State == Running && now.PID != started.PID && now.Restarts == 1
	})

	m.PowerOff(t)
	m.PowerOn(t)
	m.WaitSession(t)
	machine.Eventually(t, 10*time.Second, "the service is back after a reboot", func() bool { return h.call(t, "status").Status.State == Running })

	stopped := h.call(t, "stop").Status
	if stopped.State != Stopped || stopped.LastExit == nil || stopped.LastExit.Code != 0 || stopped.LastExit.Signal != "" {
		t.Errorf("stopped: %+v, last exit %+v", stopped, stopped.LastExit)
	}

	must(t, os.WriteFile(m.Path("/home/"+machine.Rep+"/fail"), nil, 0o644))
	h.call(t, "start")
	machine.Eventually(t, 10*time.Second, "a daemon that always fails is told apart from one that runs", func() bool {
		now := h.call(t, "status").Status
		return now.State == CrashLooping && now.Restarts > 1 && now.LastExit != nil && now.LastExit.Code == 7
	})
	must(t, os.Remove(m.Path("/home/"+machine.Rep+"/fail")))
	machine.Eventually(t, 5*time.Second, "it recovers by itself", func() bool { return h.call(t, "status").Status.State == Running })

	m.CopyIn(t, self, moved)
	must(t, os.Remove(m.Path(first)))
	h.program = moved
	if got := h.call(t, "status"); !got.Status.Outdated {
		t.Errorf("after a move: %+v", got)
	}
	if got := h.call(t, "install"); got.Status.Outdated || got.Status.State != Running {
		t.Errorf("repaired: %+v", got)
	}
	if target, err := m.Run("readlink", "/proc/"+h.pid(t)+"/exe"); strings.TrimSpace(target) != moved {
		t.Errorf("runs %s (%v)", target, err)
	}

	if got := h.callOutside(t, "status"); got.Code != CodeNoSession {
		t.Errorf("without a session: %+v", got)
	}
	if got := h.call(t, "uninstall"); got.Status.State != NotInstalled {
		t.Errorf("uninstalled: %+v", got)
	}
	left, _ := m.Run("find", "/home/"+machine.Rep+"/.config", "-name", "*fieldpost*")
	running, _ := m.Run("pgrep", "-u", machine.Rep, "fieldpost")
	if left+running != "" {
		t.Errorf("left behind: %s%s", left, running)
	}
}

type helperCalls struct {
	m       *machine.Machine
	program string
}

func (h *helperCalls) call(t *testing.T, verb string) told { return h.tell(t, true, verb) }

func (h *helperCalls) callOutside(t *testing.T, verb string) told { return h.tell(t, false, verb) }

func (h *helperCalls) tell(t *testing.T, session bool, verb string) told {
	t.Helper()
	out, err := h.m.AsRep(session, h.program, "helper", verb)
	var got told
	if err != nil || json.Unmarshal([]byte(out), &got) != nil {
		t.Fatalf("%s: %v\n%s", verb, err, out)
	}
	if got.Code == CodeCommand || got.Code == CodeFile {
		t.Errorf("%s: %s", verb, got.Error)
	}
	return got
}

func (h *helperCalls) pid(t *testing.T) string {
	t.Helper()
	pid, err := json.Marshal(h.call(t, "status").Status.PID)
	must(t, err)
	return string(pid)
}

// checkReport holds what the daemon under the unit's hardening could do.
func (h *helperCalls) checkReport(t *testing.T) {
	t.Helper()
	path := h.m.Path("/home/" + machine.Rep + "/report.json")
	var got can
	machine.Eventually(t, 5*time.Second, "the daemon reports", func() bool {
		data, err := os.ReadFile(path)
		return err == nil && json.Unmarshal(data, &got) == nil
	})
	want := can{Args: []string{"helper", "run", "--home", oddHome}, Confined: "NoNewPrivs: 1, Seccomp: 2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the unit takes something away (-want +got):\n%s", diff)
	}
}

// exposure is the last line of systemd's own verdict on the unit.
func exposure(m *machine.Machine) string {
	out, err := m.AsRep(true, "systemd-analyze", "--user", "--no-pager", "security", unitName)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if err != nil {
		return out
	}
	return lines[len(lines)-1]
}
