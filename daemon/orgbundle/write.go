package orgbundle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts the files into the folder dir, which it makes: all of them or, with an
// error, none. What stands there already is an *ExistsError, unless it is an empty
// folder.
func Write(dir string, files []File) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := vacant(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	beside, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(beside)
	if err := fill(beside, files); err != nil {
		return err
	}
	return replace(dir, beside)
}

// vacant reports an *ExistsError where something stands at dir. Anything but a folder
// is something, a link to one included.
func vacant(dir string) error {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &ExistsError{dir}
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		return &ExistsError{dir}
	}
	return err
}

func fill(dir string, files []File) error {
	for _, f := range files {
		local, err := filepath.Localize(f.Name)
		if err != nil {
			return &fs.PathError{Op: "write", Path: f.Name, Err: fs.ErrInvalid}
		}
		path := filepath.Join(dir, local)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o755)
}

// replace puts the finished folder in place. An empty one is taken away first, for not
// every system renames over it; one that has been filled meanwhile stays.
func replace(dir, beside string) error {
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		if again := vacant(dir); again != nil {
			return again
		}
		return err
	}
	return os.Rename(beside, dir)
}
