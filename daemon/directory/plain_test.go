package directory

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestATextIsSearchedWithoutCaseAccentsAndApostrophes(t *testing.T) {
	for text, want := range map[string]string{
		"Müller-Lüdenscheidt":     "muller ludenscheidt",
		"ÅSE Ødegård":             "ase odegard",
		"Łukasz Żółć":             "lukasz zolc",
		"Weiß Strauß":             "weiss strauss",
		"Æsir Œuvre":              "aesir oeuvre",
		"Đorđe Þór Ħal":           "dorde thor hal",
		"IŞIK ışık İzmir":         "isik isik izmir",
		"O'Brien d’Arc":           "obrien darc",
		"Nguyễn Văn Ổn":           "nguyen van on",
		"Ｆｕｌｌ ﬁx":                 "full fix",
		"Дмитрий Йод":             "дмитрии иод",
		"山田 太郎":                   "山田 太郎",
		"ana.müller+x@kunde.test": "ana muller x kunde test",
		"A\u0301 B\u030c":         "a b",
		"  --  ":                  "",
	} {
		if got := strings.Join(wordsOf(text), " "); got != want {
			t.Errorf("%q is searched as %q, want %q", text, got, want)
		}
	}
}

func FuzzWordsOf(f *testing.F) {
	for _, seed := range []string{"", "Müller", "İ", "a\u0301\u0301", "ẞ", "\xff", "ŉ", "O''Brien"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, word := range wordsOf(text) {
			if again := wordsOf(word); len(again) != 1 || again[0] != word {
				t.Errorf("%q has the word %q, which is searched as %q", text, word, again)
			}
			if word == "" || utf8.ValidString(text) && strings.ContainsFunc(word, unicode.IsSpace) {
				t.Errorf("%q has the word %q", text, word)
			}
		}
	})
}
