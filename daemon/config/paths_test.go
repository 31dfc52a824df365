package config

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"fieldpost/daemon/words"

	"github.com/google/go-cmp/cmp"
)

var french = words.In("fr")

func environment(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestPlaces(t *testing.T) {
	cases := map[string]struct {
		goos string
		env  map[string]string
		home string
		want Paths
	}{
		"Linux": {"linux", map[string]string{"HOME": "/home/ana"}, "", Paths{
			UserHome: "/home/ana", State: "/home/ana/.local/state/fieldpost", ConfigFile: "/home/ana/.config/fieldpost/config.toml",
			Inbox: "/home/ana/Fieldpost/Inbox", SystemPolicy: "/etc/fieldpost/policy.toml",
		}},
		"Linux with XDG folders": {"linux", map[string]string{"HOME": "/home/ana/", "XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "/c"}, "", Paths{
			UserHome: "/home/ana/", State: "/s/fieldpost", ConfigFile: "/c/fieldpost/config.toml",
			Inbox: "/home/ana/Fieldpost/Inbox", SystemPolicy: "/etc/fieldpost/policy.toml",
		}},
		"a relative XDG folder counts for nothing": {"linux", map[string]string{"HOME": "/home/ana", "XDG_STATE_HOME": "s"}, "", Paths{
			UserHome: "/home/ana", State: "/home/ana/.local/state/fieldpost", ConfigFile: "/home/ana/.config/fieldpost/config.toml",
			Inbox: "/home/ana/Fieldpost/Inbox", SystemPolicy: "/etc/fieldpost/policy.toml",
		}},
		"macOS": {"darwin", map[string]string{"HOME": "/Users/ana", "XDG_STATE_HOME": "/s"}, "", Paths{
			UserHome: "/Users/ana", State: "/Users/ana/Library/Application Support/fieldpost",
			ConfigFile: "/Users/ana/Library/Application Support/fieldpost/config.toml",
			Inbox:      "/Users/ana/Fieldpost/Inbox", SystemPolicy: "/Library/Application Support/fieldpost/policy.toml",
		}},
		"Windows": {"windows", map[string]string{"USERPROFILE": `C:\Users\ana`, "LOCALAPPDATA": `D:\Local`, "ProgramData": `C:\PD`}, "", Paths{
			UserHome: `C:\Users\ana`, State: `D:\Local\fieldpost`, ConfigFile: `D:\Local\fieldpost\config.toml`,
			Inbox: `C:\Users\ana\Fieldpost\Inbox`, SystemPolicy: `C:\PD\fieldpost\policy.toml`,
		}},
		"a bare Windows": {"windows", map[string]string{"USERPROFILE": `C:\Users\ana`}, "", Paths{
			UserHome: `C:\Users\ana`, State: `C:\Users\ana\AppData\Local\fieldpost`, ConfigFile: `C:\Users\ana\AppData\Local\fieldpost\config.toml`,
			Inbox: `C:\Users\ana\Fieldpost\Inbox`, SystemPolicy: `C:\ProgramData\fieldpost\policy.toml`,
		}},
		"all in one folder": {"linux", map[string]string{"XDG_STATE_HOME": "/s"}, "/one", Paths{
			State: "/one", ConfigFile: "/one/config.toml", Inbox: "/one/Inbox", SystemPolicy: "/etc/fieldpost/policy.toml",
		}},
		"all in one folder of Windows": {"windows", nil, `E:\`, Paths{
			State: `E:\`, ConfigFile: `E:\config.toml`, Inbox: `E:\Inbox`, SystemPolicy: `C:\ProgramData\fieldpost\policy.toml`,
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Places(c.goos, environment(c.env), c.home)
			if err != nil {
				t.Fatal(err)
			}
			in := func(file string) string { return system{goos: c.goos}.join(c.want.State, file) }
			c.want.Outbox, c.want.Directory, c.want.API = in("outbox.db"), in("directory.db"), in("api.json")
			c.want.Logs, c.want.PolicyCopy = in("logs"), in("policy.last-good.toml")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWithoutAHomeFolderThePlaceIsAskedFor(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		_, err := Places(goos, environment(nil), "")
		if !errors.Is(err, &Error{Code: CodeNoHome}) {
			t.Errorf("%s: %v", goos, err)
		}
	}
}

func TestTheFlagBeatsFIELDPOST_HOMEAndBothAreMadeAbsolute(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("FIELDPOST_HOME", "variable")
	for given, want := range map[string]string{"": "variable", "flag": "flag"} {
		paths, err := Locate(given)
		if err != nil || paths.State != filepath.Join(here, want) {
			t.Errorf("%q: %s, %v", given, paths.State, err)
		}
	}
}

func TestFoldersAreTheUsersAlone(t *testing.T) {
	root := filepath.Join(t.TempDir(), "one")
	paths, err := Places("linux", environment(nil), root)
	if err != nil {
		t.Fatal(err)
	}
	settings := mustLoad(t, Inputs{Paths: paths}).Settings()
	for range 2 {
		if err := MakeFolders(paths, settings); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"", "logs", "Inbox", "Done", "Rejected"} {
		info, err := os.Stat(filepath.Join(root, folder))
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v", folder, err)
		}
	}
	write(t, filepath.Join(root, "file"), "")
	paths.Logs = filepath.Join(root, "file", "logs")
	if err := MakeFolders(paths, settings); !errors.Is(err, &Error{Code: CodeUnwritable}) {
		t.Error(err)
	}
}

func TestTheLanguageSpoken(t *testing.T) {
	var s Settings
	for _, c := range []struct {
		setting string
		env     map[string]string
		want    string
	}{
		{LanguageAuto, nil, "en"},
		{"fr", map[string]string{"LANG": "en_US.UTF-8"}, "fr"},
		{LanguageAuto, map[string]string{"LANG": "fr_FR.UTF-8"}, "fr"},
		{LanguageAuto, map[string]string{"LANG": "fr_FR.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"},
		{LanguageAuto, map[string]string{"LANG": "en_US.UTF-8", "LC_MESSAGES": "fr_CH"}, "fr"},
		{LanguageAuto, map[string]string{"LANG": "en_US.UTF-8", "LANGUAGE": "de:fr:en"}, "fr"},
		{LanguageAuto, map[string]string{"LC_ALL": "C", "LANGUAGE": "fr"}, "en"},
		{LanguageAuto, map[string]string{"LC_ALL": "C.UTF-8"}, "en"},
		{LanguageAuto, map[string]string{"LANGUAGE": "fr"}, "fr"},
	} {
		s.UI.Language = c.setting
		if got := s.Language(localesOf(environment(c.env))); got != c.want {
			t.Errorf("%s with %v speaks %s, want %s", c.setting, c.env, got, c.want)
		}
	}
}

func TestTheSystemsLanguagesCanBeAsked(t *testing.T) {
	t.Setenv("LC_ALL", "fr_FR.UTF-8")
	if got := SystemLanguages(); len(got) == 0 {
		t.Error("none")
	}
}
