package keychain

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func keychainFile(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "folder", "keychain")
}

// cheapFile is a file whose passphrase costs next to nothing to try.
func cheapFile(path string, passphrase func() (string, error)) *File {
	f := OpenFile(path, passphrase)
	f.cost = 4
	return f
}

func TestAPassphraseCostsAsMuchAsWePromise(t *testing.T) {
	path := keychainFile(t)
	mustSet(t, OpenFile(path, knows("correct horse")), "name", "secret")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content, err := parseSealed(data)
	if err != nil {
		t.Fatal(err)
	}
	header := strings.SplitN(string(content.Identity), "\n", 3)[1]
	if !strings.HasPrefix(header, "-> scrypt ") || !strings.HasSuffix(header, " 15") {
		t.Errorf("%q", header)
	}
}

func mustSet(t *testing.T, s store, name, secret string) {
	t.Helper()
	if err := s.Set(t.Context(), name, secret); err != nil {
		t.Fatal(err)
	}
}

func TestAFileIsOpenedByTheNextProcess(t *testing.T) {
	path := keychainFile(t)
	mustSet(t, cheapFile(path, knows("correct horse")), "a", "one")
	mustSet(t, cheapFile(path, knows("correct horse")), "b", "two")
	next := cheapFile(path, knows("correct horse"))
	for name, want := range map[string]string{"a": "one", "b": "two"} {
		if got, err := next.Get(t.Context(), name); err != nil || got != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestNothingInTheFileIsReadable(t *testing.T) {
	path := keychainFile(t)
	mustSet(t, cheapFile(path, knows("correct horse")), "the-name", "the-secret")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"the-name", "the-secret", "correct horse", "AGE-SECRET-KEY"} {
		if bytes.Contains(data, []byte(text)) {
			t.Errorf("%q stands in the file", text)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestWithoutTheRightPassphraseTheFileIsLocked(t *testing.T) {
	path := keychainFile(t)
	mustSet(t, cheapFile(path, knows("correct horse")), "name", "secret")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for what, passphrase := range map[string]func() (string, error){
		"none":       knows(""),
		"wrong":      knows("battery staple"),
		"not to say": func() (string, error) { return "", os.ErrNotExist },
	} {
		f := cheapFile(path, passphrase)
		if _, err := f.Get(t.Context(), "name"); !errors.Is(err, ErrLocked) {
			t.Errorf("%s, reading: %v", what, err)
		}
		if err := f.Set(t.Context(), "name", "other"); !errors.Is(err, ErrLocked) {
			t.Errorf("%s, writing: %v", what, err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed: %v", err)
	}
}

func TestWithoutAPassphraseNoFileIsMade(t *testing.T) {
	path := keychainFile(t)
	if err := cheapFile(path, knows("")).Set(t.Context(), "name", "secret"); !errors.Is(err, ErrLocked) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestThePassphraseIsAskedForOnce(t *testing.T) {
	path, asked := keychainFile(t), 0
	ask := func() (string, error) { asked++; return "correct horse", nil }
	f := cheapFile(path, ask)
	for range 5 {
		mustSet(t, f, "name", "secret")
		if _, err := f.Get(t.Context(), "name"); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 1 {
		t.Errorf("%d derivations", asked)
	}
}

func TestALockedFileOpensOnceThePassphraseIsThere(t *testing.T) {
	path, passphrase := keychainFile(t), "wrong"
	mustSet(t, cheapFile(path, knows("correct horse")), "name", "secret")
	f := cheapFile(path, func() (string, error) { return passphrase, nil })
	if _, err := f.Get(t.Context(), "name"); !errors.Is(err, ErrLocked) {
		t.Fatalf("%v", err)
	}
	f.cost-- // a derivation would fail by now
	if _, err := f.Get(t.Context(), "name"); !errors.Is(err, ErrLocked) {
		t.Fatalf("the same passphrase was tried again: %v", err)
	}
	f.cost++
	passphrase = "correct horse"
	if got, err := f.Get(t.Context(), "name"); err != nil || got != "secret" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestADamagedFileIsLeftAsItIs(t *testing.T) {
	path := keychainFile(t)
	mustSet(t, cheapFile(path, knows("correct horse")), "name", "secret")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content, err := parseSealed(whole)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-20] ^= 1
	other := strings.Replace(string(whole), `"version":1`, `"version":2`, 1)
	for what, data := range map[string][]byte{
		"empty":                {},
		"foreign":              []byte("hello"),
		"another JSON":         []byte("{}"),
		"cut":                  whole[:len(whole)/2],
		"a flipped bit":        flipped,
		"a version to come":    []byte(other),
		"secrets of another's": reseal(t, content),
	} {
		t.Run(what, func(t *testing.T) {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			f := cheapFile(path, knows("correct horse"))
			if _, err := f.Get(t.Context(), "name"); !errors.Is(err, ErrDamaged) {
				t.Errorf("reading: %v", err)
			}
			if err := f.Set(t.Context(), "name", "other"); !errors.Is(err, ErrDamaged) {
				t.Errorf("writing: %v", err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(data, after) {
				t.Errorf("the file changed: %v", err)
			}
		})
	}
}

// reseal puts another identity's secrets into the file.
func reseal(t *testing.T, content sealed) []byte {
	t.Helper()
	path := keychainFile(t)
	mustSet(t, cheapFile(path, knows("another")), "name", "secret")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := parseSealed(data)
	if err != nil {
		t.Fatal(err)
	}
	content.Secrets = other.Secrets
	data, err = content.encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAFolderThatTakesNoFileIsTold(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := cheapFile(filepath.Join(blocked, "keychain"), knows("correct horse")).Set(t.Context(), "name", "s3cret")
	if !errors.Is(err, ErrUnavailable) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v", err)
	}
}

func TestAWriteLeavesNothingBehind(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keychain")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := replaceFile(folder, []byte("x")); err == nil {
		t.Error("a folder was replaced")
	}
	if entries, err := os.ReadDir(filepath.Dir(folder)); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	path := keychainFile(t)
	f := cheapFile(path, knows("correct horse"))
	for range 3 {
		mustSet(t, f, "name", "secret")
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func FuzzParseSealed(f *testing.F) {
	f.Add([]byte(`{"version":1,"identity":"YQ==","secrets":"YQ=="}`))
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		content, err := parseSealed(data)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("%v", err)
			}
			return
		}
		if _, err := content.unseal("x", workFactor); err == nil {
			t.Error("opened")
		}
	})
}
