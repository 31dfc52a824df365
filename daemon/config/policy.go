package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// PolicyState tells which policy is in force. Problem is nil for a good policy and
// for none at all.
type PolicyState struct {
	File    string       // what was asked for, "" for no policy
	Copy    bool         // the last good copy is in force instead
	Problem *PolicyError // why the file itself is not
	text    string       // of a good file
}

// PolicyFile decides which policy counts: the system's where it exists, else the
// one asked for by --policy or FIELDPOST_POLICY, else none (CONTRACT.md section 2).
// A system policy that cannot even be looked at exists.
func (p Paths) PolicyFile(asked string) string {
	if _, err := os.Lstat(p.SystemPolicy); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return p.SystemPolicy
	}
	return asked
}

// Policy tells the policy in force. With a Problem and no Copy none is: capture may
// go on, delivery may not, for nobody knows what the company forbids.
func (c *Config) Policy() PolicyState {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.state.policy
}

// KeepPolicy keeps a copy of a good policy in the state folder, for the day when
// the file is broken, and removes it where there is no policy any more. The daemon
// calls it after Load and Reload; a command that only reads leaves no trace.
func (c *Config) KeepPolicy() error {
	policy, path := c.Policy(), c.in.Paths.PolicyCopy
	switch {
	case policy.Problem != nil:
		return nil
	case policy.File == "":
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &Error{Code: CodeUnwritable, File: path, Err: err}
		}
		return nil
	}
	if kept, err := readText(path); err == nil && kept == policy.text {
		return nil
	}
	return replaceFile(path, policy.text)
}

func (c *Config) readPolicy() (PolicyState, map[string]bool, layer) {
	var policy PolicyState
	if c.in.Policy != nil {
		policy.File = c.in.Policy() // it may be there only now, or not any more
	}
	if policy.File == "" {
		return policy, nil, nil
	}
	doc, text, fault := c.parsePolicy(policy.File)
	if fault == nil {
		policy.text = text
		return policy, doc.locked, doc.values
	}
	kept, _, keptFault := c.parsePolicy(c.in.Paths.PolicyCopy)
	policy.Copy = keptFault == nil
	policy.Problem = &PolicyError{Err: fault, Kept: policy.Copy}
	return policy, kept.locked, kept.values
}

func (c *Config) parsePolicy(file string) (document, string, *Error) {
	text, err := readText(file)
	if err != nil {
		return document{}, "", &Error{Code: CodeUnreadable, Source: FromPolicy, File: file, Err: err}
	}
	doc, fault := parseDocument(c.table, FromPolicy, file, text)
	return doc, text, fault
}

// replaceFile puts text in place of a file so that a crash leaves the old or the
// new one whole. A link is followed, for some keep their settings elsewhere.
func replaceFile(path, text string) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	failed := func(err error) error { return &Error{Code: CodeUnwritable, File: path, Err: err} }
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return failed(err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return failed(err)
	}
	defer os.Remove(temp.Name()) // gone already once renamed
	_, err = temp.WriteString(text)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return failed(err)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return failed(err)
	}
	return nil
}
