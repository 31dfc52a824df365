package browser

import "testing"

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
