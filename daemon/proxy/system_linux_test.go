package proxy

import (
	"os"
	"path/filepath"
	"testing"
)

func TestProxiesThatAreNotFollowedAreNamed(t *testing.T) {
	cases := []struct{ name, setting, variable, value, gnome, want string }{
		{"nothing", "system", "", "", "exit 1", ""},
		{"no desktop's proxy", "system", "", "", "echo \"'none'\"", ""},
		{"a desktop's script", "system", "", "", "echo \"'auto'\"", "GNOME"},
		{"a desktop's proxy", "system", "", "", "echo \"'manual'\"", "GNOME"},
		{"the environment's script", "system", "auto_proxy", "http://acme.test/proxy.pac", "exit 1", "auto_proxy"},
		{"a proxy is named", "system", "HTTPS_PROXY", "http://env.test:1", "echo \"'auto'\"", ""},
		{"none is wanted", "none", "", "", "echo \"'auto'\"", ""},
		{"another is wanted", "http://own.test:1", "auto_proxy", "http://acme.test/proxy.pac", "echo \"'auto'\"", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			bare(t)
			if c.variable != "" {
				t.Setenv(c.variable, c.value)
			}
			programs := t.TempDir()
			script := "#!/bin/sh\n[ \"$*\" = 'get org.gnome.system.proxy mode' ] || exit 2\n" + c.gnome + "\n"
			if err := os.WriteFile(filepath.Join(programs, "gsettings"), []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", programs)
			if got := New(func() string { return c.setting }).LeftOut(t.Context()); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
