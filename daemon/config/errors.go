package config

import (
	"errors"
	"slices"
	"strings"

	"fieldpost/daemon/words"
)

// The codes of Error. Their sentences are problem.CODE.* in the words.
const (
	CodeUnknown    = "setting_unknown"
	CodeForm       = "setting_form"        // the wrong type
	CodeValue      = "setting_value"       // the right type, not allowed
	CodeLocked     = "locked"              // the policy fixes it
	CodeSyntax     = "settings_syntax"     // a file that is no TOML
	CodeUnreadable = "settings_unreadable" // a file that cannot be read
	CodeUnwritable = "settings_unwritable" // config.toml cannot be written
	CodeUnplaced   = "policy_unplaced"     // the system lets nobody put policy.toml there
	CodeNoHome     = "no_home"             // no home folder to put files in
)

// An Error says what is wrong with a setting or a settings file, and where.
type Error struct {
	Code    string
	Source  Source // the layer that holds it, FromRequest for a change asked for
	File    string // for files: its path
	Line    int    // for files: counted from 1, 0 where unknown
	Key     string // the setting, or what stands where a setting should
	Value   string // what was given, cut to a short text
	Rule    string // words key of what is allowed
	Choices []string
	Near    string // for an unknown key: the closest known one
	Err     error
	Folder  bool // it is about a folder of fieldpost's, not about a file of settings
}

func (e *Error) Error() string { return paragraph(e.Explain(words.In("en"))) }

func (e *Error) Unwrap() error { return e.Err }

// Is lets errors.Is compare by code: errors.Is(err, &Error{Code: CodeLocked}).
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code && other.Key == ""
}

// Explain tells the error in the printer's language.
func (e *Error) Explain(p *words.Printer) words.Explained {
	args := map[string]string{
		"key": e.Key, "value": e.Value, "near": e.Near, "file": e.File, "where": e.where(p),
		"allowed": p.Text("setting.rule."+e.Rule, "choices", strings.Join(e.Choices, ", ")),
	}
	if e.Err != nil {
		args["message"] = e.Err.Error()
	}
	return p.Explain(e.sentence(), args)
}

// sentence names the words of the code: two codes are told by what they are about.
func (e *Error) sentence() string {
	switch {
	case e.Code == CodeUnknown && e.Source == FromRequest:
		return "setting_not_found"
	case e.Code == CodeUnwritable && e.Folder:
		return "folder_unwritable"
	}
	return e.Code
}

func (e *Error) where(p *words.Printer) string {
	switch {
	case e.Code == CodeSyntax && e.Key != "":
		return p.Text("setting.where.key", "file", e.File, "n", e.Line, "key", e.Key)
	case e.File != "" && e.Line > 0:
		return p.Text("setting.where.line", "file", e.File, "n", e.Line)
	case e.File != "":
		return e.File
	case e.Source == FromEnv:
		return p.Text("setting.where.env", "name", EnvName(e.Key))
	case e.Source == FromFlag:
		return p.Text("setting.where.flag", "key", e.Key)
	}
	return p.Text("setting.where.request")
}

// refuse makes the error of a value that a setting does not take.
func (s *setting) refuse(from Source, given string, cause error) *Error {
	if s.masked {
		given = mask(given)
	}
	e := &Error{Code: CodeValue, Source: from, Key: s.key, Value: short(given), Rule: s.rule, Choices: s.choices}
	if errors.Is(cause, errForm) {
		e.Code = CodeForm
	}
	return e
}

// unknown makes the error of a key that no setting has.
func unknown(table []setting, from Source, key string) *Error {
	near, best := "", len(key)+len(table)
	for i := range table {
		if d := distance(key, table[i].key); d < best {
			near, best = table[i].key, d
		}
	}
	return &Error{Code: CodeUnknown, Source: from, Key: short(key), Near: near}
}

func short(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// distance is Levenshtein's, over bytes: keys are ASCII.
func distance(a, b string) int {
	if len(a) > 2*len(b)+8 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal, row[j+1] = row[j+1], min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// paragraph joins what happened, why and what to do. Titles end without a full stop.
func paragraph(e words.Explained) string {
	parts := slices.DeleteFunc([]string{e.Title + ".", e.Detail, e.Remedy}, func(part string) bool { return part == "" })
	return strings.Join(parts, " ")
}

// A PolicyError is a policy that cannot be followed: it does not parse, or it
// holds something that is not allowed. Kept tells whether the last good policy
// stays in force; without one no policy is, and the daemon must not deliver.
type PolicyError struct {
	Err  *Error
	Kept bool
}

func (e *PolicyError) Error() string { return paragraph(e.Explain(words.In("en"))) }

func (e *PolicyError) Unwrap() error { return e.Err }

// Explain tells the error in the printer's language.
func (e *PolicyError) Explain(p *words.Printer) words.Explained {
	return p.Explain(e.Code(), map[string]string{"file": e.Err.File, "cause": e.Cause(p)})
}

// Cause tells what is wrong in the file, and in which line.
func (e *PolicyError) Cause(p *words.Printer) string {
	cause := e.Err.Explain(p)
	cause.Remedy = ""
	return paragraph(cause)
}

// Code is policy_kept where the last good policy stays in force, else policy_broken.
func (e *PolicyError) Code() string {
	if e.Kept {
		return "policy_kept"
	}
	return "policy_broken"
}
