// Package directorytest makes phone books: as many people as a test or a benchmark wants,
// with names alike as those of real ones are, and an org that gives them out page by page.
// It knows the directory by what it asks for alone.
package directorytest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Rep and Other own the people: the rep every tenth.
const (
	Rep   = "005000000000001AAA"
	Other = "005000000000002AAA"
)

// The parts of the names: enough languages for every kind of letter that is taken apart.
var (
	firstNames = strings.Fields("Ana Søren Łukasz Zoë Åsa Jürgen François Íñigo Đorđe Þóra Nguyễn Şule Márta Čedomir Ødgar Maëlle Björn Ewa Dmitrij Chloé Ines Jean-Luc Mary-Ann Siân Þór Aoife Renée Kjær")
	syllables  = strings.Fields("mül ler øde gård kow al ski ñoz fer nán dez œuv ré strauß þor lind berg sön ga ro ti čev šić vić ang dø mac lan nø rel ba ta ku ves")
	domains    = strings.Fields("kunde.test acme.test bäckerei.test fisk.test nord.test werk.test")
	forms      = []string{"GmbH", "A/S", "S.A.", "Sp. z o.o.", "AB"}
)

// Person is one of a phone book.
type Person struct {
	ID, First, Last, Company, Email, Owner string
}

// Name is the whole name.
func (p *Person) Name() string { return p.First + " " + p.Last }

// At gives the person at a place of a phone book of n: always the same one.
func At(i, n int) Person {
	r := rand.New(rand.NewPCG(uint64(i), uint64(n)))
	company := r.IntN(n/20 + 1) // some twenty people each
	of := rand.New(rand.NewPCG(uint64(company), 7))
	p := Person{
		ID: fmt.Sprintf("003%012dAAA", i), First: firstNames[r.IntN(len(firstNames))], Last: syllabled(r, 2, 4),
		Company: syllabled(of, 2, 3) + " " + forms[of.IntN(len(forms))], Owner: Other,
	}
	p.Email = ascii(p.First) + "." + ascii(p.Last) + strconv.Itoa(i%7) + "@" + domains[r.IntN(len(domains))]
	if i%10 == 0 {
		p.Owner = Rep
	}
	return p
}

func syllabled(r *rand.Rand, least, most int) string {
	var name strings.Builder
	for range least + r.IntN(most-least+1) {
		name.WriteString(syllables[r.IntN(len(syllables))])
	}
	text := []rune(name.String())
	return strings.ToUpper(string(text[:1])) + string(text[1:])
}

// ascii is what a company makes of a name in its addresses.
func ascii(name string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(name))
}

// Typed are what people type to find people of a phone book of n: two to five letters of a
// name, every third time of two names.
func Typed(n, count int) []string {
	r := rand.New(rand.NewPCG(2, 2))
	beginning := func(word string) string {
		letters := []rune(word)
		return string(letters[:min(len(letters), 2+r.IntN(4))])
	}
	texts := make([]string, count)
	for i := range texts {
		p := At(r.IntN(n), n)
		texts[i] = beginning(p.Last)
		if i%3 == 0 {
			texts[i] += " " + beginning(p.First)
		}
	}
	return texts
}
