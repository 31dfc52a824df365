package daemon

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// A SubjectError says that it is not clear whom to forget.
type SubjectError struct{}

func (*SubjectError) Error() string { return "daemon: name an address or a record to forget" }

// Problem names the sentence in daemon/words.
func (*SubjectError) Problem() (code string, args map[string]string) { return "forget_whom", nil }

// Forget erases a person or record from the outbox and its copies, from the directory,
// from the drafts, and from the files kept in Done and Rejected. Errors: *SubjectError;
// outbox.ErrSealed where the keychain must be opened first, nothing being erased then.
func (h *Home) Forget(ctx context.Context, asked apitype.ForgetRequest) (apitype.Forgotten, error) {
	subject := outbox.Subject{Email: strings.TrimSpace(asked.Email), Record: strings.TrimSpace(asked.Record)}
	valid := activity.ValidEmail(subject.Email) != activity.ValidID(subject.Record) && (subject.Email == "") != (subject.Record == "")
	if !valid {
		return apitype.Forgotten{}, &SubjectError{}
	}
	var done apitype.Forgotten
	var err error
	done.Activities, err = h.Outbox.Forget(ctx, subject)
	var sealed *outbox.SealedError
	if errors.As(err, &sealed) {
		return done, errors.Join(&codedError{code: "forget_sealed", args: map[string]string{"n": strconv.Itoa(sealed.N)}}, err)
	}
	if err != nil {
		return done, err
	}
	done.Files, err = h.forgetFiles(subject)
	return done, errors.Join(err, h.forgetDrafts(subject), h.Directory.ForgetOne(subject.Email, subject.Record))
}

// forgetFiles deletes the kept files that name the subject, with their reasons.
func (h *Home) forgetFiles(subject outbox.Subject) (n int, err error) {
	inbox := h.Config.Settings().Inbox.Path
	for _, folder := range []string{"Done", "Rejected"} {
		folder = filepath.Join(filepath.Dir(inbox), folder)
		entries, readErr := os.ReadDir(folder)
		if readErr != nil && !errors.Is(readErr, fs.ErrNotExist) {
			err = errors.Join(err, readErr)
		}
		for _, entry := range entries {
			path := filepath.Join(folder, entry.Name())
			if !entry.Type().IsRegular() || !h.fileNames(path, subject) {
				continue
			}
			err = errors.Join(err, os.Remove(path))
			if why := path + ".why.txt"; exists(why) {
				err = errors.Join(err, os.Remove(why))
			}
			n++
		}
	}
	return n, err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// fileNames looks into a file as it lies, and as it is read: a mail's encoding may
// hide the address.
func (h *Home) fileNames(path string, subject outbox.Subject) bool {
	data, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	if subject.Mention().Match(data) {
		return true
	}
	drafts, err := h.Reader().Read(filepath.Base(path), int64(len(data)), bytes.NewReader(data))
	if err != nil {
		return false
	}
	for i := range drafts {
		if subject.Names(&drafts[i].Activity) {
			return true
		}
	}
	return false
}
