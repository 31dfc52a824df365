package keychain

import (
	"io/fs"
)

// Error is one of the ways in which a keychain fails. They are compared with
// errors.Is; what failed in detail stands in the error that wraps one.
type Error struct{ code, text string }

func (e *Error) Error() string { return e.text }

// Problem gives the stable code by which daemon/words tells the failure.
func (e *Error) Problem() (code string, args map[string]string) { return e.code, nil }

// Is lets an absent secret pass for fs.ErrNotExist, so that a consumer can tell
// it without knowing this package.
func (e *Error) Is(target error) bool { return e == ErrAbsent && target == fs.ErrNotExist }

// The failures.
var (
	// ErrAbsent: there is no secret of this name.
	ErrAbsent = &Error{"secret_absent", "no such secret"}
	// ErrLocked: the keychain is there and waits for its owner to unlock it.
	ErrLocked = &Error{"keychain_locked", "the keychain is locked"}
	// ErrUnavailable: this session has no keychain.
	ErrUnavailable = &Error{"keychain_unavailable", "no keychain can be reached in this session"}
	// ErrTooBig: this keychain takes no secret of this size.
	ErrTooBig = &Error{"secret_too_big", "the secret is too big for this keychain"}
	// ErrDamaged: the keychain file cannot be read; it is left as it is.
	ErrDamaged = &Error{"keychain_damaged", "the keychain file is damaged"}
)
