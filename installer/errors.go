package installer

import (
	"errors"
	"strings"
)

// The codes of Error.
const (
	CodeNoManager    = "service_no_manager"    // no systemd on this Linux
	CodeNoSession    = "service_no_session"    // no session bus to reach the user's manager
	CodeNotInstalled = "service_not_installed" // start, stop or restart of what is not there
	CodeCommand      = "service_command"       // the manager refused
	CodeFile         = "service_file"          // its definition cannot be written or removed
	CodePath         = "service_path"          // a path or argument that no definition can hold
	CodeNoUser       = "service_no_user"       // the system does not say who runs the program
	CodeNotAdmin     = "service_not_admin"     // only an administrator can do this
	CodeForAllUsers  = "service_for_all_users" // one user cannot take off what is there for every user
	CodeAccount      = "service_account"       // no account of that name
	CodeLogon        = "service_logon"         // Windows would not log the account on
	CodeWindowsOnly  = "service_windows_only"  // a service under an account, elsewhere
)

// An Error is why the service could not be put on, taken off or reached. Code is
// stable; Args are what its sentence needs.
type Error struct {
	Code    string
	Path    string // the file or argument it is about
	Command string // the program that was run, with its verb
	Said    string // what that program said
	Account string // who the program runs as
	Err     error
}

func (e *Error) Error() string {
	parts := []string{e.Code}
	for _, part := range []string{e.Path, e.Command, e.Said} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if e.Err != nil && e.Said == "" {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

func (e *Error) Unwrap() error { return e.Err }

// Is lets errors.Is compare by code: errors.Is(err, &Error{Code: CodeNoSession}).
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code && other.Command == "" && other.Path == ""
}

// Args are the particulars of the sentence problem.CODE.*.
func (e *Error) Args() map[string]string {
	message := e.Said
	if message == "" && e.Err != nil {
		message = e.Err.Error()
	}
	return map[string]string{"path": e.Path, "command": e.Command, "message": message, "user": e.Account}
}

// fileError wraps what happened to a file.
func fileError(path string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Code: CodeFile, Path: path, Err: err}
}

// commandError wraps a service manager's refusal.
func commandError(err error, program string, args ...string) error {
	if err == nil {
		return nil
	}
	said := ""
	var failed *CommandError
	if errors.As(err, &failed) {
		said = failed.Output
	}
	return &Error{Code: CodeCommand, Command: strings.Join(append([]string{program}, args...), " "), Said: said, Err: err}
}
