package inbox

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"fieldpost/daemon/capture"
	"fieldpost/outbox"
)

// errChanged says that the file is no longer the one that was seen.
var errChanged = errors.New("inbox: the file changed while it was read")

// take captures a batch of files: all that can be are made durable in one go,
// then each is moved where it belongs.
func (b *Inbox) take(ctx context.Context, batch []*dropped) {
	var drafts []outbox.Draft
	var good []*dropped
	for _, f := range batch {
		ready, err := b.read(f)
		if err != nil {
			b.settle(f, err)
			continue
		}
		drafts = append(drafts, ready...)
		good = append(good, f)
	}
	if len(good) == 0 {
		return
	}
	if _, err := b.Door.Add(ctx, drafts); err == nil {
		for _, f := range good {
			b.settle(f, nil)
		}
		return
	} else if len(good) == 1 {
		b.settle(good[0], err)
		return
	}
	for _, f := range good { // one that does not fit must not hold up the others
		b.take(ctx, []*dropped{f})
	}
}

// read opens a file and prepares its drafts. What is not a plain file by then is
// not opened through.
func (b *Inbox) read(f *dropped) ([]outbox.Draft, error) {
	if f.info.Size() > capture.MaxFileBytes {
		drafts, err := b.Reader.Read(f.name, f.info.Size(), nil)
		return drafts, err
	}
	file, err := os.OpenFile(b.path(f), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, capture.Refuse(capture.Unreadable)
	case err != nil:
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !sameState(info, f.info) {
		return nil, errChanged
	}
	drafts, err := b.Reader.Read(f.name, f.info.Size(), file)
	if err != nil {
		return nil, err
	}
	return b.Door.Prepare(drafts)
}

// settle puts a file where the outcome says. An error that is no refusal leaves
// it where it is, to be tried again.
func (b *Inbox) settle(f *dropped, outcome error) {
	var refusal *capture.Refusal
	refused := errors.As(outcome, &refusal)
	if outcome != nil && !refused {
		b.later(f, outcome)
		return
	}
	if info, err := os.Lstat(b.path(f)); err != nil || !sameState(info, f.info) {
		b.later(f, errChanged) // what lies there now has not been read
		return
	}
	var err error
	switch {
	case !refused:
		err = b.keep(f)
	case refusal.Private():
		err = b.erase(f, refusal)
	default:
		err = b.reject(f, refusal)
	}
	if err != nil {
		b.later(f, err)
		return
	}
	b.gone(f, refusal)
}

func (b *Inbox) later(f *dropped, reason error) {
	if errors.Is(reason, fs.ErrNotExist) || errors.Is(reason, errChanged) {
		return // the next look sees what became of it
	}
	b.mu.Lock()
	f.notBefore = b.Now().Add(again)
	b.mu.Unlock()
	b.Log.Warn("a dropped file stays in the folder and is tried again", "error", withoutPath(reason))
}

func (b *Inbox) gone(f *dropped, refusal *capture.Refusal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.files, f.name)
	switch {
	case refusal == nil:
		b.Log.Info("a dropped file was captured")
	case refusal.Private():
		b.tally.Excluded++
		b.Log.Info("a dropped file was excluded")
	default:
		b.tally.Rejected++
		b.Log.Info("a dropped file was refused", "code", refusal.Code)
	}
	b.tally.changed = true
}

func (b *Inbox) path(f *dropped) string { return filepath.Join(b.Dir, f.name) }

// withoutPath strips the file's name, which may say whom it is about.
func withoutPath(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
