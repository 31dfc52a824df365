package browser

import (
	"strings"
	"testing"

	"fieldpost/sfclient/sandbox"
)

func TestTodayInBothLanguages(t *testing.T) {
	for lang, texts := range map[string][]string{
		"en": {"Online as ana.ruiz@acme.example", "Nothing captured yet", "How to get a mail in"},
		"fr": {"Rien n’est encore enregistré", "Comment faire entrer un e-mail"},
	} {
		t.Run(lang, func(t *testing.T) {
			b := opened(t, atWork(t, lang))
			b.says(texts...)
			b.accessible("today-empty")
			b.well()
		})
	}
}

// Each part of the page, as it is before anything was logged.
func TestEachPartOfThePageIsAccessible(t *testing.T) {
	for _, lang := range []string{"en", "fr"} {
		t.Run(lang, func(t *testing.T) {
			b := opened(t, atWork(t, lang))
			for view, shows := range map[string]string{
				"outbox": "#filter", "share": "#log", "meeting": "#log", "people": "#search",
				"checks": "#check-outcome", "settings": "#settings", "about": "#about",
			} {
				b.view(view, shows)
				b.accessible(view)
			}
			b.well()
		})
	}
}

// TestPicturesOfTheReadme takes what the README shows, from the demonstration's data.
func TestPicturesOfTheReadme(t *testing.T) {
	l := met(t, "en")
	for _, name := range []string{"Ana Müller", "Jo Smith", "Mei Tanaka"} {
		first, last, _ := strings.Cut(name, " ")
		l.org.AddContact(sandbox.Person{FirstName: first, LastName: last, Email: strings.ToLower(first) + "@keller.test"})
	}
	l.run("org", "refresh")
	l.captured("Brochure 2027", "mei@keller.test")
	l.captured("Price list", "jo@keller.test")
	l.captured("Offer Q4", "ana@keller.test")
	l.eventually("delivery", func() bool { return l.status().Outbox.Delivered == 3 })
	l.captured("Case study", "j.dupont@novamed.example")
	l.eventually("a question", func() bool { return l.status().Outbox.NeedsAttention == 1 })
	l.goAway()
	l.run("capture", "meeting", "--subject", "Meeting with Keller AG", "--start", "2026-11-20 14:00", "--end", "2026-11-20 14:45", "--to", "urs@keller.test")
	b := opened(t, l)
	b.says("Case study", "Keller AG", "No network")
	for _, theme := range []string{"light", "dark"} {
		b.theme(theme)
		b.picture("readme-" + theme)
	}
}
