package drain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fieldpost/daemon/capture"
	"fieldpost/daemon/capture/file"
	"fieldpost/daemon/capture/inbox"
	"fieldpost/daemon/words"
	"fieldpost/outbox"
	"fieldpost/outbox/activity"
)

// What comes in by the drop folder of a simulated laptop, and what a calendar tells again
// and again.

// dropping is the drop folder of a world: a real folder and the real inbox.
type dropping struct {
	w     *world
	rng   *rand.Rand
	inbox *inbox.Inbox
	// halves are files of which only a part is written yet.
	halves map[string]string
	// dropped is the key of each file that was written whole, and whose it is.
	dropped map[string]string
	away    bool // the folder is on a disk that is unplugged
}

func (w *world) place(name string) string { return filepath.Join(w.folder, name) }

func newDropping(w *world, seed uint64) *dropping {
	return &dropping{w: w, rng: rand.New(rand.NewPCG(seed, 3)), halves: map[string]string{}, dropped: map[string]string{}}
}

// boot watches the folder with what the process that starts now has.
func (d *dropping) boot() {
	d.w.t.Helper()
	if !d.away {
		if err := os.MkdirAll(d.w.place("Inbox"), 0o700); err != nil {
			d.w.t.Fatal(err)
		}
	}
	reader := &file.Reader{
		Own: func() capture.Own { return nil }, Zone: func() *time.Location { return time.UTC }, Now: d.w.wall,
		Origins: func() []string { return nil }, Words: func() *words.Printer { return words.In("en") },
		CutHistory: func() bool { return false }, CutSignature: func() bool { return false },
	}
	d.inbox = inbox.New(inbox.Config{
		Dir: d.w.place("Inbox"), Tally: d.w.place("inbox.json"), Keep: func() time.Duration { return 1000 * time.Hour },
		Reader: reader, Door: capture.NewIntake(&mortalDoor{d}, func() capture.Privacy { return capture.Privacy{} }, nil, d.w.wall),
		Words: func() *words.Printer { return words.In("en") }, Now: d.w.wall, Log: slog.New(slog.DiscardHandler),
	})
}

// mortalDoor is the outbox as the folder's captures reach it: now and then the process dies
// between the commit and the move of the file, or the disk takes nothing.
type mortalDoor struct{ d *dropping }

func (m *mortalDoor) Add(ctx context.Context, drafts []outbox.Draft) ([]outbox.Receipt, error) {
	if m.d.rng.IntN(8) == 0 {
		return nil, outbox.ErrFull
	}
	receipts, err := m.d.w.box.Add(ctx, drafts)
	for _, r := range receipts {
		if !r.Known {
			m.d.w.known[r.ID] = &known{owner: m.d.w.reps[m.d.w.rep].UserID}
		}
	}
	if err == nil && m.d.rng.IntN(8) == 0 {
		return nil, errKilled
	}
	return receipts, err
}

func (m *mortalDoor) Known(key string) (outbox.Receipt, bool, error) { return m.d.w.box.Known(key) }

// step does one thing that happens to a drop folder.
func (d *dropping) step() {
	d.w.t.Helper()
	if d.away || d.rng.IntN(12) == 0 {
		d.plug()
		return
	}
	switch d.rng.IntN(4) {
	case 0:
		d.drop()
	case 1:
		d.finish()
	default:
		d.inbox.Pass(context.Background())
		d.w.pass(3 * time.Second)
		d.inbox.Pass(context.Background())
	}
	d.w.drain.Nudge()
}

// plug takes the folder away, or brings it back.
func (d *dropping) plug() {
	from, to := "Inbox", "unplugged"
	if d.away {
		from, to = to, from
	}
	if err := os.Rename(d.w.place(from), d.w.place(to)); err != nil {
		d.w.t.Fatal(err)
	}
	d.away = !d.away
	d.inbox.Pass(context.Background())
}

// drop writes a file, whole or the beginning of it, or one that was dropped before.
func (d *dropping) drop() {
	n := len(d.dropped) + len(d.halves)
	key := fmt.Sprintf("drop%d", n)
	if n > 0 && d.rng.IntN(6) == 0 {
		key = fmt.Sprintf("drop%d", d.rng.IntN(n)) // once more
	}
	text := fmt.Sprintf(`{"kind":"share","channel":"email","subject":%q,"key":%q,"body":%q,"people":[{"email":"c%d@kunde.test"}]}`,
		key, key, canary, d.rng.IntN(4))
	name := fmt.Sprintf("%s-%d.json", key, d.rng.IntN(1000))
	if d.rng.IntN(3) == 0 {
		d.write(name, text[:len(text)/2])
		d.halves[name] = text
		return
	}
	d.write(name, text)
	d.dropped[key] = name
	delete(d.halves, name)
}

// finish writes the rest of the files that are half there, before they count as complete.
func (d *dropping) finish() {
	for name, text := range d.halves {
		if _, err := os.Stat(d.w.place(filepath.Join("Inbox", name))); err != nil {
			name = "again-" + name // it was refused meanwhile
		}
		d.write(name, text)
		key, _, _ := strings.Cut(strings.TrimPrefix(name, "again-"), "-")
		d.dropped[key] = name
	}
	clear(d.halves)
}

func (d *dropping) write(name, text string) {
	if err := os.WriteFile(d.w.place(filepath.Join("Inbox", name)), []byte(text), 0o600); err != nil {
		d.w.t.Fatal(err)
	}
}

// settle lets the folder come to rest.
func (d *dropping) settle() {
	if d.away {
		d.plug()
	}
	d.finish()
	for range 40 {
		d.inbox.Pass(context.Background())
		d.w.pass(20 * time.Second)
	}
}

// judge holds that what was dropped is captured, and that no file is left or lost.
func (d *dropping) judge(broken func(string, ...any)) {
	for key, name := range d.dropped {
		if _, known, err := d.w.box.Known(key); err != nil || !known {
			broken("I1: %s was dropped and is not captured: %v", name, err)
		}
	}
	left, err := os.ReadDir(d.w.place("Inbox"))
	if err != nil || len(left) > 0 {
		broken("I6: %d files lie in the folder for good: %v", len(left), err)
	}
	refused, err := os.ReadDir(d.w.place("Rejected"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		broken("I1: %v", err)
	}
	reasons := 0
	for _, entry := range refused {
		if strings.HasSuffix(entry.Name(), ".why.txt") {
			reasons++
		}
	}
	if 2*reasons != len(refused) {
		broken("I1: %d of %d refused files have their reason", reasons, len(refused)-reasons)
	}
}

// occasion is what a calendar told of one meeting so far.
type occasion struct {
	id        string
	sequence  int
	subject   string
	cancelled bool
	touched   bool // the rep did something with it by hand
}

// tell lets a calendar tell of a meeting: a new one, a change, a cancellation, or what it
// told before.
func (w *world) tell() {
	w.t.Helper()
	uid := fmt.Sprintf("uid%d", w.rng.IntN(len(w.occasions)+1))
	o := w.occasions[uid]
	if o == nil {
		uid = fmt.Sprintf("uid%d", len(w.occasions))
		o = &occasion{sequence: -1}
		w.occasions[uid] = o
	}
	sequence := o.sequence + 1
	if w.rng.IntN(4) == 0 && o.sequence >= 0 {
		sequence = w.rng.IntN(o.sequence + 1) // it comes late, or twice
	}
	a := activity.Activity{
		Kind: activity.Meeting, UID: uid, Sequence: sequence, Subject: fmt.Sprintf("%s version %d", uid, sequence),
		Key: fmt.Sprintf("%s %d", uid, sequence), Start: "2000-01-01T09:00:00Z", End: "2000-01-01T10:00:00Z",
		People: []activity.Person{{Email: fmt.Sprintf("c%d@kunde.test", w.rng.IntN(4))}},
	}
	if w.rng.IntN(5) == 0 && sequence > 0 {
		a.Cancelled, a.Key = true, a.Key+" off"
	}
	receipts, err := w.box.Add(context.Background(), []outbox.Draft{{Source: outbox.FromFile, Activity: a, DeleteCancelled: w.deletes}})
	if err != nil {
		w.t.Fatal(err)
	}
	if r := receipts[0]; !r.Known {
		w.known[r.ID] = &known{owner: w.reps[w.rep].UserID}
		if o.id != "" && !w.strange(o.id) {
			w.t.Errorf("I3: %s of one user is captured twice", uid)
		}
		*o = occasion{id: r.ID, sequence: sequence, subject: a.Subject, cancelled: a.Cancelled}
	} else if r.ID == o.id && (sequence > o.sequence || sequence == o.sequence && a.Cancelled) {
		o.sequence, o.cancelled = sequence, a.Cancelled
		if !a.Cancelled {
			o.subject = a.Subject
		}
	}
	w.drain.Nudge()
}

// strange reports that an item is another user's.
func (w *world) strange(id string) bool {
	k := w.known[id]
	return k == nil || k.owner != w.reps[w.rep].UserID
}

// judgeOccasions holds that Salesforce says what the calendar told last.
func (w *world) judgeOccasions(broken func(string, ...any)) {
	subjects := map[string]string{}
	for _, record := range w.org.Records("Event") {
		text, _ := record["Description"].(string)
		subjects[strings.TrimPrefix(lastLine(text), "fieldpost:")], _ = record["Subject"].(string)
	}
	for uid, o := range w.occasions {
		subject, there := subjects[o.id]
		if o.touched {
			continue
		}
		want := o.subject
		if o.cancelled {
			want = "Cancelled: " + o.subject
		}
		switch {
		case o.cancelled && !there: // never sent, or deleted
		case o.cancelled && w.deletes:
			broken("I2: %s was cancelled and stands there as %q", uid, subject)
		case !there:
			item, err := w.box.Get(o.id)
			broken("I1: %s version %d is not there, but %s: %v %v", uid, o.sequence, item.State, err, item.History)
		case subject != want:
			broken("I6: %s stands there as %q, told last was %q", uid, subject, want)
		}
	}
}
