package outbox

import (
	"errors"
	"fmt"
)

// Errors of the store. They wrap what the system said, where it said anything.
var (
	// ErrNotFound: no item has this id.
	ErrNotFound = errors.New("outbox: no such item")
	// ErrInUse: another process holds the store.
	ErrInUse = errors.New("outbox: another process has the outbox open")
	// ErrNewerSchema: a newer fieldpost wrote this store.
	ErrNewerSchema = errors.New("outbox: a newer version of fieldpost wrote this outbox; install that version again, nothing was changed")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("outbox: closed")
)

// A StateError says that a verb does not fit the state an item is in. Nothing
// was changed.
type StateError struct {
	ID    string
	State State
	Verb  string
	// Purged: its content is gone, so nothing could be sent.
	Purged bool
}

func (e *StateError) Error() string {
	return fmt.Sprintf("outbox: cannot %s %s: it is %s", e.Verb, e.ID, e.State)
}
