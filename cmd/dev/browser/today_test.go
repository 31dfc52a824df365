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
