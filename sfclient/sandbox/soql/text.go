package soql

import (
	"strconv"
	"strings"
	"unicode"
)

// A Pattern is what stands behind LIKE, in lower case.
type Pattern []rune

const (
	anyRune rune = -1 - iota
	anyText
)

// Pattern reads a string literal as a pattern: _ is any character, % any text, both
// themselves after a backslash.
func (l Literal) Pattern() Pattern {
	runes, _ := decode(l.raw, func(c rune) rune { // the parser has found it decodable
		switch c {
		case '_':
			return anyRune
		case '%':
			return anyText
		}
		return c
	})
	for i, c := range runes {
		if c > 0 {
			runes[i] = unicode.ToLower(c)
		}
	}
	return runes
}

// Match reports whether a text fits, without regard to case.
func (p Pattern) Match(text string) bool {
	runes := []rune(strings.ToLower(text))
	at, t, star, resume := 0, 0, -1, 0
	for t < len(runes) {
		switch {
		case at < len(p) && p[at] == anyText:
			star, resume = at, t
			at++
		case at < len(p) && (p[at] == anyRune || p[at] == runes[t]):
			at++
			t++
		case star >= 0:
			resume++
			at, t = star+1, resume
		default:
			return false
		}
	}
	for at < len(p) && p[at] == anyText {
		at++
	}
	return at == len(p)
}

func decode(raw string, plain func(rune) rune) ([]rune, bool) {
	var out []rune
	source := []rune(raw)
	for i := 0; i < len(source); i++ {
		if source[i] != '\\' {
			out = append(out, plain(source[i]))
			continue
		}
		c, width, ok := escaped(source[i+1:])
		if !ok {
			return nil, false
		}
		i += width
		out = append(out, c)
	}
	return out, true
}

// escaped reads what follows a backslash.
func escaped(rest []rune) (c rune, width int, ok bool) {
	if len(rest) == 0 {
		return 0, 0, false
	}
	if i := strings.IndexRune(`nrtbfNRTBF"'\_%`, rest[0]); i >= 0 {
		return []rune("\n\r\t\b\f\n\r\t\b\f\"'\\_%")[i], 1, true
	}
	if (rest[0] == 'u' || rest[0] == 'U') && len(rest) >= 5 {
		code, err := strconv.ParseUint(string(rest[1:5]), 16, 32)
		return rune(code), 5, err == nil
	}
	return 0, 0, false
}
