package words

import (
	"encoding/json"
	"io/fs"
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

func TestFrenchTypography(t *testing.T) {
	french := In("fr")
	for _, key := range Keys("fr") {
		text := french.texts[key].One + french.texts[key].Other
		for _, sign := range []string{";", "?", "!"} {
			if strings.Contains(text, " "+sign) {
				t.Errorf("%s: %q takes a narrow no-break space before %q", key, text, sign)
			}
		}
		if strings.Contains(text, " :") || strings.Contains(text, "« ") || strings.Contains(text, " »") {
			t.Errorf("%s: %q has an ordinary space where French takes a no-break one", key, text)
		}
		if strings.Contains(text, "'") {
			t.Errorf("%s: %q has a straight apostrophe", key, text)
		}
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
