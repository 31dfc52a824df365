package seal_test

import (
	"bytes"
	"testing"

	"filippo.io/age"

	"fieldpost/outbox/seal"
)

func TestAKeyIsOpenedByItsRecipientsAlone(t *testing.T) {
	rep, company, stranger := identity(t), identity(t), identity(t)
	key := seal.NewKey()
	wrapped, err := seal.Wrap(key, []age.Recipient{rep.Recipient(), company.Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		identity age.Identity
		opens    bool
	}{"the rep": {rep, true}, "the company": {company, true}, "a stranger": {stranger, false}} {
		if got, err := seal.Unwrap(wrapped, c.identity); (err == nil && bytes.Equal(got, key)) != c.opens {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsSealedForOneRecordIsNoOthers(t *testing.T) {
	aead, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	sealed := aead.Seal(nil, nil, []byte("Ana"), []byte("003A"))
	if again := aead.Seal(nil, nil, []byte("Ana"), []byte("003A")); bytes.Equal(sealed, again) {
		t.Error("the same text looks the same twice")
	}
	if got, err := aead.Open(nil, nil, sealed, []byte("003A")); err != nil || string(got) != "Ana" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := aead.Open(nil, nil, sealed, []byte("003B")); err == nil {
		t.Error("it opens as another record")
	}
}

func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	made, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return made
}
