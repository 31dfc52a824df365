package apitype_test

import (
	"testing"

	"fieldpost/daemon/localapi/apitype"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
)

func TestAStoryIsToldWithoutGaps(t *testing.T) {
	cases := map[string]struct {
		note   outbox.Note
		en, fr string
	}{
		"a file": {
			outbox.Note{Code: outbox.NoteCaptured, Args: outbox.Args{"source": "file"}},
			"Captured from a file", "Enregistrée depuis un fichier",
		},
		"a sender with a name": {
			outbox.Note{Code: "capture_outside_sender", Args: outbox.Args{"name": "Ana", "address": "ana@acme.test"}},
			"The email came from Ana <ana@acme.test>", "Expéditeur de l’e-mail\u00a0: Ana <ana@acme.test>",
		},
		"a sender without a name": {
			outbox.Note{Code: "capture_outside_sender", Args: outbox.Args{"name": "", "address": "ana@acme.test"}},
			"The email came from <ana@acme.test>", "Expéditeur de l’e-mail\u00a0: <ana@acme.test>",
		},
	}
	for name, c := range cases {
		item := outbox.Item{History: []outbox.Note{c.note}}
		for lang, want := range map[string]string{"en": c.en, "fr": c.fr} {
			if got := apitype.ItemOf(words.In(lang), item).History[0].Detail; got != want {
				t.Errorf("%s: told as %q, want %q", name, got, want)
			}
		}
	}
}
