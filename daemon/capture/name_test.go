package capture_test

import (
	"testing"

	"fieldpost/daemon/capture"
)

func TestANameIsThatOfThePerson(t *testing.T) {
	for given, want := range map[string]string{
		"Urs Keller": "Urs Keller", "'Urs Keller'": "Urs Keller", "urs@keller.test": "", "'URS@keller.test'": "", `"urs@keller.test"`: "",
		"": "", "'": "'", "Urs 'Uschi' Keller": "Urs 'Uschi' Keller", "O'": "O'",
	} {
		if got := capture.Name(given, "urs@keller.test"); got != want {
			t.Errorf("%s is named %q, want %q", given, got, want)
		}
	}
}
