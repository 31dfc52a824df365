package directory

import (
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// Fold is how addresses are compared: without case, as Salesforce does, and with a
// domain of other letters written as DNS does (bücher.test is xn--bcher-kva.test). What
// stands before the @ keeps its letters.
func Fold(email string) string {
	email = strings.ToLower(strings.TrimSpace(email))
	local, domain, found := cutLast(email)
	if !found {
		return email
	}
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	return local + "@" + domain
}

func cutLast(email string) (local, domain string, found bool) {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return email, "", false
	}
	return email[:at], email[at+1:], true
}

// untagged is a folded address without the tag that its owner put into it
// (ana+fair@kunde.test is ana@kunde.test), "" where it has none.
func untagged(folded string) string {
	local, domain, found := cutLast(folded)
	plus := strings.IndexByte(local, '+')
	if !found || plus <= 0 {
		return ""
	}
	return local[:plus] + "@" + domain
}

// spellings are the ways in which Salesforce may hold a folded address.
func spellings(folded string) []string {
	local, domain, _ := cutLast(folded)
	all := []string{folded}
	if letters, err := idna.Lookup.ToUnicode(domain); err == nil && letters != domain {
		all = append(all, local+"@"+letters)
	}
	return all
}

// asked are the texts to ask Salesforce for: each address in every spelling, with and
// without its tag.
func asked(folded []string) []string {
	var all []string
	for _, address := range folded {
		all = append(all, spellings(address)...)
		if bare := untagged(address); bare != "" {
			all = append(all, spellings(bare)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// DomainOf is the domain of an address, folded; "" for none.
func DomainOf(email string) string {
	_, domain, _ := cutLast(Fold(email))
	return domain
}
