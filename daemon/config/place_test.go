package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"fieldpost/daemon/config"
)

// placed is where a policy goes that is placed in a test.
func placed(t *testing.T) config.Paths {
	t.Helper()
	paths, err := config.Locate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	paths.SystemPolicy = filepath.Join(t.TempDir(), "fieldpost", "policy.toml")
	return paths
}

func TestAPlacedPolicyIsTheFileWithTheValuesOnTop(t *testing.T) {
	const file = "# ours\n[salesforce]\nlogin_url = \"https://old.my.salesforce.com\" # the org\n\n[privacy]\nbody = \"none\"\n"
	tests := []struct {
		name, file string
		typed      map[string]string
		want       string
	}{
		{
			"values alone", "",
			map[string]string{"salesforce.login_url": "https://acme.my.salesforce.com", "salesforce.client_id": "3MVG9"},
			"[salesforce]\nclient_id = \"3MVG9\"\nlogin_url = \"https://acme.my.salesforce.com\"\n",
		},
		{"a file alone", file, nil, file},
		{
			"both", file,
			map[string]string{"salesforce.login_url": "https://acme.my.salesforce.com"},
			"# ours\n[salesforce]\nlogin_url = \"https://acme.my.salesforce.com\" # the org\n\n[privacy]\nbody = \"none\"\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			paths, from := placed(t), ""
			if test.file != "" {
				from = filepath.Join(t.TempDir(), "given.toml")
				if err := os.WriteFile(from, []byte(test.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := config.PlacePolicy(paths, from, test.typed); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(paths.SystemPolicy)
			if err != nil || string(got) != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
			if info, err := os.Stat(paths.SystemPolicy); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o644) {
				t.Errorf("users cannot read it: %v, %v", info.Mode(), err)
			}
		})
	}
}

func TestWhatCouldNotBeReadIsNotPlaced(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.toml")
	if err := os.WriteFile(broken, []byte("[salesforce]\nlogin = \"x\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, from, key, value, code string
	}{
		{"an unknown setting in the file", broken, "", "", config.CodeUnknown},
		{"a file that is not there", broken + ".not", "", "", config.CodeUnreadable},
		{"a value that is not allowed", "", "salesforce.login_url", "ftp://acme", config.CodeValue},
		{"a setting that does not exist", "", "salesforce.login", "x", config.CodeUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			paths, typed := placed(t), map[string]string{}
			if test.key != "" {
				typed[test.key] = test.value
			}
			err := config.PlacePolicy(paths, test.from, typed)
			if fault := new(config.Error); !errors.As(err, &fault) || fault.Code != test.code {
				t.Errorf("got %v, want %s", err, test.code)
			}
			if _, err := os.Lstat(filepath.Dir(paths.SystemPolicy)); err == nil {
				t.Error("it left a folder")
			}
		})
	}
}

func TestAPolicyIsNotPlacedThroughALink(t *testing.T) {
	paths := placed(t)
	if err := os.Symlink(t.TempDir(), filepath.Dir(paths.SystemPolicy)); err != nil {
		t.Skip("SKIPPED: this system lets nobody make a link:", err)
	}
	if info, err := os.Lstat(filepath.Dir(paths.SystemPolicy)); err != nil || info.IsDir() {
		t.Skip("SKIPPED: this system, Wine, does not tell a link from a folder")
	}
	err := config.PlacePolicy(paths, "", map[string]string{"log.level": "debug"})
	if !errors.Is(err, &config.Error{Code: config.CodeUnplaced}) {
		t.Errorf("got %v", err)
	}
}
