package words

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEachLanguageHasEachSentence(t *testing.T) {
	reference := Keys(Languages[0])
	if len(reference) == 0 {
		t.Fatal("no sentences at all")
	}
	for _, lang := range Languages[1:] {
		keys := Keys(lang)
		for _, key := range reference {
			if !slices.Contains(keys, key) {
				t.Errorf("%s has no %q", lang, key)
			}
		}
		for _, key := range keys {
			if !slices.Contains(reference, key) {
				t.Errorf("%s has %q, which %s does not", lang, key, Languages[0])
			}
		}
	}
}

func TestEachSentenceTakesTheSameParticularsInEachLanguage(t *testing.T) {
	english := In("en")
	for _, lang := range Languages[1:] {
		other := In(lang)
		for _, key := range Keys("en") {
			if want, got := english.Placeholders(key), other.Placeholders(key); !slices.Equal(want, got) {
				t.Errorf("%s: %s takes %v, en takes %v", key, lang, got, want)
			}
		}
	}
}

func TestNoSentenceIsToldInTwoAreas(t *testing.T) {
	for _, lang := range Languages {
		where := map[string]string{}
		areas, err := fs.Glob(files, lang+"/*.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, area := range areas {
			data, err := files.ReadFile(area)
			if err != nil {
				t.Fatal(err)
			}
			var texts map[string]any
			if err := json.Unmarshal(data, &texts); err != nil {
				t.Fatalf("%s: %v", area, err)
			}
			for key := range texts {
				if where[key] != "" {
					t.Errorf("%s stands in %s and in %s", key, where[key], area)
				}
				where[key] = area
			}
		}
	}
}

// spaces are those that a sentence may hold: the ordinary one, the no-break one and
// the narrow no-break one.
const spaces = " \u00a0\u202f"

var (
	doubledSpace = regexp.MustCompile("[" + spaces + "]{2}")
	// frenchFaults find a sign whose space is missing, or is another than the
	// narrow one that quotation marks and ; ? ! take, or the no-break one of a colon.
	frenchFaults = map[string]*regexp.Regexp{
		"an opening quotation mark": regexp.MustCompile("«([^\u202f]|$)"),
		"a closing quotation mark":  regexp.MustCompile("(^|[^\u202f])»"),
		"a high sign":               regexp.MustCompile("(^|[^\u202f])[;?!]"),
		"a colon":                   regexp.MustCompile("(^|[^\u00a0])(: |:$)"),
		"a straight apostrophe":     regexp.MustCompile("'"),
	}
	// literal is what is no French: the header that a program sends.
	literal = strings.NewReplacer("Authorization: Bearer", "")
)

func TestNoSentenceHasADoubledSpace(t *testing.T) {
	for _, lang := range Languages {
		p := In(lang)
		for _, key := range Keys(lang) {
			for _, text := range []string{p.texts[key].One, p.texts[key].Other} {
				if doubledSpace.MatchString(text) {
					t.Errorf("%s: %s: %q", lang, key, text)
				}
			}
		}
	}
}

func TestFrenchTypography(t *testing.T) {
	french := In("fr")
	for _, key := range Keys("fr") {
		for _, text := range []string{french.texts[key].One, french.texts[key].Other} {
			for sign, fault := range frenchFaults {
				if fault.MatchString(literal.Replace(text)) {
					t.Errorf("%s: %s is not set as French sets it: %q", key, sign, text)
				}
			}
		}
	}
}

func TestTheTypographyTestFindsFaults(t *testing.T) {
	for sign, texts := range map[string][]string{
		"an opening quotation mark": {"« mot\u202f»", "«\u00a0mot\u202f»", "«mot\u202f»"},
		"a closing quotation mark":  {"«\u202fmot »", "«\u202fmot»"},
		"a high sign":               {"Quoi ?", "Quoi?", "Oui\u00a0!", "un ; deux"},
		"a colon":                   {"Voici : ceci", "Voici: ceci", "Voici\u202f: ceci", "Voici :"},
		"a straight apostrophe":     {"l'eau"},
	} {
		for _, text := range texts {
			if !frenchFaults[sign].MatchString(text) {
				t.Errorf("%s passes: %q", sign, text)
			}
		}
	}
	if !doubledSpace.MatchString("«\u202f \u202fmot\u202f»") {
		t.Error("a doubled space passes")
	}
}

func TestMatch(t *testing.T) {
	cases := []struct {
		wishes []string
		want   string
	}{
		{nil, "en"},
		{[]string{"auto", "fr_FR.UTF-8"}, "fr"},
		{[]string{"", "C", "fr-CH, fr;q=0.9, en;q=0.8"}, "fr"},
		{[]string{"de", "fr"}, "fr"},
		{[]string{"ja"}, "en"},
		{[]string{"en_GB.UTF-8"}, "en"},
	}
	for _, c := range cases {
		if got := Match(c.wishes...); got != c.want {
			t.Errorf("Match(%q) = %q, want %q", c.wishes, got, c.want)
		}
	}
}

func TestExplainTellsAnUnknownCodeByItsCode(t *testing.T) {
	for _, lang := range Languages {
		told := In(lang).Explain("NEVER_HEARD_OF", nil)
		if !strings.Contains(told.Title+told.Detail, "NEVER_HEARD_OF") {
			t.Errorf("%s: %+v does not show the code", lang, told)
		}
	}
}
