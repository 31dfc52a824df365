package daemon

import (
	"context"
	"errors"
	"strings"

	"filippo.io/age"

	"fieldpost/daemon/localapi/apitype"
)

// Check reads every record of the outbox and tells what is not as it was written.
func (h *Home) Check(context.Context) (apitype.OutboxCheck, error) {
	report, err := h.Outbox.Check()
	told := apitype.OutboxCheck{Items: report.Items, Damaged: []apitype.Damage{}}
	for _, d := range report.Damaged {
		told.Damaged = append(told.Damaged, apitype.Damage{ID: d.ID, What: d.What})
	}
	return told, err
}

// Compact gives back the disk space that deleted content still takes.
func (h *Home) Compact(context.Context) (apitype.Compacted, error) {
	before, after, err := h.Outbox.Compact()
	return apitype.Compacted{Before: before, After: after}, err
}

// Claim gives what was captured signed out to who is signed in, and tells how many
// there were.
func (h *Home) Claim(context.Context) (int, error) {
	n, err := h.Outbox.Unowned()
	if err != nil || n == 0 {
		return 0, err
	}
	return n, h.Outbox.ClaimUnowned()
}

// An IdentityError says that a text is no age identity.
type IdentityError struct{ Err error }

func (e *IdentityError) Error() string { return "no age identity: " + e.Err.Error() }

// Problem names the sentence in daemon/words.
func (e *IdentityError) Problem() (code string, args map[string]string) {
	return "not_an_identity", nil
}

// Recover opens with the company's recovery identity what a lost keychain sealed, and
// tells how many items are still shut after it.
func (h *Home) Recover(_ context.Context, identity string) (apitype.Recovered, error) {
	parsed, err := age.ParseIdentities(strings.NewReader(identity))
	if err != nil {
		return apitype.Recovered{}, &IdentityError{err}
	}
	if _, err := h.Outbox.Recover(identities(parsed)); err != nil {
		return apitype.Recovered{}, errors.Join(errWrongIdentity, err)
	}
	still, err := h.Outbox.Sealed()
	return apitype.Recovered{StillSealed: still}, err
}

// errWrongIdentity: the identity opens nothing of what is shut.
var errWrongIdentity = &codedError{code: "wrong_identity"}

// codedError is an error with a sentence of its own.
type codedError struct {
	code string
	args map[string]string
	// field names what is wrong with a request, "" for none.
	field string
}

func (e *codedError) Error() string { return "daemon: " + e.code }

// Problem names the sentence in daemon/words.
func (e *codedError) Problem() (code string, args map[string]string) { return e.code, e.args }
