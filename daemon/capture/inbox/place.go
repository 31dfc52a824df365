package inbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"fieldpost/daemon/capture"
)

const whySuffix = ".why.txt"

// maxName is the longest name that common file systems take, in bytes.
const maxName = 255

// keep moves a captured file to Done, or deletes it where nothing is kept.
func (b *Inbox) keep(f *dropped) error {
	if b.Keep() <= 0 {
		return os.Remove(b.path(f))
	}
	_, err := b.move(f, b.done)
	return err
}

// reject writes why beside the place where the file will lie, then moves it
// there: a refused file without a reason is never seen.
func (b *Inbox) reject(f *dropped, refusal *capture.Refusal) error {
	to, err := freeName(b.rejected, f.name)
	if err != nil {
		return err
	}
	if err := b.why(to, f.name, refusal); err != nil {
		return err
	}
	return b.moveTo(f, to)
}

// erase deletes a file that must leave no trace but the reason.
func (b *Inbox) erase(f *dropped, refusal *capture.Refusal) error {
	to, err := freeName(b.rejected, f.name)
	if err != nil {
		return err
	}
	if err := b.why(to, f.name, refusal); err != nil {
		return err
	}
	return os.Remove(b.path(f))
}

// why writes the reason in the rep's language.
func (b *Inbox) why(to, name string, refusal *capture.Refusal) error {
	words := b.Words()
	told := capture.Explain(words, refusal)
	text := words.Text("inbox.why", "file", strings.ToValidUTF8(name, "\uFFFD"), "detail", told.Detail, "remedy", told.Remedy)
	if err := os.WriteFile(to+whySuffix, []byte(text+"\n"), 0o600); err != nil {
		return err
	}
	b.stamp(to + whySuffix)
	return nil
}

func (b *Inbox) move(f *dropped, dir string) (string, error) {
	to, err := freeName(dir, f.name)
	if err != nil {
		return "", err
	}
	return to, b.moveTo(f, to)
}

// moveTo moves a file, to another disk by a copy, and stamps it with the time of
// its move, from which it is kept.
func (b *Inbox) moveTo(f *dropped, to string) error {
	from := b.path(f)
	err := os.Rename(from, to)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
		if err = copyFile(from, to); err == nil {
			err = os.Remove(from)
		}
	}
	if err == nil {
		b.stamp(to)
	}
	return err
}

// stamp marks when something was put there; somebody else's file keeps its time.
func (b *Inbox) stamp(path string) { _ = os.Chtimes(path, b.Now(), b.Now()) }

func copyFile(from, to string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, target.Close())
		if err != nil {
			os.Remove(to)
		}
	}()
	if _, err := io.Copy(target, source); err != nil {
		return err
	}
	return target.Sync()
}

// freeName finds a path in dir for a file called name, numbered where it is
// taken ("offer (2).eml") and shortened where it would be too long.
func freeName(dir, name string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := 1; ; n++ {
		number := ""
		if n > 1 {
			number = fmt.Sprintf(" (%d)", n)
		}
		path := filepath.Join(dir, shortened(stem, maxName-len(number)-len(ext)-len(whySuffix))+number+ext)
		free, err := isFree(path)
		if err != nil {
			return "", err
		}
		if free {
			return path, nil
		}
	}
}

func isFree(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return false, err
}

// shortened cuts a name to so many bytes, between two characters.
func shortened(stem string, limit int) string {
	if len(stem) <= limit {
		return stem
	}
	limit = max(limit, 0)
	for limit > 0 && !utf8.RuneStart(stem[limit]) {
		limit--
	}
	return stem[:limit]
}
