package outbox

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"go.etcd.io/bbolt"
)

func TestTheFileIsWrittenAheadOfItsUse(t *testing.T) {
	b := newBench(t)
	for n := range 20 {
		b.add(fmt.Sprint("share ", n))
	}
	var used int64
	b.must(b.db.View(func(tx *bbolt.Tx) error {
		used = tx.Size()
		return nil
	}))
	data, err := os.ReadFile(b.path)
	b.must(err)
	if ahead := int64(len(data)) - used; ahead < roomLeast/2 || ahead > 2*roomStep {
		t.Errorf("%d bytes are written ahead", ahead)
	}
	if len(bytes.Trim(data[used:], "\x00")) > 0 {
		t.Error("what lies behind the last page is not empty")
	}
}

// TestALargeTransactionIsNotOverwritten takes more pages in one commit than are written
// ahead: the next stretch begins behind them.
func TestALargeTransactionIsNotOverwritten(t *testing.T) {
	b := newBench(t)
	for round := range 4 {
		drafts := make([]Draft, 500)
		for n := range drafts {
			drafts[n] = share(fmt.Sprint(round, "-", n))
			drafts[n].Activity.Body = string(bytes.Repeat([]byte("text "), 800))
		}
		_, err := b.Add(t.Context(), drafts)
		b.must(err)
	}
	b.restart()
	report, err := b.Check()
	b.must(err)
	if report.Items != 2000 || len(report.Damaged) > 0 {
		t.Errorf("%d items, damaged: %v", report.Items, report.Damaged)
	}
}
