package mail

import (
	"regexp"
	"strings"

	"github.com/jhillyerd/enmime/v2"

	"fieldpost/outbox/activity"
)

// addresses reads every address of a header, however often the header stands
// there. What is no address is left out; nobody is invented.
func addresses(envelope *enmime.Envelope, header string) []Address {
	var found []Address
	for _, raw := range envelope.Root.Header.Values(header) {
		found = append(found, addressList(oneLine(raw))...)
	}
	return found
}

// addressList reads a list by the grammar of RFC 5322, else piece by piece.
func addressList(raw string) []Address {
	if found, ok := strictList(strings.Trim(raw, ", ")); ok {
		return found
	}
	var found []Address
	for _, piece := range splitList(withoutComments(raw)) {
		piece = strings.TrimSpace(piece)
		if strict, ok := strictList(piece); ok {
			found = append(found, strict...)
			continue
		}
		name, address := loosePiece(piece)
		found = keep(found, name, address)
	}
	return found
}

func strictList(raw string) (found []Address, ok bool) {
	parsed, err := enmime.ParseAddressList(raw)
	if err != nil {
		return nil, false
	}
	for _, a := range parsed {
		if !activity.ValidEmail(a.Address) || strings.Contains(a.Name, "@") {
			return nil, false // two addresses taken for one, or half of one
		}
		found = keep(found, a.Name, a.Address)
	}
	return found, true
}

var roundPunctuation = regexp.MustCompile(`\s*([.@])\s*`)

// loosePiece finds the address of one mailbox that breaks the grammar: in angle
// brackets, or the word that holds an "@".
func loosePiece(piece string) (name, address string) {
	open := strings.LastIndexByte(piece, '<')
	if open < 0 {
		return "", wordWithAt(roundPunctuation.ReplaceAllString(piece, "$1"))
	}
	inside, _, _ := strings.Cut(piece[open+1:], ">")
	if route := strings.LastIndexByte(inside, ':'); route >= 0 {
		inside = inside[route+1:] // the obsolete route before an address
	}
	return decoded(strings.Trim(piece[:open], `"' `)), wordWithAt(inside)
}

func wordWithAt(text string) string {
	words := strings.Fields(text)
	for i := len(words) - 1; i >= 0; i-- {
		if strings.Contains(words[i], "@") {
			return strings.Trim(words[i], `"'()[]<>;,`)
		}
	}
	return ""
}

// withoutComments takes out what stands in parentheses outside quotes.
func withoutComments(list string) string {
	var kept strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(list); i++ {
		c := list[i]
		switch {
		case c == '\\' && i+1 < len(list):
			if i++; depth == 0 {
				kept.WriteString(list[i-1 : i+1])
			}
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			depth++
			continue
		case c == ')' && depth > 0:
			depth--
			continue
		}
		if depth == 0 {
			kept.WriteByte(c)
		}
	}
	return kept.String()
}

// splitList cuts at the commas outside quotes and angle brackets, and at the
// signs that open and close a group.
func splitList(list string) []string {
	var pieces []string
	start, angled, quoted := 0, false, false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			angled = true
		case c == '>':
			angled = false
		case !angled && strings.IndexByte(",;:", c) >= 0:
			pieces = append(pieces, list[start:i])
			start = i + 1
		}
	}
	if start < len(list) {
		pieces = append(pieces, list[start:])
	}
	return pieces
}

// keep adds an address that is one. A character that could not be decoded makes
// it somebody else's.
func keep(found []Address, name, address string) []Address {
	address = plain(address)
	if !activity.ValidEmail(address) || strings.ContainsRune(address, '\uFFFD') {
		return found
	}
	return append(found, Address{Name: oneLine(decoded(name)), Email: address})
}
