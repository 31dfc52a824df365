package page_test

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

func module(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("client/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func found(text, pattern string) []string {
	var all []string
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		all = append(all, match[1])
	}
	slices.Sort(all)
	return all
}

func TestTheModuleForOtherPagesIsSmallAndWhole(t *testing.T) {
	text := module(t, "fieldpost.js")
	if len(text) >= 8<<10 {
		t.Errorf("fieldpost.js has %d bytes, more than 8 KB", len(text))
	}
	exports := found(text, `(?m)^export (?:async function|const|class|function) (\w+)`)
	if want := []string{"FieldpostError", "connect", "download", "logMeeting", "logShare", "pair", "receipt"}; !slices.Equal(exports, want) {
		t.Errorf("it exports %v, not %v", exports, want)
	}
}

// A page's connection to the port must not depend on, nor tell, anybody else.
func TestTheModuleLoadsNothingAndCallsThisComputerAlone(t *testing.T) {
	text := module(t, "fieldpost.js")
	if loads := found(text, `(\bimport\b|\brequire\(|\beval\(|\bFunction\(|createElement\("script"\))`); len(loads) > 0 {
		t.Errorf("it loads by %v", loads)
	}
	if calls := found(text, `(\bfetch\(.{33})`); !slices.Equal(calls, []string{"fetch(`http://127.0.0.1:${port}${path}`"}) {
		t.Errorf("it calls %v", calls)
	}
	if others := found(text, `(XMLHttpRequest|WebSocket|EventSource|sendBeacon)`); len(others) > 0 {
		t.Errorf("it calls by %v", others)
	}
}

func TestTheModuleSaysInFrenchWhatItSaysInEnglish(t *testing.T) {
	const code = `(?m)^  ([a-z_]+): ".*\.",$`
	english, french := found(module(t, "fieldpost.js"), code), found(module(t, "fieldpost.fr.js"), code)
	if len(english) == 0 || !slices.Equal(english, french) {
		t.Errorf("English has %v, French %v", english, french)
	}
}
