package daemon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"fieldpost/daemon/capture"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// A draft is what the rep has typed into the page and not logged yet: one of a kind, in a
// file of its own, sealed as the outbox is. It outlives a closed tab and a restart.

func (h *Home) draftFile(kind activity.Kind) string {
	return filepath.Join(h.Config.Paths().State, "draft-"+string(kind)+".age")
}

// Draft gives what was typed, the zero Activity for nothing, and where the keychain does
// not open it.
func (h *Home) Draft(kind activity.Kind) (activity.Activity, error) {
	sealed, err := os.ReadFile(h.draftFile(kind))
	if errors.Is(err, fs.ErrNotExist) {
		return activity.Activity{}, nil
	}
	if err != nil {
		return activity.Activity{}, fmt.Errorf("daemon: a draft: %w", err)
	}
	a, err := h.openDraft(sealed)
	if err != nil {
		h.Log.Warn("a draft stays closed", "kind", kind)
		return activity.Activity{}, nil
	}
	return a, nil
}

func (h *Home) openDraft(sealed []byte) (a activity.Activity, err error) {
	opened := h.opened.Load()
	if opened == nil {
		return a, outbox.ErrSealed
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), *opened)
	if err != nil {
		return a, err
	}
	data, err := io.ReadAll(plain)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(data, &a)
}

// KeepDraft keeps what was typed, which need be no whole activity yet. A field that no
// activity has, or of another form, is refused by its name.
func (h *Home) KeepDraft(kind activity.Kind, data []byte) error {
	a, err := capture.DecodeActivity(data)
	if err != nil {
		return err
	}
	a.Kind = kind
	plain, err := json.Marshal(a)
	if err != nil {
		return err
	}
	own, err := h.sealing.recipients("")
	if err != nil {
		return err
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, own...)
	if err != nil {
		return err
	}
	if _, err := w.Write(plain); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return replaceFile(h.draftFile(kind), sealed.Bytes())
}

// DropDraft forgets what was typed.
func (h *Home) DropDraft(kind activity.Kind) error {
	err := os.Remove(h.draftFile(kind))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// forgetDrafts drops each draft that names the subject, and each that cannot be read.
func (h *Home) forgetDrafts(subject outbox.Subject) (err error) {
	for _, kind := range []activity.Kind{activity.Share, activity.Meeting} {
		sealed, readErr := os.ReadFile(h.draftFile(kind))
		if readErr != nil {
			continue // there is none
		}
		if a, openErr := h.openDraft(sealed); openErr != nil || subject.Names(&a) {
			err = errors.Join(err, h.DropDraft(kind))
		}
	}
	return err
}
