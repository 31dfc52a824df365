package orgbundle_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"fieldpost/daemon/orgbundle"
)

// tree gives the files below a folder with what they hold.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		found[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheBundleIsWrittenWhole(t *testing.T) {
	for name, prepare := range map[string]func(string) error{
		"a new folder":     func(string) error { return nil },
		"an empty folder":  func(dir string) error { return os.MkdirAll(dir, 0o755) },
		"new folders over": func(dir string) error { return os.RemoveAll(filepath.Dir(dir)) },
	} {
		home := t.TempDir()
		dir := filepath.Join(home, "deep", "bundle")
		if err := prepare(dir); err != nil {
			t.Fatal(err)
		}
		made, err := orgbundle.Make(given())
		if err != nil {
			t.Fatal(err)
		}
		if err := orgbundle.Write(dir, made); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		same(t, name, tree(t, dir), files(t, given()))
		same(t, name+": nothing beside", len(tree(t, home)), len(made))
	}
}

func TestWhatIsThereIsRefusedAndUntouched(t *testing.T) {
	for name, prepare := range map[string]func(string) error{
		"a folder with a file": func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "mine"), []byte("mine"), 0o600))
		},
		"a file": func(dir string) error { return os.WriteFile(dir, []byte("mine"), 0o600) },
	} {
		home := t.TempDir()
		dir := filepath.Join(home, "bundle")
		if err := prepare(dir); err != nil {
			t.Fatal(err)
		}
		before := tree(t, home)
		err := orgbundle.Write(dir, []orgbundle.File{{Name: "mine", Data: []byte("ours")}})
		var exists *orgbundle.ExistsError
		if !errors.As(err, &exists) || exists.Path != dir {
			t.Errorf("%s: %v", name, err)
		}
		same(t, name, tree(t, home), before)
	}
}

func TestAFailedWriteLeavesNothing(t *testing.T) {
	for _, bad := range []string{"../outside", "/outside", "a/../../outside", "", "good.txt/below"} {
		home := t.TempDir()
		dir := filepath.Join(home, "bundle")
		err := orgbundle.Write(dir, []orgbundle.File{{Name: "good.txt"}, {Name: bad, Data: []byte("x")}})
		if err == nil {
			t.Errorf("%q is written", bad)
		}
		entries, err := os.ReadDir(home)
		if err != nil || len(entries) > 0 {
			t.Errorf("%q leaves %v, %v", bad, entries, err)
		}
	}
}
