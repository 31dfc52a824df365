package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"fieldpost/sfclient/sandbox"
)

// TestWhatWaitsGoesWhenTheNetworkComesUp lets the real program hear of a real link.
func TestWhatWaitsGoesWhenTheNetworkComesUp(t *testing.T) {
	if _, err := exec.LookPath("ip"); err != nil || os.Getuid() != 0 {
		t.Skip("SKIPPED: takes root and the program ip (package iproute2), as .ci/run has them")
	}
	t.Parallel()
	alone := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestInANetworkOfItsOwn$", "-test.v")
	alone.Env = append(os.Environ(), "FIELDPOST_OWN_NETWORK=1")
	alone.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	out, err := alone.CombinedOutput()
	if t.Logf("%s", out); err != nil || !strings.Contains(string(out), "--- PASS: TestInANetworkOfItsOwn") {
		t.Fatal(err)
	}
}

// TestInANetworkOfItsOwn is run by the test above.
func TestInANetworkOfItsOwn(t *testing.T) {
	if os.Getenv("FIELDPOST_OWN_NETWORK") == "" {
		t.Skip("SKIP: is run by TestWhatWaitsGoesWhenTheNetworkComesUp")
	}
	ip(t, "link set lo up")
	ip(t, "link add fp0 type veth peer name fp1")
	ip(t, "link set fp1 up")
	l := loneLaptop(t)
	l.org.AddContact(sandbox.Person{FirstName: "Ana", LastName: "Müller", Email: "ana@kunde.test"})
	l.start()
	l.signIn()
	l.eventually("first copy of the directory", func() bool { return l.status().Directory.RefreshedAt != nil })

	l.goAway()
	l.share("On the train", "--to", "ana@kunde.test")
	var next time.Time
	l.eventually("pause of some length", func() bool {
		at := l.status().Connection.NextAttemptAt
		if at == nil || time.Until(*at) < 8*time.Second {
			return false
		}
		next = *at
		return true
	})
	l.comeBack()
	began := time.Now()
	ip(t, "link set fp0 up")
	l.eventually("delivery", func() bool { return len(l.org.Records("Task")) == 1 })
	if time.Now().After(next) {
		t.Errorf("it went by itself at %v, not when the network came up", next)
	}
	t.Logf("in Salesforce %v after the link came up; by itself it would have gone after %v", time.Since(began).Round(time.Millisecond), next.Sub(began).Round(time.Millisecond))
}

func ip(t *testing.T, arguments string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "ip", strings.Fields(arguments)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", arguments, err, out)
	}
}
