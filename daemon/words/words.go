// Package words holds every sentence that a person reads, in each language that
// fieldpost speaks. Codes are language-free; this room alone turns a code and its
// particulars into text. It imports nothing of ours.
//
// The sentences live in en/AREA.json and fr/AREA.json as flat objects from key to
// text. A text has {placeholders}; a text that depends on a number is an object
// {"one": …, "other": …} chosen by the placeholder {n} (in French zero is "one").
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed en/*.json fr/*.json
var files embed.FS

// Languages lists the languages spoken, the first being the fallback.
var Languages = []string{"en", "fr"}

type text struct{ One, Other string }

func (t *text) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &t.Other); err == nil {
		return nil
	}
	var forms struct{ One, Other string }
	if err := json.Unmarshal(data, &forms); err != nil {
		return err
	}
	*t = text{One: forms.One, Other: forms.Other}
	return nil
}

var load = sync.OnceValue(func() map[string]map[string]text {
	all := map[string]map[string]text{}
	for _, lang := range Languages {
		all[lang] = map[string]text{}
		areas, err := fs.Glob(files, lang+"/*.json")
		if err != nil {
			panic(err) // the pattern is a constant
		}
		for _, area := range areas {
			data, err := files.ReadFile(area)
			if err != nil {
				panic(err) // the file is part of the binary
			}
			if err := json.Unmarshal(data, addTo(all[lang])); err != nil {
				panic(fmt.Sprintf("words: %s: %v", path.Base(area), err)) // held by a test
			}
		}
	}
	return all
})

// matcher takes long to make: most requests and every record need it.
var matcher = sync.OnceValue(func() language.Matcher {
	supported := make([]language.Tag, len(Languages))
	for i, l := range Languages {
		supported[i] = language.Make(l)
	}
	return language.NewMatcher(supported)
})

// addTo lets several files be decoded into one map.
func addTo(m map[string]text) *map[string]text { return &m }

// Printer tells sentences in one language.
type Printer struct {
	lang  string
	texts map[string]text
}

// In gives the printer of a language ("fr", "fr-CH", "de"), English where it is
// not spoken.
func In(lang string) *Printer {
	chosen := Match(lang)
	return &Printer{lang: chosen, texts: load()[chosen]}
}

// Match picks the spoken language that serves the wishes best, in their order.
// A wish may be a BCP 47 tag, a POSIX locale ("fr_FR.UTF-8") or an
// Accept-Language header.
func Match(wishes ...string) string {
	for _, wish := range wishes {
		if wish == "" || wish == "auto" || wish == "C" || wish == "POSIX" {
			continue
		}
		posix, _, _ := strings.Cut(wish, ".")
		tags, _, err := language.ParseAcceptLanguage(strings.ReplaceAll(posix, "_", "-"))
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, index, confidence := matcher().Match(tags...); confidence > language.No {
			return Languages[index]
		}
	}
	return Languages[0]
}

// Lang is the language this printer speaks.
func (p *Printer) Lang() string { return p.lang }

// Has reports whether the key has a text.
func (p *Printer) Has(key string) bool {
	_, ok := p.texts[key]
	return ok
}

// Text tells the sentence of a key, its placeholders filled from name, value
// pairs. An unknown key tells itself, so that it is seen and reported.
func (p *Printer) Text(key string, pairs ...any) string {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[fmt.Sprint(pairs[i])] = fmt.Sprint(pairs[i+1])
	}
	return p.Fill(key, args)
}

// Fill is Text with its particulars in a map.
func (p *Printer) Fill(key string, args map[string]string) string {
	t, ok := p.texts[key]
	if !ok {
		return key
	}
	form := t.Other
	if t.One != "" && p.singular(args["n"]) {
		form = t.One
	}
	return fill(form, args)
}

func (p *Printer) singular(n string) bool { return n == "1" || (p.lang == "fr" && n == "0") }

func fill(form string, args map[string]string) string {
	if !strings.Contains(form, "{") {
		return form
	}
	pairs := make([]string, 0, 2*len(args))
	for name, value := range args {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(form)
}

// Keys lists every key of a language, sorted.
func Keys(lang string) []string {
	keys := make([]string, 0, len(load()[lang]))
	for key := range load()[lang] {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// Explained is a problem told to a person.
type Explained struct {
	Title  string
	Detail string
	Remedy string
}

// Explain tells the problem of a code: problem.CODE.title, .detail and .remedy.
// A code without words of its own is told by problem.unknown with the code shown.
func (p *Printer) Explain(code string, args map[string]string) Explained {
	base := "problem." + code
	if !p.Has(base + ".title") {
		base = "problem.unknown"
		with := map[string]string{"code": code}
		for k, v := range args {
			with[k] = v
		}
		args = with
	}
	return Explained{
		Title:  p.Fill(base+".title", args),
		Detail: p.optional(base+".detail", args),
		Remedy: p.optional(base+".remedy", args),
	}
}

func (p *Printer) optional(key string, args map[string]string) string {
	if !p.Has(key) {
		return ""
	}
	return p.Fill(key, args)
}

// Placeholders lists the {names} in the text of a key, sorted; the tests hold
// them equal across languages.
func (p *Printer) Placeholders(key string) []string {
	t := p.texts[key]
	var names []string
	for _, form := range []string{t.One, t.Other} {
		for rest := form; ; {
			_, after, ok := strings.Cut(rest, "{")
			if !ok {
				break
			}
			name, tail, ok := strings.Cut(after, "}")
			if !ok {
				break
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			rest = tail
		}
	}
	slices.Sort(names)
	return names
}
