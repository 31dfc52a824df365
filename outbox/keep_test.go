package outbox

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"fieldpost/outbox/activity"
)

func (b *bench) deliver(key, record string) string {
	b.t.Helper()
	id := b.add(key)
	b.claim(1)
	b.must(b.Settle([]Outcome{{ID: id, To: Delivered, Record: &Record{ID: record, Object: "Task"}}}))
	return id
}

func TestAfterItsRetentionADeliveredItemLeavesItsLineOfTheLedger(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	old := b.deliver("old", "00T000000000001AAA")
	discarded := b.add("binned")
	b.must(b.Discard(discarded))
	b.clock = b.clock.Add(31 * 24 * time.Hour)
	fresh := b.deliver("fresh", "00T000000000002AAA")
	month := b.clock.Add(-30 * 24 * time.Hour)
	n, err := b.Purge(month, month)
	b.must(err)
	if n != 2 {
		t.Errorf("%d purged, want 2", n)
	}
	item := b.get(old)
	if !item.Purged || item.State != Delivered || item.Record.ID != "00T000000000001AAA" || item.Activity.Subject != "" || item.Activity.Kind != activity.Share {
		t.Errorf("the ledger says %+v", item)
	}
	if b.get(fresh).Purged {
		t.Error("a fresh one was purged")
	}
	b.wantCounts(map[State]int{Delivered: 2, Discarded: 1})
	if again, err := b.Add(t.Context(), []Draft{share("old")}); err != nil || !again[0].Known {
		t.Errorf("a purged item's key is forgotten: %+v %v", again, err)
	}
	var refused *StateError
	if err := b.Restore(discarded); !errors.As(err, &refused) || !refused.Purged {
		t.Errorf("restoring what is gone: %v", err)
	}
	report, err := b.Check()
	b.must(err)
	if len(report.Damaged) != 0 {
		t.Errorf("checked %+v", report)
	}
}

func TestCompactionErasesWhatWasPurgedAndKeepsTheRest(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	b.deliver("old", "00T000000000001AAA")
	b.clock = b.clock.Add(time.Hour)
	kept := b.add("kept")
	_, err := b.Purge(b.clock, time.Time{})
	b.must(err)
	sealed := b.bodiesOnDisk()
	_, _, err = b.Compact()
	b.must(err)
	if after := b.bodiesOnDisk(); after >= sealed || after != 1 {
		t.Errorf("%d contents lie on the disk, %d before the compaction", after, sealed)
	}
	if got := b.get(kept).Activity.Subject; got != "Brochure kept" {
		t.Errorf("the kept one reads %q", got)
	}
	b.restart()
	b.wantCounts(map[State]int{Delivered: 1, Waiting: 1})
	b.add("goes on")
}

// bodiesOnDisk counts the contents that a scan of the raw file finds.
func (b *bench) bodiesOnDisk() int {
	data, err := os.ReadFile(b.path)
	b.must(err)
	n := 0
	scanAll(data, func(_ int, f frame) {
		if f.kind == frameBody {
			n++
		}
	})
	return n
}

func TestForgetErasesAPersonFromEveryFile(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	delivered := b.deliver("about ana", "00T000000000001AAA")
	other := Draft{Source: FromCLI, Activity: activity.Activity{Kind: activity.Share, Subject: "Other", People: []activity.Person{{Email: "ben@acme.test"}}}}
	receipts, err := b.Add(t.Context(), []Draft{other})
	b.must(err)
	waiting := b.add("waits for ana")
	n, err := b.Forget(t.Context(), Subject{Email: "ANA@acme.test"})
	b.must(err)
	if n != 2 {
		t.Errorf("%d forgotten, want 2", n)
	}
	if item := b.get(delivered); !item.Purged || item.Record == nil {
		t.Errorf("the delivered one is %+v", item)
	}
	b.wantState(waiting, Discarded)
	b.wantState(receipts[0].ID, Waiting)
	if b.bodiesOnDisk() != 1 {
		t.Errorf("%d contents lie on the disk, want the other one alone", b.bodiesOnDisk())
	}
	if _, known, err := b.Known("waits for ana"); known || err != nil {
		t.Errorf("its key is still known: %v %v", known, err)
	}
}

func TestASubjectIsNamedOnlyWhereItStandsOnItsOwn(t *testing.T) {
	ana, contact := Subject{Email: "ana@acme.test"}, Subject{Record: "003AB000001cdEfGHI"}
	tests := []struct {
		subject Subject
		text    string
		want    bool
	}{
		{ana, "ana@acme.test", true},
		{ana, "Merci d’écrire à Ana@Acme.test.", true},
		{ana, "l'adresse d'ana@acme.test, la voici", true},
		{ana, "<mailto:ana@acme.test>", true},
		{ana, `{"body":"Bonjour\nana@acme.test\n"}`, true},
		{ana, `{"body":"\u003cana@acme.test\u003e"}`, true},
		{ana, "https://acme.test/?to=%3Cana@acme.test%3E", true},
		{ana, "joana@acme.test, then ana@acme.test", true},
		{ana, "joana@acme.test", false},
		{ana, "éana@acme.test", false},
		{ana, "jo.ana@acme.test", false},
		{ana, "jo+ana@acme.test", false},
		{ana, "ana@acme.test.example", false},
		{ana, "ana@acme.testing", false},
		{ana, "ana@acme.test-labs.example", false},
		{ana, "ana@acmeXtest", false},
		{contact, "003AB000001cdEf", true},
		{contact, "/Contact/003AB000001cdEfGHI/view", true},
		{contact, "/r%2F003AB000001cdEfGHI", true},
		{contact, "003AB000001cdef", false}, // another record: the case tells them apart
		{contact, "x003AB000001cdEfGHI", false},
		{contact, "003AB000001cdEfGHIJ", false},
	}
	for _, tt := range tests {
		if got := tt.subject.Mention().MatchString(tt.text); got != tt.want {
			t.Errorf("%q in %q: %v", tt.subject, tt.text, got)
		}
	}
}

func TestForgettingOneAddressLeavesTheLongerOnesAlone(t *testing.T) {
	b := newBench(t)
	drafts := []Draft{
		{Source: FromCLI, Activity: activity.Activity{Kind: activity.Share, Subject: "Joana", Body: "For joana@acme.test", People: []activity.Person{{Email: "joana@acme.test"}}}},
		{Source: FromCLI, Activity: activity.Activity{Kind: activity.Share, Subject: "Link", URL: "https://acme.test/?to=ana@acme.test", People: []activity.Person{{Email: "ben@acme.test"}}}},
	}
	receipts, err := b.Add(t.Context(), drafts)
	b.must(err)
	if n, err := b.Forget(t.Context(), Subject{Email: "ana@acme.test"}); n != 1 || err != nil {
		t.Errorf("%d forgotten, %v; want the link alone", n, err)
	}
	b.wantState(receipts[0].ID, Waiting)
	b.wantState(receipts[1].ID, Discarded)
}

func TestForgetTouchesNothingWhileItCannotLookInside(t *testing.T) {
	b := newBench(t)
	id := b.add("sealed")
	b.must(b.Close())
	b.open(nil)
	var sealed *SealedError
	if _, err := b.Forget(t.Context(), Subject{Email: "x@y.test"}); !errors.As(err, &sealed) || sealed.N != 1 {
		t.Errorf("got %v", err)
	}
	b.wantState(id, Waiting)
}

func TestTheCompanysKeyOpensWhatALostKeychainSealed(t *testing.T) {
	b := newBench(t)
	company, err := age.GenerateX25519Identity()
	b.must(err)
	b.must(b.Reseal([]age.Recipient{b.identity.Recipient(), company.Recipient()}, b.identity))
	id := b.add("kept by the company")
	b.must(b.Close())

	b.identity, err = age.GenerateX25519Identity() // the keychain lost the old one
	b.must(err)
	b.open(b.identity)
	if n, err := b.Sealed(); n != 1 || err != nil {
		t.Errorf("%d sealed, %v", n, err)
	}
	stranger, err := age.GenerateX25519Identity()
	b.must(err)
	if _, err := b.Recover(stranger); !errors.Is(err, ErrSealed) {
		t.Errorf("a stranger's key: %v", err)
	}
	n, err := b.Recover(company)
	b.must(err)
	if n == 0 {
		t.Error("no data key was opened")
	}
	b.restart()
	if got := b.get(id); got.Sealed || got.Activity.Subject != "Brochure kept by the company" {
		t.Errorf("after the recovery and a restart it reads %+v", got)
	}
}

func TestAnExportImportedTwiceDoublesNothing(t *testing.T) {
	from := newBench(t)
	from.must(from.SignIn(rep, nil))
	from.deliver("delivered", "00T000000000001AAA")
	held := from.add("held")
	from.must(from.Hold(held))
	waiting := from.add("waiting")
	items, sealed, err := from.Export()
	from.must(err)
	if len(items) != 2 || sealed != 0 {
		t.Fatalf("exported %d, sealed %d", len(items), sealed)
	}
	company, err := age.GenerateX25519Identity()
	from.must(err)
	var plain, shut bytes.Buffer
	from.must(WriteExport(&plain, items, from.clock))
	from.must(WriteSealedExport(&shut, items, from.clock, "correct horse", company.Recipient()))
	if bytes.Contains(shut.Bytes(), []byte("Brochure")) {
		t.Error("the sealed export can be read")
	}
	with := func(p string) func() (string, error) { return func() (string, error) { return p, nil } }
	if _, err := ReadExport(shut.Bytes(), with("wrong"), nil); !errors.Is(err, ErrWrongPassphrase) {
		t.Errorf("a wrong passphrase: %v", err)
	}
	if _, err := ReadExport(shut.Bytes(), with(""), nil); !errors.Is(err, ErrPassphraseNeeded) {
		t.Errorf("no passphrase: %v", err)
	}
	to := newBench(t)
	for name, read := range map[string]func() ([]Exported, error){
		"plain":      func() ([]Exported, error) { return ReadExport(plain.Bytes(), nil, nil) },
		"passphrase": func() ([]Exported, error) { return ReadExport(shut.Bytes(), with("correct horse"), nil) },
		"company":    func() ([]Exported, error) { return ReadExport(shut.Bytes(), nil, company) },
	} {
		back, err := read()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, _, err = to.Import(back)
		to.must(err)
		to.wantCounts(map[State]int{Held: 1, Waiting: 1})
	}
	if item := to.get(waiting); item.Activity.Subject != "Brochure waiting" || !item.Account.Same(&rep) {
		t.Errorf("imported %+v", item)
	}
	to.must(to.SignIn(rep, nil))
	if work := to.claim(5); len(work) != 1 || work[0].Doubt == nil {
		t.Errorf("what may have been delivered elsewhere is looked for first: %+v", work)
	}
}

func TestAnEditOfADeliveredItemIsAPendingUpdateThatCanBeGivenUp(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.deliver("one", "00T000000000001AAA")
	rename := func(a *activity.Activity) error { a.Subject = "Renamed"; return nil }
	var refused *StateError
	if err := b.Edit(id, false, rename); !errors.As(err, &refused) {
		t.Errorf("edited without being asked to: %v", err)
	}
	b.must(b.Edit(id, true, rename))
	work := b.claim(1)
	if len(work) != 1 || work[0].Pending != PendingUpdate || work[0].Sent.Subject != "Brochure one" || work[0].Activity.Subject != "Renamed" {
		t.Fatalf("claimed %+v", work)
	}
	b.must(b.Unclaim([]string{id}))
	b.must(b.Discard(id))
	if item := b.get(id); item.State != Delivered || item.Activity.Subject != "Brochure one" {
		t.Errorf("given up, it is %+v", item)
	}
}

func TestAnEditThatIsRefusedChangesNothing(t *testing.T) {
	b := newBench(t)
	id := b.add("one")
	no := errors.New("no")
	if err := b.Edit(id, false, func(a *activity.Activity) error { a.Subject = strings.Repeat("x", 9); return no }); !errors.Is(err, no) {
		t.Errorf("got %v", err)
	}
	if got := b.get(id).Activity.Subject; got != "Brochure one" {
		t.Errorf("it reads %q", got)
	}
}

func TestAWithdrawnItemIsInTheBinForGood(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.deliver("one", "00T000000000001AAA")
	b.must(b.Withdrawn(id))
	b.wantState(id, Discarded)
	var refused *StateError
	if err := b.Restore(id); !errors.As(err, &refused) {
		t.Errorf("restoring it: %v", err)
	}
}

func TestAFullDiskTakesNoCapturesButStoresWhatBecameOfOthers(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.add("one")
	b.claim(1)
	b.reserve.size = 1 << 20
	b.reserve.path = filepath.Join(b.path, "nowhere", "reserve") // no room can be had
	if _, err := b.Add(t.Context(), []Draft{share("two")}); !errors.Is(err, ErrFull) {
		t.Errorf("captured without a reserve: %v", err)
	}
	if !b.Full() {
		t.Error("nobody is told that the disk is full")
	}
	b.must(b.Settle([]Outcome{{ID: id, To: Delivered, Record: &Record{ID: "00T000000000001AAA", Object: "Task"}}}))
	b.reserve.path = b.path + ".reserve"
	b.clock = b.clock.Add(2 * reserveRetry)
	b.add("two")
	b.wantCounts(map[State]int{Delivered: 1, Waiting: 1})
}
