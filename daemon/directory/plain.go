package directory

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are those that no decomposition takes to a plain one.
var letters = strings.NewReplacer(
	"ø", "o", "ł", "l", "ß", "ss", "æ", "ae", "œ", "oe", "đ", "d", "ð", "d", "þ", "th", "ħ", "h", "ı", "i", "ŋ", "n", "ĸ", "k", "ŧ", "t",
)

// plain is a text as it is searched for: without case, accents and apostrophes.
func plain(text string) string {
	ascii := true
	for i := 0; i < len(text); i++ {
		if c := text[i]; c >= 0x80 || c == '\'' {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(text)
	}
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || r == '\'' || r == '’' || r == 'ʼ' {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(text)))
	return letters.Replace(strings.ToLower(text))
}

// wordsOf are the words of a text as they are searched for: what stands between anything
// but letters and digits.
func wordsOf(text string) []string {
	return strings.FieldsFunc(plain(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
