package installer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeRunner answers commands from a list of prefixes and remembers what was run.
type fakeRunner struct {
	ran     []string
	answers []answer // the first whose prefix fits counts; none fits: success
	then    func(line string)
}

type answer struct {
	prefix string
	out    string
	code   int
}

func (f *fakeRunner) Run(_ context.Context, _ []string, program string, args ...string) (string, error) {
	line := strings.Join(append([]string{program}, args...), " ")
	f.ran = append(f.ran, line)
	if f.then != nil {
		defer f.then(line)
	}
	for _, a := range f.answers {
		if strings.HasPrefix(line, a.prefix) {
			if a.code != 0 {
				return "", &CommandError{Code: a.code, Output: a.out}
			}
			return a.out, nil
		}
	}
	return "", nil
}

func (f *fakeRunner) Spawn(program string, args ...string) error {
	f.ran = append(f.ran, "spawn "+strings.Join(append([]string{program}, args...), " "))
	return nil
}

// verbs lists what was run, without the looks that change nothing.
func (f *fakeRunner) verbs() []string {
	var verbs []string
	for _, line := range f.ran {
		if !strings.Contains(line, " show ") && !strings.Contains(line, " print ") && !strings.Contains(strings.ToLower(line), "query") {
			verbs = append(verbs, line)
		}
	}
	return verbs
}

// fakePlacer is the library: it refuses where a file lies, as the real one does.
type fakePlacer struct {
	path, text string
	fails      bool
}

var errPlacer = errors.New("no room")

func (p *fakePlacer) Install() error {
	if _, err := os.Lstat(p.path); err == nil {
		return errors.New("Init already exists")
	}
	if err := os.MkdirAll(filepath.Dir(p.path), 0o755); err != nil {
		return err
	}
	if p.fails {
		_ = os.WriteFile(p.path, nil, 0o644) // the litter it leaves
		return errPlacer
	}
	return os.WriteFile(p.path, []byte(p.text), 0o644)
}

func (p *fakePlacer) Uninstall() error { return os.Remove(p.path) }

func fakeDefinition(t *testing.T) (definition, *fakePlacer) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "services", "fieldpost.x")
	placer := &fakePlacer{path: path, text: "today's text"}
	return definition{path: path, text: placer.text, placer: placer}, placer
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(data)
}
