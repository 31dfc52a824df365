// Package house holds the walls: which room may know which, and that each room
// says what it is for.
package house

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "fieldpost"

// allowed lists, for each room, the rooms of ours it may import besides its own
// sub-rooms. A room that is not listed may not exist.
var allowed = map[string][]string{
	"outbox/activity":  {},
	"outbox/seal":      {},
	"outbox":           {"outbox/activity", "outbox/seal"},
	"sfclient":         {},
	"sfclient/sfauth":  {"sfclient"},
	"sfclient/sandbox": {},
	"sfclient/sftest":  {"sfclient", "sfclient/sandbox"},
	"keychain":         {},
	"installer":        {},
	"daemon/words":     {},
	"daemon/config":    {"daemon/words"},
	"daemon/directory": {"sfclient", "outbox/seal", "daemon/pacing"},
	"daemon/crm":       {"outbox", "outbox/activity", "sfclient", "daemon/words"},
	"daemon/pacing":    {},
	"daemon/drain":     {"outbox", "outbox/activity", "sfclient", "daemon/crm", "daemon/directory", "daemon/pacing"},
	"daemon/capture":   {"outbox", "outbox/activity", "daemon/words"},
	"daemon/logs":      {},
	"daemon/netwatch":  {},
	"daemon/notify":    {},
	"daemon/proxy":     {"daemon/config"},
	"daemon/support":   {},
	"daemon/upgrade":   {},
	"daemon/doctor":    {"outbox", "daemon/words", "daemon/config", "daemon/crm"},
	"daemon/orgbundle": {},
	"daemon/page":      {"outbox", "outbox/activity", "daemon/words", "daemon/localapi"},
	"daemon/localapi":  {"outbox", "outbox/activity", "daemon/words", "daemon/page"},
	"daemon":           {"outbox", "sfclient", "keychain", "daemon"},
	"cmd":              {"outbox", "sfclient", "keychain", "installer", "daemon", "cmd"},
}

type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,GoFiles", module+"/...")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := decoder.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// room is the most particular room that a package stands in, "" for none.
func room(path string) string {
	best := ""
	for name := range allowed {
		if (path == name || strings.HasPrefix(path, name+"/")) && len(name) > len(best) {
			best = name
		}
	}
	return best
}

func TestNoArrowRunsAgainstTheHouse(t *testing.T) {
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, module+"/")
		own := room(path)
		if own == "" {
			t.Errorf("%s stands in no room", path)
			continue
		}
		for _, imported := range p.Imports {
			target, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			to := room(target)
			may := to == own || slices.ContainsFunc(allowed[own], func(a string) bool {
				return to == a || (own == "daemon" || own == "cmd") && strings.HasPrefix(to, a+"/")
			})
			if !may {
				t.Errorf("%s (%s) may not import %s (%s)", path, own, target, to)
			}
		}
	}
}

func TestNothingSkipsTheCheckOfACertificate(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if word, ok := n.(*ast.Ident); ok && (word.Name == "InsecureSkipVerify" || word.Name == "RootCAs") {
					t.Errorf("%s of %s says %s: certificates are checked, against the system's roots", name, p.ImportPath, word.Name)
				}
				return true
			})
		}
	}
}

func TestEveryRoomSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		comments := 0
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.PackageClauseOnly)
			if err != nil {
				t.Fatal(err)
			}
			if says(file) {
				comments++
			}
		}
		if len(p.GoFiles) > 0 && comments != 1 {
			t.Errorf("%s has %d package comments, want one", p.ImportPath, comments)
		}
	}
}

func says(file *ast.File) bool {
	return file.Doc != nil && strings.TrimSpace(file.Doc.Text()) != ""
}

func TestTheTopLevelIsTheAgreedOne(t *testing.T) {
	entries, err := filepath.Glob("../../../*")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"README.md", "cmd", "daemon", "go.mod", "go.sum", "installer", "keychain", "outbox", "sfclient"}
	var got []string
	for _, e := range entries {
		if name := filepath.Base(e); name != "dist" && !strings.HasPrefix(name, ".") {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the top level is %v, want %v", got, want)
	}
}
