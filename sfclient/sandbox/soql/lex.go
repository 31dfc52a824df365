package soql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenEnd    tokenKind = iota
	tokenWord             // a name, a path, a keyword; also numbers and dates, which are words to the lexer
	tokenString           // the raw inside of a quoted text
	tokenMark             // ( ) , = != <> < <= > >= :
)

// A token is a word, a literal or a mark of a text.
type token struct {
	kind tokenKind
	text string
	at   int // byte offset
}

func (t token) is(keyword string) bool {
	return t.kind == tokenWord && strings.EqualFold(t.text, keyword)
}
func (t token) mark(text string) bool { return t.kind == tokenMark && t.text == text }

// lex cuts a text into tokens, the last one being tokenEnd.
func lex(text string) ([]token, *Error) {
	var tokens []token
	for at := 0; at < len(text); {
		c, width := utf8.DecodeRuneInString(text[at:])
		switch {
		case unicode.IsSpace(c):
			at += width
		case c == '\'':
			end := closingQuote(text, at+1)
			if end < 0 {
				return nil, malformed(at, "line 1:%d no viable alternative at character '<EOF>'", len(text))
			}
			tokens = append(tokens, token{tokenString, text[at+1 : end], at})
			at = end + 1
		case strings.ContainsRune("(),:{}", c):
			tokens = append(tokens, token{tokenMark, string(c), at})
			at += width
		case strings.ContainsRune("=!<>", c):
			mark := operatorAt(text[at:])
			if mark == "" {
				return nil, malformed(at, "unexpected token: '%c'", c)
			}
			tokens = append(tokens, token{tokenMark, mark, at})
			at += len(mark)
		default:
			end := wordEnd(text, at)
			if end == at {
				return nil, malformed(at, "unexpected token: '%c'", c)
			}
			tokens = append(tokens, token{tokenWord, text[at:end], at})
			at = end
		}
	}
	return append(tokens, token{tokenEnd, "<EOF>", len(text)}), nil
}

func closingQuote(text string, at int) int {
	for ; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '\'':
			return at
		}
	}
	return -1
}

func operatorAt(text string) string {
	for _, mark := range []string{"!=", "<>", "<=", ">=", "=", "<", ">"} {
		if strings.HasPrefix(text, mark) {
			return mark
		}
	}
	return ""
}

// wordEnd ends a word. A word with a digit or sign in front is a number or a date,
// which may hold the colons of a time and the sign of an offset.
func wordEnd(text string, at int) int {
	literal := strings.IndexByte("+-0123456789", text[at]) >= 0
	for at < len(text) {
		c := text[at]
		name := c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !name && !(literal && (c == ':' || c == '-' || c == '+')) {
			break
		}
		at++
	}
	return at
}
