package directory

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// The parts that the names of a benchmark are made of: enough languages for every kind of
// letter that is taken apart.
var (
	firstNames = strings.Fields("Ana Søren Łukasz Zoë Åsa Jürgen François Íñigo Đorđe Þóra Nguyễn Şule Márta Čedomir Ødgar Maëlle Björn Ewa Dmitrij Chloé Ines Jean-Luc Mary-Ann Siân Þór Aoife Renée Kjær")
	syllables  = strings.Fields("mül ler øde gård kow al ski ñoz fer nán dez œuv ré strauß þor lind berg sön ga ro ti čev šić vić ang dø mac lan nø rel ba ta ku ves")
	domains    = strings.Fields("kunde.test acme.test bäckerei.test fisk.test nord.test werk.test")
)

func syllabled(r *rand.Rand, least, most int) string {
	var name strings.Builder
	for range least + r.IntN(most-least+1) {
		name.WriteString(syllables[r.IntN(len(syllables))])
	}
	text := []rune(name.String())
	return strings.ToUpper(string(text[:1])) + string(text[1:])
}

// phoneBook makes people whose names are alike as those of real ones are: a few first
// names, many last ones, a company for some twenty people each.
func phoneBook(n int) []Person {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	companies := make([]string, n/20+1)
	for i := range companies {
		companies[i] = syllabled(r, 2, 3) + " " + []string{"GmbH", "A/S", "S.A.", "Sp. z o.o.", "AB"}[r.IntN(5)]
	}
	people := make([]Person, n)
	for i := range people {
		first, last := firstNames[r.IntN(len(firstNames))], syllabled(r, 2, 4)
		p := Person{
			ID: fmt.Sprintf("003%012dAAA", i), Object: "Contact", Name: first + " " + last, Company: companies[r.IntN(len(companies))],
			Email: plain(first) + "." + plain(last) + strconv.Itoa(i%7) + "@" + domains[r.IntN(len(domains))], OwnerID: "005000000000002AAA",
		}
		if r.IntN(10) == 0 {
			p.OwnerID = "005000000000001AAA"
		}
		people[i] = p
	}
	return people
}

// typed are what people type: two to five letters of a name, or of two.
func typed(people []Person) []string {
	r := rand.New(rand.NewPCG(2, 2))
	texts := make([]string, 2000)
	for i := range texts {
		names := wordsOf(people[r.IntN(len(people))].Name)
		beginning := func(word string) string {
			letters := []rune(word)
			return string(letters[:min(len(letters), 2+r.IntN(4))])
		}
		texts[i] = beginning(names[len(names)-1])
		if i%3 == 0 {
			texts[i] += " " + beginning(names[0])
		}
	}
	return texts
}

func BenchmarkTypeAhead(b *testing.B) {
	for _, n := range []int{50_000, 200_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			people := phoneBook(n)
			texts := typed(people)
			path := filepath.Join(b.TempDir(), "directory.db")
			d := filled(b, path, people)
			file, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			q := Query{UserID: "005000000000001AAA"}
			search := func(text string) time.Duration {
				q.Text = text
				began := time.Now()
				if _, err := d.People(q); err != nil {
					b.Fatal(err)
				}
				return time.Since(began)
			}
			first := search(texts[0])
			var took []time.Duration
			for b.Loop() {
				for _, text := range texts {
					took = append(took, search(text))
				}
			}
			slices.Sort(took)
			at := func(share float64) float64 { return float64(took[int(share*float64(len(took)-1))].Microseconds()) }
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(at(0.50), "p50-µs")
			b.ReportMetric(at(0.95), "p95-µs")
			b.ReportMetric(at(0.99), "p99-µs")
			b.ReportMetric(float64(first.Milliseconds()), "first-ms")
			b.ReportMetric(float64(file.Size())/(1<<20), "disk-MiB")
		})
	}
}

func filled(b *testing.B, path string, people []Person) *Directory {
	d, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	err = d.keep(d.epoch.Load(), func(tx *bbolt.Tx) error {
		for i := range people {
			if err := putPerson(tx, &people[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return d
}
