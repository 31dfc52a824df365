package machine

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// aloneEnv names the test that runs in a network of its own.
const aloneEnv = "FIELDPOST_OWN_NETWORK"

// Alone runs body in a network of its own, which has nothing but a loopback that is
// down: the test runs again in a process there. It takes root and the program ip.
func Alone(t *testing.T, body func(t *testing.T)) {
	t.Helper()
	if os.Getenv(aloneEnv) == t.Name() {
		body(t)
		return
	}
	if _, err := exec.LookPath("ip"); err != nil || os.Getuid() != 0 {
		t.Skip("SKIPPED: takes root and the program ip (package iproute2), as .ci/run has them")
	}
	t.Parallel()
	again := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
	again.Env = append(os.Environ(), aloneEnv+"="+t.Name())
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	out, err := again.CombinedOutput()
	if t.Logf("%s", out); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatal(err)
	}
}

// IP runs ip with the words of arguments.
func IP(t *testing.T, arguments string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "ip", strings.Fields(arguments)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", arguments, err, out)
	}
}
