package page_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"fieldpost/daemon/words"
)

var (
	action    = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	tag       = regexp.MustCompile(`(?s)<[^>]*>`)
	heard     = regexp.MustCompile(`(?:aria-label|title|alt|placeholder)="([^"]*)"`)
	letters   = regexp.MustCompile(`\p{L}{2,}`)
	literal   = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|`[^`]*`|'(?:[^'\\\\\n]|\\\\.)*'")
	sentence  = regexp.MustCompile(`\p{L}{2,} \p{L}{2,} \p{L}{2,}|\p{Lu}\p{Ll}+ \p{Ll}{2,}`)
	usedWords = regexp.MustCompile(`"(page\.[a-z_0-9.]*[a-z_0-9])"`)
)

// ours are the words that are the same in each language: names and commands.
var ours = map[string]bool{"fieldpost": true, "open": true, "https": true, "support": true, "bundle": true, "zip": true}

func each(t *testing.T, kind string, do func(name, text string)) {
	t.Helper()
	n := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, kind) || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "client/") {
			return err
		}
		data, err := os.ReadFile(path)
		n++
		do(path, string(data))
		return err
	})
	if err != nil || n == 0 {
		t.Fatalf("%d files like %s: %v", n, kind, err)
	}
}

func TestNoSentenceOfThePageStandsOutsideTheWords(t *testing.T) {
	each(t, ".html", func(name, text string) {
		said := []string{tag.ReplaceAllString(action.ReplaceAllString(text, ""), " ")}
		for _, attribute := range heard.FindAllStringSubmatch(action.ReplaceAllString(text, ""), -1) {
			said = append(said, attribute[1])
		}
		for _, word := range letters.FindAllString(strings.Join(said, " "), -1) {
			if !ours[word] {
				t.Errorf("%s says %q by itself", name, word)
			}
		}
	})
	for _, kind := range []string{".js", ".go"} {
		each(t, kind, func(name, text string) {
			for _, line := range strings.Split(text, "\n") {
				code, _, _ := strings.Cut(line, "//")
				for _, said := range literal.FindAllString(code, -1) {
					if sentence.MatchString(said) {
						t.Errorf("%s says %s by itself", name, said)
					}
				}
			}
		})
	}
}

func TestEachWordOfThePageIsThere(t *testing.T) {
	p := words.In("en")
	look := func(name, text string) {
		for _, key := range usedWords.FindAllStringSubmatch(text, -1) {
			if !p.Has(key[1]) && !strings.HasSuffix(key[1], ".") {
				t.Errorf("%s needs %s", name, key[1])
			}
		}
	}
	each(t, ".html", look)
	each(t, ".go", look)
}
