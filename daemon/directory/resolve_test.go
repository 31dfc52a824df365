package directory_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"go.etcd.io/bbolt"

	"fieldpost/daemon/directory"
	"fieldpost/sfclient/sandbox"
)

// whoHas resolves addresses and gives the names of who has each.
func (d *desk) whoHas(addresses ...string) map[string]string {
	d.t.Helper()
	found, err := d.Resolve(d.t.Context(), d.client, directory.Filter{}, addresses, nil, d.clock)
	if err != nil {
		d.t.Fatal(err)
	}
	told := map[string]string{}
	for _, address := range addresses {
		var names []string
		for _, p := range found[directory.Fold(address)].People {
			names = append(names, p.Name)
		}
		slices.Sort(names)
		told[address] = strings.Join(names, " ")
	}
	return told
}

func TestAnAddressIsTheSameHoweverItIsWritten(t *testing.T) {
	for name, copied := range map[string]bool{"live": false, "from the copy": true} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.org.AddContact(sandbox.Person{LastName: "Letters", Email: "ana@bücher.test"})
			d.org.AddContact(sandbox.Person{LastName: "Ascii", Email: "ben@xn--mnchen-3ya.test"})
			d.org.AddContact(sandbox.Person{LastName: "Plain", Email: "cleo@kunde.test"})
			d.org.AddContact(sandbox.Person{LastName: "Tagged", Email: "dora+crm@kunde.test"})
			d.org.AddContact(sandbox.Person{LastName: "Local", Email: "zoë@kunde.test"})
			if copied {
				d.sync(directory.Filter{})
				d.calls()
			}
			want := map[string]string{
				"ANA@BÜCHER.test": "Letters", "ana@xn--bcher-kva.test": "Letters", "ben@münchen.test": "Ascii", "Ben@XN--MNCHEN-3YA.test": "Ascii",
				"cleo+fair@kunde.test": "Plain", "cleo+a+b@kunde.test": "Plain", "dora+crm@kunde.test": "Tagged", "dora@kunde.test": "",
				"dora+other@kunde.test": "", "zoë@kunde.test": "Local", "ZOË+x@kunde.test": "Local", "zoe@kunde.test": "", "+@kunde.test": "",
			}
			var addresses []string
			for address := range want {
				addresses = append(addresses, address)
			}
			for address, got := range d.whoHas(addresses...) {
				if got != want[address] {
					t.Errorf("%s is %q, want %q", address, got, want[address])
				}
			}
		})
	}
}

func TestAMatchOlderThanADayIsAskedForAgain(t *testing.T) {
	d := newDesk(t)
	d.sync(directory.Filter{})
	d.calls()
	d.change(d.mine, map[string]any{"Email": "moved@kunde.test"})
	if err := d.org.Delete(d.theirs); err != nil {
		t.Fatal(err)
	}
	d.clock = d.clock.Add(23 * time.Hour)
	if got := d.whoHas("mine@kunde.test", "theirs@kunde.test"); got["mine@kunde.test"] != "Mine" || d.calls() != 0 {
		t.Errorf("within the day: %v", got)
	}
	d.clock = d.clock.Add(2 * time.Hour)
	got := d.whoHas("mine@kunde.test", "theirs@kunde.test", "lead@kunde.test")
	if got["mine@kunde.test"] != "" || got["theirs@kunde.test"] != "" || got["lead@kunde.test"] != "Lead" || d.calls() == 0 {
		t.Errorf("a day later: %v", got)
	}
	if got := d.known("theirs@kunde.test"); got != "" {
		t.Errorf("the copy still has %q", got)
	}
	d.whoHas("lead@kunde.test")
	if n := d.calls(); n != 0 {
		t.Errorf("what was asked for just now costs %d calls", n)
	}
}

func TestAnAnswerHoldsUntilThePersonIsGone(t *testing.T) {
	d := newDesk(t)
	twin := d.org.AddContact(sandbox.Person{LastName: "Twin", Email: "mine@kunde.test"})
	d.sync(directory.Filter{})
	if got := d.whoHas("mine@kunde.test")["mine@kunde.test"]; got != "Mine Twin" {
		t.Fatalf("%q", got)
	}
	if err := d.Remember("", directory.Answer{Address: "Mine@Kunde.test", ID: twin}); err != nil {
		t.Fatal(err)
	}
	if got := d.whoHas("mine@kunde.test")["mine@kunde.test"]; got != "Twin" {
		t.Errorf("answered: %q", got)
	}
	if got := d.whoHas("mine+tag@kunde.test")["mine+tag@kunde.test"]; got != "Twin" {
		t.Errorf("answered, with a tag: %q", got)
	}

	// Older than a day, the answer is held against Salesforce as well.
	d.clock = d.clock.Add(25 * time.Hour)
	if got := d.whoHas("mine@kunde.test")["mine@kunde.test"]; got != "Twin" {
		t.Errorf("a day later: %q", got)
	}
	if err := d.org.MergeContacts(d.mine, twin); err != nil {
		t.Fatal(err)
	}
	d.sync(directory.Filter{})
	if got := d.whoHas("mine@kunde.test")["mine@kunde.test"]; got != "Mine" {
		t.Errorf("merged: %q", got)
	}

	// It is the user's own, and outlives a sign-out.
	if err := d.Forget(); err != nil {
		t.Fatal(err)
	}
	if all, err := d.Answers(""); err != nil || len(all) != 1 || all[0].Address != "mine@kunde.test" {
		t.Errorf("%v, %v", all, err)
	}
	if all, err := d.Answers("005000000000009AAA"); err != nil || len(all) != 0 {
		t.Errorf("another user has %v, %v", all, err)
	}
	if err := d.ForgetOne("mine@kunde.test", ""); err != nil {
		t.Fatal(err)
	}
	if all, err := d.Answers(""); err != nil || len(all) != 0 {
		t.Errorf("forgotten: %v, %v", all, err)
	}
}

func TestALockedCopyTellsNothingAndKeepsTheFacts(t *testing.T) {
	d := newDesk(t)
	d.sync(directory.Filter{})
	if err := d.Keep("facts", "kept"); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	recipients := []age.Recipient{d.identity.Recipient()}
	d.Directory = directory.Open(d.path, recipients, nil)
	if usable, err := d.MadeBy(directory.Filter{}); usable || err != nil {
		t.Errorf("usable %v, %v", usable, err)
	}
	if _, err := d.People(directory.Query{Text: "mine"}); !errors.Is(err, directory.ErrLocked) {
		t.Errorf("a search says %v", err)
	}
	if err := d.Sync(t.Context(), d.client, directory.Plan{}, d.clock); !errors.Is(err, directory.ErrLocked) {
		t.Errorf("a sync says %v", err)
	}
	if got := d.whoHas("mine@kunde.test")["mine@kunde.test"]; got != "Mine" {
		t.Errorf("asked live it is %q", got)
	}
	kept := ""
	if ok, err := d.Kept("facts", &kept); !ok || err != nil || kept != "kept" {
		t.Errorf("the facts are %q, %v", kept, err)
	}
	if d.stats().People != 3 {
		t.Errorf("%+v", d.stats())
	}

	// A stranger's identity opens nothing: the copy is begun anew.
	stranger, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Unlock(stranger, []age.Recipient{stranger.Recipient()}); err != nil {
		t.Fatal(err)
	}
	if d.stats().People != 0 {
		t.Errorf("%+v", d.stats())
	}
	if got := d.sync(directory.Filter{}).People; got != 3 {
		t.Errorf("%d people", got)
	}
}

func TestANewIdentityOpensWhatWasOpen(t *testing.T) {
	d := newDesk(t)
	d.sync(directory.Filter{})
	next, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Reseal(next, []age.Recipient{next.Recipient()}); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d.identity = next
	d.open()
	if got := d.known("mine@kunde.test"); got != "Mine" {
		t.Errorf("%q", got)
	}
}

func TestACopyOfAnEarlierVersionIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "directory.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for name, row := range map[string][2]string{"people": {"003", `{"name":"Readable Person"}`}, "facts": {"facts", `"kept"`}, "meta": {"counts", "{}"}} {
			bucket, err := tx.CreateBucket([]byte(name))
			if err != nil {
				return err
			}
			if err := bucket.Put([]byte(row[0]), []byte(row[1])); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	d := directory.Open(path, []age.Recipient{identity.Recipient()}, nil)
	defer d.Close()
	if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte("Readable")) {
		t.Errorf("a name is left in the file, %v", err)
	}
}

func TestASearchSeesEachChangeAtOnceWhateverTheIndexKnows(t *testing.T) {
	d := newDesk(t)
	ids := d.crowd(30)
	d.sync(directory.Filter{})
	for i, id := range ids[:10] {
		d.change(id, map[string]any{"LastName": "Changed"})
		d.sync(directory.Filter{})
		if got := strings.Count(d.found(directory.Query{Text: "changed"}), "Changed"); got != i+1 {
			t.Fatalf("after %d changes %d are found", i+1, got)
		}
		if got := strings.Count(d.found(directory.Query{Text: "rowd", Limit: 100}), "Rowd"); got != 29-i {
			t.Fatalf("after %d changes %d are left", i+1, got)
		}
	}
	d.Rest()
	if got := strings.Count(d.found(directory.Query{Text: "changed"}), "Changed"); got != 10 {
		t.Errorf("after a rest %d are found", got)
	}
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{"Ana@Kunde.test", "ana+x@bücher.test", "@", "a@b@c", "ünï@xn--", "+@x", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded := directory.Fold(text)
		if again := directory.Fold(folded); again != folded {
			t.Errorf("%q folds to %q, and that to %q", text, folded, again)
		}
	})
}
