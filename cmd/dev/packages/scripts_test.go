//go:build unix

package packages

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ran runs a script of installer/package with a stand-in for /usr/bin/fieldpost, and
// gives what that was asked.
func ran(t *testing.T, script string, ends int, args ...string) string {
	t.Helper()
	folder := t.TempDir()
	program, asked := filepath.Join(folder, "fieldpost"), filepath.Join(folder, "asked")
	stand := "#!/bin/sh\necho \"$*\" >>" + asked + "\nexit " + string(rune('0'+ends)) + "\n"
	text, err := os.ReadFile(filepath.Join("../../../installer/package", script))
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.ReplaceAll(string(text), "/usr/bin/fieldpost", program)
	if changed == string(text) {
		t.Fatalf("%s does not run /usr/bin/fieldpost", script)
	}
	copied := filepath.Join(folder, "script")
	for path, text := range map[string]string{program: stand, copied: changed} {
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("sh", append([]string{copied}, args...)...).CombinedOutput(); err != nil {
		t.Errorf("%s %v failed, and with it the package: %v\n%s", script, args, err, out)
	}
	said, err := os.ReadFile(asked)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(said))
}

func TestThePackagesScriptsAskForTheServiceAndNeverFail(t *testing.T) {
	const install, uninstall = "service install --all-users", "service uninstall --all-users"
	tests := []struct {
		script string
		args   []string
		want   string
	}{
		{"deb/postinst", []string{"configure", ""}, install},
		{"deb/postinst", []string{"configure", "1.2.2"}, install},
		{"deb/postinst", []string{"triggered"}, ""},
		{"deb/prerm", []string{"remove"}, uninstall},
		{"deb/prerm", []string{"upgrade", "1.2.4"}, ""},
		{"rpm/post", []string{"1"}, install},
		{"rpm/post", []string{"2"}, install},
		{"rpm/preun", []string{"0"}, uninstall},
		{"rpm/preun", []string{"1"}, ""},
	}
	for _, test := range tests {
		t.Run(test.script+" "+strings.Join(test.args, " "), func(t *testing.T) {
			for _, ends := range []int{0, 1} {
				if got := ran(t, test.script, ends, test.args...); got != test.want {
					t.Errorf("the program, which ends with %d, was asked %q, want %q", ends, got, test.want)
				}
			}
		})
	}
}
