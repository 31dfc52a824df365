package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Paths are the places of one user's files (CONTRACT.md section 1).
type Paths struct {
	UserHome string // what ~ stands for in a setting

	State      string // folder of all that follows but ConfigFile and the inbox
	ConfigFile string
	Outbox     string // outbox.db
	Directory  string // directory.db
	API        string // api.json
	Logs       string // folder
	PolicyCopy string // the last good policy

	Inbox string // the drop folder unless inbox.path says otherwise

	SystemPolicy string // where the administrator's tools put policy.toml
}

// Locate finds the paths on this system. home is the folder that --home asks for;
// "" takes FIELDPOST_HOME, else the user's own places.
func Locate(home string) (Paths, error) {
	if home == "" {
		home = os.Getenv("FIELDPOST_HOME")
	}
	if home != "" {
		absolute, err := filepath.Abs(home)
		if err != nil {
			return Paths{}, &Error{Code: CodeNoHome, Err: err}
		}
		home = absolute
	}
	return Places(runtime.GOOS, os.Getenv, home)
}

// Places is Locate for any system and environment; home is absolute or "".
// Without home folder in the environment it is an *Error with CodeNoHome.
func Places(goos string, getenv func(string) string, home string) (Paths, error) {
	os := system{goos: goos, getenv: getenv}
	user := os.userHome()
	if home != "" {
		return os.places(user, home, home, home), nil
	}
	if user == "" {
		return Paths{}, &Error{Code: CodeNoHome, Err: errors.New(os.homeVariable() + " is not set")}
	}
	state, config := os.userFolders(user)
	return os.places(user, state, config, os.join(user, "Fieldpost")), nil
}

type system struct {
	goos   string
	getenv func(string) string
}

func (s system) places(user, state, config, drop string) Paths {
	return Paths{
		UserHome:     user,
		State:        state,
		ConfigFile:   s.join(config, "config.toml"),
		Outbox:       s.join(state, "outbox.db"),
		Directory:    s.join(state, "directory.db"),
		API:          s.join(state, "api.json"),
		Logs:         s.join(state, "logs"),
		PolicyCopy:   s.join(state, "policy.last-good.toml"),
		Inbox:        s.join(drop, "Inbox"),
		SystemPolicy: s.join(s.policyFolder(), "policy.toml"),
	}
}

func (s system) homeVariable() string {
	if s.goos == "windows" {
		return "USERPROFILE"
	}
	return "HOME"
}

func (s system) userHome() string { return s.getenv(s.homeVariable()) }

func (s system) userFolders(user string) (state, config string) {
	switch s.goos {
	case "windows":
		state = s.join(s.or("LOCALAPPDATA", s.join(user, "AppData", "Local")), "fieldpost")
		return state, state
	case "darwin":
		state = s.join(user, "Library", "Application Support", "fieldpost")
		return state, state
	}
	state = s.join(s.or("XDG_STATE_HOME", s.join(user, ".local", "state")), "fieldpost")
	return state, s.join(s.or("XDG_CONFIG_HOME", s.join(user, ".config")), "fieldpost")
}

func (s system) policyFolder() string {
	switch s.goos {
	case "windows":
		return s.join(s.or("ProgramData", `C:\ProgramData`), "fieldpost")
	case "darwin":
		return "/Library/Application Support/fieldpost"
	}
	return "/etc/fieldpost"
}

// or takes a folder from the environment; the XDG base directory rules ignore a
// relative one.
func (s system) or(variable, otherwise string) string {
	given := s.getenv(variable)
	if given == "" || s.goos != "windows" && !strings.HasPrefix(given, "/") {
		return otherwise
	}
	return given
}

// join is filepath.Join for the system asked about, not the one this runs on.
func (s system) join(parts ...string) string {
	separator := "/"
	if s.goos == "windows" {
		separator = `\`
	}
	first := strings.TrimRight(parts[0], separator)
	return strings.Join(append([]string{first}, parts[1:]...), separator)
}

// MakeFolders creates the folders that are not there yet, readable by the user
// alone (0700).
func MakeFolders(paths Paths, settings Settings) error {
	for _, folder := range []string{
		paths.State, filepath.Dir(paths.ConfigFile), paths.Logs,
		settings.Inbox.Path, settings.Inbox.Done, settings.Inbox.Rejected,
	} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return &Error{Code: CodeUnwritable, File: folder, Err: err, Folder: true}
		}
	}
	return nil
}
