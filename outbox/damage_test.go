package outbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
)

// breakTree closes the store and zeroes what bbolt finds its way by: the tree is
// lost, the records are not.
func (b *bench) breakTree() {
	b.t.Helper()
	b.must(b.Close())
	data, err := os.ReadFile(b.path)
	b.must(err)
	for _, at := range metaOffsets() {
		if at+metaStart+metaLength < int64(len(data)) {
			clear := data[at : at+metaStart+metaLength]
			for i := range clear {
				clear[i] = 0
			}
		}
	}
	b.must(os.WriteFile(b.path, data, 0o600))
}

func TestADamagedStoreIsSetAsideAndWhatItHeldIsTakenBack(t *testing.T) {
	for name, locked := range map[string]bool{"keychain open": false, "keychain locked": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.must(b.SignIn(rep, []byte("profile")))
			delivered, waiting := b.add("delivered"), b.add("waiting")
			b.claim(1)
			b.must(b.Settle([]Outcome{{ID: delivered, To: Delivered, Record: &Record{ID: "00T000000000001AAA", Object: "Task"}}}))
			b.must(b.Hold(waiting))
			b.breakTree()
			if locked {
				b.open(nil)
			} else {
				b.open(b.identity)
			}
			fresh := b.add("captured at once")
			b.must(b.Salvage(t.Context()))
			b.wantState(delivered, Delivered)
			b.wantState(waiting, Held)
			b.wantState(fresh, Waiting)
			b.wantCounts(map[State]int{Delivered: 1, Held: 1, Waiting: 1})
			if item := b.get(waiting); item.Sealed != locked || !item.Account.Same(&rep) {
				t.Errorf("taken back: %+v", item)
			}
			again, err := b.Add(t.Context(), []Draft{share("waiting")})
			b.must(err)
			if !again[0].Known || again[0].ID != waiting {
				t.Errorf("its key is forgotten: %+v", again)
			}
			account, profile, err := b.Current()
			b.must(err)
			if !account.Same(&rep) || string(profile) != "profile" {
				t.Errorf("signed in is %+v", account)
			}
			reports, err := b.Salvages()
			b.must(err)
			if len(reports) != 1 || reports[0].Found != 2 || reports[0].Lost != 0 {
				t.Errorf("reported %+v", reports)
			}
			b.Unlock(b.identity)
			b.must(b.Release(waiting))
			for _, w := range b.claim(5) {
				if salvaged := w.ID == waiting; salvaged != (w.Doubt != nil && w.Doubt.Since.Equal(w.CapturedAt)) {
					t.Errorf("what was salvaged is looked for first, nothing else: %+v", w)
				}
			}
		})
	}
}

func TestAnItemWhoseContentIsGoneIsReportedNotDropped(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	whole, gone := b.add("whole"), b.add("gone")
	b.breakTree()
	data, err := os.ReadFile(b.path)
	b.must(err)
	scanAll(data, func(at int, f frame) {
		if f.kind == frameBody && f.id.String() == gone {
			data[at+frameHeader] ^= 0xff
		}
	})
	b.must(os.WriteFile(b.path, data, 0o600))
	b.open(b.identity)
	b.must(b.Salvage(t.Context()))
	b.wantState(whole, Waiting)
	item := b.get(gone)
	if item.State != NeedsAttention || item.Problem == nil || item.Problem.Code != ProblemLost {
		t.Errorf("the lost one is %+v", item)
	}
	reports, err := b.Salvages()
	b.must(err)
	if reports[0].Found != 1 || reports[0].Lost != 1 {
		t.Errorf("reported %+v", reports)
	}
	var refused *StateError
	if err := b.Retry(gone); !errors.As(err, &refused) || !refused.Purged {
		t.Errorf("retrying it: %v", err)
	}
	b.must(b.Discard(gone))
}

func TestDamageThatShowsOnlyWhenTheStoreStartsIsSetAsideToo(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	whole := b.add("whole")
	b.must(b.db.Update(func(tx *bbolt.Tx) error {
		seals := tx.Bucket(bucketSeals)
		key, value := seals.Cursor().First()
		value = append([]byte{}, value...)
		value[frameHeader] ^= 1
		return seals.Put(append([]byte{}, key...), value)
	}))
	b.must(b.Close())
	store, err := Open(b.path, Options{
		Recipients: []age.Recipient{b.identity.Recipient()}, Identity: b.identity, Now: func() time.Time { return b.clock },
		Verify: func(string) error { return nil }, // it has not noticed
	})
	b.must(err)
	b.Store = store
	fresh := b.add("captured at once")
	b.must(b.Salvage(t.Context()))
	b.wantState(whole, Waiting)
	b.wantState(fresh, Waiting)
}

func TestOneDamagedRecordHoldsUpNoOther(t *testing.T) {
	for _, kind := range []frameKind{frameHead, frameBody} {
		b := newBench(t)
		b.must(b.SignIn(rep, nil))
		bad, good := b.add("bad"), b.add("good")
		b.must(b.db.Update(func(tx *bbolt.Tx) error {
			id, _ := parseID(bad)
			bucket := tx.Bucket(map[frameKind][]byte{frameHead: bucketHeads, frameBody: bucketBodies}[kind])
			value := append([]byte{}, bucket.Get(id[:])...)
			value[frameHeader+2] ^= 1
			return bucket.Put(id[:], value)
		}))
		if work := b.claim(5); len(work) != 1 || work[0].ID != good {
			t.Errorf("claimed %+v", work)
		}
		b.wantState(bad, NeedsAttention)
		items, _, err := b.List(Query{})
		b.must(err)
		if len(items) != 2 || items[1].Problem == nil || items[1].Problem.Code != ProblemDamaged {
			t.Errorf("listed %+v", items)
		}
		report, err := b.Check()
		b.must(err)
		if kind == frameBody && len(report.Damaged) != 1 {
			t.Errorf("checked %+v", report)
		}
	}
}

func TestAStoreThatIsWholeChecksClean(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	for _, key := range []string{"a", "b", "c"} {
		b.add(key)
	}
	b.claim(1)
	report, err := b.Check()
	b.must(err)
	if report.Items != 3 || len(report.Damaged) != 0 {
		t.Errorf("checked %+v", report)
	}
}

func TestAForeignOrEmptyFileIsSetAside(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "text": "Dear customer", "zeroes": strings.Repeat("\x00", 40000)} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.must(b.Close())
			b.must(os.WriteFile(b.path, []byte(content), 0o600))
			b.open(b.identity)
			b.add("goes on")
			files, err := b.damagedFiles()
			b.must(err)
			if len(files) != 1 {
				t.Fatalf("set aside: %v", files)
			}
			kept, err := os.ReadFile(files[0])
			b.must(err)
			if string(kept) != content {
				t.Error("the file was changed")
			}
		})
	}
}

func TestAFileFromANewerVersionIsLeftAlone(t *testing.T) {
	b := newBench(t)
	b.must(b.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put(metaSchema, []byte{0, 0, 0, 99}) }))
	b.must(b.Close())
	before, err := os.ReadFile(b.path)
	b.must(err)
	_, err = Open(b.path, Options{Recipients: []age.Recipient{b.identity.Recipient()}, Now: time.Now})
	if !errors.Is(err, ErrNewerSchema) {
		t.Errorf("got %v", err)
	}
	after, err := os.ReadFile(b.path)
	b.must(err)
	if !cmp.Equal(before, after) {
		t.Error("the file was changed")
	}
}

func TestAStorePutBackFromABackupLooksBeforeItSends(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	id := b.add("one")
	b.must(b.Close())
	backup, err := os.ReadFile(b.path)
	b.must(err)
	b.open(b.identity)
	b.must(b.Close())
	b.must(os.WriteFile(b.path, backup, 0o600))
	b.open(b.identity)
	if work := b.claim(5); len(work) != 1 || work[0].ID != id || work[0].Doubt == nil {
		t.Errorf("claimed %+v", work)
	}
}

func TestAnOrderlyRestartLeavesNoDoubt(t *testing.T) {
	b := newBench(t)
	b.must(b.SignIn(rep, nil))
	b.add("one")
	b.restart()
	b.restart()
	if work := b.claim(5); len(work) != 1 || work[0].Doubt != nil {
		t.Errorf("claimed %+v", work)
	}
}

func TestOneLostPageDoesNotLoseAStartsRecords(t *testing.T) {
	b := newBench(t)
	id := b.add("one")
	b.must(b.db.Update(func(tx *bbolt.Tx) error {
		seals := tx.Bucket(bucketSeals)
		k, _ := seals.Cursor().First()
		return seals.Delete(k)
	}))
	b.restart()
	if item := b.get(id); item.Sealed || item.Activity.Subject != "Brochure one" {
		t.Errorf("without the store's own copy of the key it reads %+v", item)
	}
}

func TestAnOlderStoreIsUpgradedAndACopyKept(t *testing.T) {
	text, err := os.ReadFile("testdata/v1.identity")
	if err != nil {
		t.Fatal(err)
	}
	identity, err := age.ParseX25519Identity(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile("testdata/v1.db")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "outbox.db"), identity: identity, clock: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	b.must(os.WriteFile(b.path, old, 0o600))
	b.open(identity)
	t.Cleanup(func() { b.Close() })
	b.wantCounts(map[State]int{Waiting: 3, Delivered: 1, NeedsAttention: 1, Held: 1, Discarded: 1})
	report, err := b.Check()
	b.must(err)
	if len(report.Damaged) != 0 {
		t.Errorf("checked %+v", report)
	}
	again, err := b.Add(t.Context(), []Draft{share("delivered")})
	b.must(err)
	item := b.get(again[0].ID)
	if !again[0].Known || item.State != Delivered || item.Record.ID != "00T5g0000000001EAA" || item.Activity.Subject != "Brochure delivered" {
		t.Errorf("the delivered one is %+v", item)
	}
	account, profile, err := b.Current()
	b.must(err)
	if !account.Same(&rep) || string(profile) != `{"user":"ana"}` {
		t.Errorf("signed in is %+v %s", account, profile)
	}
	kept, err := os.ReadFile(backupOf(b.path, 1))
	b.must(err)
	if len(kept) == 0 {
		t.Error("the copy is empty")
	}
	n, err := b.DropBackups(time.Now().Add(time.Hour))
	b.must(err)
	if n != 1 {
		t.Errorf("%d copies dropped", n)
	}
}
