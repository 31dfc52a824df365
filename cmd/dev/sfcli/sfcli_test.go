package sfcli_test

import (
	"slices"
	"strings"
	"testing"

	"fieldpost/cmd/dev/sfcli"
)

func TestTheCLIAndItsNodeAreThePinnedOnes(t *testing.T) {
	out, err := sfcli.Command(t, t.TempDir(), "version", "--verbose").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"@salesforce/cli/2.146.3", "node-v22.23.3"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}

func TestNoSettingOfTheMachineReachesTheCLI(t *testing.T) {
	t.Setenv("SF_ORG_INSTANCE_URL", "https://real.my.salesforce.com")
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	home := t.TempDir()
	env := sfcli.Command(t, home, "version").Env
	if !slices.Contains(env, "HOME="+home) {
		t.Error("its home is another")
	}
	for _, line := range env {
		if strings.Contains(line, "real.my.salesforce.com") || strings.HasPrefix(line, "XDG_") {
			t.Error(line)
		}
	}
}
