package outbox_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	gocmp "github.com/google/go-cmp/cmp"

	"fieldpost/outbox"
)

// smallStore makes a store of a few items and gives its file, and the key of each.
func smallStore(f *testing.F) (db, keyFile []byte, keys map[string]string) {
	f.Helper()
	home := f.TempDir()
	path := filepath.Join(home, "outbox.db")
	store, err := outbox.Open(path, optionsFor(true))
	must(f, err)
	must(f, store.SignIn(rep, nil))
	keys = map[string]string{}
	for n := range 6 {
		key := fmt.Sprint("k", n)
		receipts, err := store.Add(context.Background(), []outbox.Draft{draftOf(key)})
		must(f, err)
		keys[receipts[0].ID] = key
	}
	work, _, err := store.Claim(4, "key")
	must(f, err)
	for i, w := range work[:3] {
		must(f, store.Settle([]outbox.Outcome{outcomeFor(w.ID, 2*i+3)}))
	}
	must(f, store.Close())
	db, err = os.ReadFile(path)
	must(f, err)
	keyFile, err = os.ReadFile(filepath.Join(home, "outbox.keys"))
	must(f, err)
	return db, keyFile, keys
}

// edited is a copy of a file in which each four bytes of edits set one byte: where,
// in three, and to what.
func edited(file, edits []byte) []byte {
	file = bytes.Clone(file)
	for ; len(edits) >= 4; edits = edits[4:] {
		at := int(edits[0])<<16 | int(edits[1])<<8 | int(edits[2])
		file[at%len(file)] = edits[3]
	}
	return file
}

// framed is a record of any payload with the checksum that belongs to it.
func framed(kind byte, item string, revision uint32, payload []byte) []byte {
	out := []byte{'F', 'P', 1, kind, 0, 0, 0, 0}
	id, err := hex.DecodeString(strings.ReplaceAll(item, "-", ""))
	if err != nil {
		panic(err) // the ids are those of a store
	}
	out = append(out, id...)
	out = binary.BigEndian.AppendUint32(out, revision)
	out = binary.BigEndian.AppendUint32(out, uint32(len(payload)))
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(crc32.Checksum(out, table), table, payload)
	return append(binary.BigEndian.AppendUint32(out, sum), payload...)
}

// FuzzSalvage takes back what lies in a file of which some bytes were changed, or to
// which anything was added, whole records of nonsense among it.
func FuzzSalvage(f *testing.F) {
	db, keyFile, keys := smallStore(f)
	var item string
	for id := range keys {
		item = max(item, id)
	}
	f.Add([]byte{0, 16, 0, 1}, []byte("FP\x01"), byte(1), uint32(3))
	f.Add([]byte{0, 64, 9, 0, 0, 80, 9, 0}, []byte("\xa1\x01\x67waiting"), byte(1), uint32(1<<31))
	f.Add([]byte{}, []byte("\xa1\x01\x65bogus"), byte(1), uint32(77))
	f.Add([]byte{}, []byte("\xa1\x01\xa1\x65bogus\x03"), byte(7), uint32(77))
	home := f.TempDir()
	n := 0
	f.Fuzz(func(t *testing.T, edits, more []byte, kind byte, revision uint32) {
		n++
		file := append(edited(db, edits), framed(kind, item, revision, more)...)
		file = append(file, more...)
		own := filepath.Join(home, fmt.Sprint(os.Getpid(), "-", n))
		defer os.RemoveAll(own)
		must(t, writeHome(own, map[string][]byte{"outbox.keys": keyFile, "outbox.db.damaged-20260101T000000Z": file}))
		options := optionsFor(true)
		options.Now = func() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) }
		store, err := outbox.Open(filepath.Join(own, "outbox.db"), options)
		must(t, err)
		defer store.Close()
		must(t, store.Salvage(t.Context()))
		must(t, wellOrdered(store))
		known := map[string]bool{}
		for r := range recordsOf(file) {
			known[hex.EncodeToString(r.item[:])] = true
		}
		items, _, err := store.List(outbox.Query{Limit: 500})
		must(t, err)
		for _, i := range items {
			if !known[strings.ReplaceAll(i.ID, "-", "")] {
				t.Errorf("%s lies whole nowhere", i.ID)
			}
			readable := !i.Sealed && !i.Purged && i.Problem == nil
			if key, ours := keys[i.ID]; ours && readable && i.Activity.Subject != "" {
				must(t, sameContent(i, key))
			}
		}
	})
}

// FuzzReadExport reads files that say they are exports.
func FuzzReadExport(f *testing.F) {
	identity := repsIdentity()
	item := outbox.Exported{
		ID: "018f0000-0000-7000-8000-000000000000", State: outbox.Waiting, Source: outbox.FromCLI, CapturedAt: time.Unix(1795600000, 0).UTC(),
		Activity: shareOf("one"),
	}
	var plain bytes.Buffer
	must(f, outbox.WriteExport(&plain, []outbox.Exported{item}, time.Unix(1795600000, 0)))
	f.Add(plain.Bytes())
	f.Add(append(armoured(f, identity, "AGE-SECRET-KEY-1"), armoured(f, identity, plain.String())...))
	f.Add([]byte(armor.Header + "\n" + armor.Footer))
	f.Add([]byte(`{"fieldpost_export":99}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		nobody := func() (string, error) { return "", nil }
		for _, opened := range []age.Identity{nil, identity} {
			items, err := outbox.ReadExport(data, nobody, opened)
			if err != nil {
				continue
			}
			var again bytes.Buffer
			must(t, outbox.WriteExport(&again, items, time.Unix(0, 0)))
			same, err := outbox.ReadExport(again.Bytes(), nobody, nil)
			must(t, err)
			if diff := gocmp.Diff(items, same); diff != "" {
				t.Errorf("it does not survive a round trip: %s", diff)
			}
		}
	})
}

// armoured is a text as an age file in its armour.
func armoured(f *testing.F, identity *age.X25519Identity, text string) []byte {
	f.Helper()
	var out bytes.Buffer
	shell := armor.NewWriter(&out)
	w, err := age.Encrypt(shell, identity.Recipient())
	must(f, err)
	_, err = w.Write([]byte(text))
	must(f, err)
	must(f, w.Close())
	must(f, shell.Close())
	return out.Bytes()
}
