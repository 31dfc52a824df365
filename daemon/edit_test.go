package daemon

import (
	"testing"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/words"
	"fieldpost/keychain"
)

func TestAnEditThatIsRefusedChangesNothing(t *testing.T) {
	home := homeAt(t, t.TempDir(), &keychain.Memory{})
	defer closed(t, home)
	id := captureInto(t, home, "Brochure")
	for patch, want := range map[string]string{
		`{}`:                    "nothing_to_change",
		`null`:                  capture.NotJSON,
		`[]`:                    capture.NotJSON,
		`{"kind":"meeting"}`:    "not_for_this_kind",
		`{"nobody":"knows"}`:    "unknown_field",
		`{"url":"javascript:"}`: "invalid_url",
	} {
		err := home.Edit(id, false, []byte(patch))
		if told, known := Explain(words.In("en"), err); !known || told.Code != want || told.Detail == "" || told.Remedy == "" {
			t.Errorf("%s is refused as %+v, want %s", patch, told, want)
		}
	}
	item, err := home.Outbox.Get(id)
	if err != nil || item.Activity.Subject != "Brochure" {
		t.Errorf("it reads %q, %v", item.Activity.Subject, err)
	}
	for _, note := range item.History {
		if note.Code == "edited" {
			t.Error("it is told as edited")
		}
	}
	if err := home.Edit(id, false, []byte(`{"subject":"Offer"}`)); err != nil || subjectIn(t, home, id) != "Offer" {
		t.Errorf("a true edit: %v, it reads %q", err, subjectIn(t, home, id))
	}
}
